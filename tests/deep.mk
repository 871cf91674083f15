# SPDX-License-Identifier: BSD-3-Clause
# Tests that take longer than make check, each a target of its own; TESTING.md says what each is for.
# Those that want another compiler or other flags build in a directory of their own.
.PHONY: bigcheck check-arm check-emulated check-quick check-bits check-kill check-faults check-hostile check-mpi \
	check-published \
	check-mutants check-mutants-quick check-tableaux \
	check-sanitizers check-sanitizers-gcc check-sanitizers-clang check-tsan \
	check-valgrind check-watch coverage

# The unit programs of what a change touches most often, in seconds: without the cases tagged slow.
check-quick:
	CK_EXCLUDE_TAGS=slow $(MAKE) check TESTS="tests/base/base tests/data/data tests/autograd/autograd tests/ops/ops \
	    tests/schemes/schemes tests/store/store tests/api/api"

# With -j2 those of the second line run side by side, when the first has built all programs.
bigcheck:
	$(MAKE) check
	$(MAKE) check-bits check-kill check-faults check-emulated check-sanitizers check-tsan \
	    check-valgrind check-fuzz

ALONE = OMP_WAIT_POLICY=passive

# Every scheme with everything that may be learned, not with one thing each; more CPUs and BLIS families.
check-bits: tests/train/train$(EXEEXT) tests/train/pinned$(EXEEXT)
	$(ALONE) OT_ALL_BITS=1 CK_RUN_CASE=bits tests/train/train$(EXEEXT)
	OT_ALL_BITS=1 $(MAKE) check \
	    TESTS='tests/train/pinned.sh tests/cli/plots/bits.sh tests/cli/commands/memory.sh'

# A thousand kills; KILLS and SEED choose others.
check-kill: tests/train/kill$(EXEEXT)
	$(ALONE) KILLS=$${KILLS-1000} tests/train/kill$(EXEEXT)

# Every system call and every allocation of a training, and more places of the commands than
# make check tries, and every state that a loss of power leaves.
check-faults: tests/train/train$(EXEEXT) tests/cli/commands/faults$(EXEEXT) tests/cli/commands/power$(EXEEXT)
	$(ALONE) OT_ALL_FAULTS=1 CK_RUN_CASE=faults tests/train/train$(EXEEXT)
	$(ALONE) OT_FAULT_PLACES=$${OT_FAULT_PLACES-40} CK_DEFAULT_TIMEOUT=7200 tests/cli/commands/faults$(EXEEXT)
	$(ALONE) OT_ALL_FAULTS=1 tests/cli/commands/power$(EXEEXT)

# Processes that share a training: every network of pinned.c with 1 to 16 of them and 1 to 4 threads
# each, and 200 faults at random moments; FAULTS chooses another number.
check-mpi: tests/train/pinned$(EXEEXT) odetape$(EXEEXT)
	OT_ALL_BITS=1 FAULTS=$${FAULTS-200} $(MAKE) check-TESTS \
	    TESTS='tests/train/processes.sh tests/cli/commands/processes.sh'

# Every malformed file; best in a build that was configured with --enable-sanitizers.
check-hostile: tests/hostile/hostile$(EXEEXT)
	$(ALONE) OT_ALL_FAULTS=1 tests/hostile/hostile$(EXEEXT)

# Published weights on the images of CIFAR-10, neither of which is here: RESNET20 is the file of
# weights and CIFAR10 the directory of the images.
check-published: tests/train/train$(EXEEXT)
	$(ALONE) OT_RESNET20=$${RESNET20:?} OT_CIFAR10=$${CIFAR10:?} CK_RUN_CASE=import tests/train/train$(EXEEXT)

# The kernels for 64-bit Arm, under qemu: ARM_ROOT is a folder with the libraries for arm64.
check-arm:
	$(MAKE) check-TESTS TESTS=tests/arm.sh

# The kernels for AVX2 where the CPU lacks it, under qemu.
check-emulated: tests/ops/ops$(EXEEXT) tests/autograd/autograd$(EXEEXT)
	$(MAKE) check-TESTS TESTS=tests/emulated.sh

# Typos in published tableaux: TABLEAUX is a folder of them, TYPOS how many are tried in each.
check-tableaux: tests/schemes/typos$(EXEEXT)
	$(ALONE) $(SHELL) $(srcdir)/tests/schemes/typos.sh

# Small changes of the source, which tests must notice: all, those of MUTANTS, or 20 drawn by the date.
check-mutants:
	srcdir='$(srcdir)' $(PYTHON3) -B $(srcdir)/tests/mutants/mutants.py run $(MUTANTS)
check-mutants-quick:
	srcdir='$(srcdir)' $(PYTHON3) -B $(srcdir)/tests/mutants/mutants.py run --draw 20
# What mutants.py asks a build for: the environment of a test.
mutants-environment:
	@$(AM_TESTS_ENVIRONMENT) env -0
.PHONY: mutants-environment

# A build in a directory of its own, where make then runs.
ELSEWHERE = $(SHELL) $(abs_top_srcdir)/tests/elsewhere.sh

# With either compiler; tests take about ten times as long there.  The interceptor of thread-local
# storage is off since it can crash LeakSanitizer: https://github.com/google/sanitizers/issues/1267
# LLVM's OpenMP crashes where a process that was killed has left an empty file and its number.
check-sanitizers: check-sanitizers-gcc check-sanitizers-clang
check-sanitizers-gcc check-sanitizers-clang:
	-find /dev/shm -maxdepth 1 -name '__KMP_REGISTERED_LIB_*' -size 0 -user "$$(id -u)" -delete
	compiler=$(@:check-sanitizers-%=%) && \
	$(ELSEWHERE) deep-asan-$$compiler CC=$$compiler --enable-sanitizers && \
	CK_TIMEOUT_MULTIPLIER=10 ASAN_OPTIONS=intercept_tls_get_addr=0 \
	LSAN_OPTIONS=suppressions=$(abs_top_srcdir)/tests/lsan.supp \
	    $(MAKE) -C deep-asan-$$compiler check check-hostile

# gcc's libgomp is unknown to ThreadSanitizer: only clang's libomp, whose archer library tells it of
# OpenMP's synchronisation, gives no false alarms.  BLIS runs in one thread here.
check-tsan:
	$(ELSEWHERE) deep-tsan CC=clang --with-blis=serial 'CFLAGS=-O1 -g -fsanitize=thread' \
	    LDFLAGS=-fsanitize=thread && cd deep-tsan && $(MAKE) tests/train/train && \
	OMP_NUM_THREADS=4 OMP_WAIT_POLICY=passive CK_DEFAULT_TIMEOUT=600 CK_RUN_CASE=train \
	    ARCHER_OPTIONS=verbose=1 TSAN_OPTIONS="ignore_noninstrumented_modules=1 exitcode=66" \
	    tests/train/train >tsan.log 2>&1 || { cat tsan.log; exit 1; }; \
	grep -q 'Archer detected' tsan.log && tail -n 1 tsan.log || { \
	    echo "archer did not run (apt install libomp-dev)"; exit 1; }

# valgrind knows no AVX-512, does not flush denormals, and calls a function for each multiply-add:
# portable kernels are taken, and those of BLIS for Sandy Bridge, which multiply and add (a training
# takes an eighth of the time); tests/ops/fence.c looks after the others.
# The other programs of unit tests take long: VALGRIND_TESTS="models schemes ops train".
VALGRIND_TESTS = autograd base data
check-valgrind:
	for name in $(VALGRIND_TESTS); do \
	    $(MAKE) tests/$$name/$$name$(EXEEXT) || exit 1; \
	    $(ALONE) OT_VALGRIND=1 srcdir='$(srcdir)' OMP_NUM_THREADS=1 CK_TIMEOUT_MULTIPLIER=100 \
	    ODETAPE_KERNELS=portable BLIS_ARCH_TYPE=4 \
	    $(LIBTOOL) --mode=execute valgrind --quiet --error-exitcode=99 --trace-children=yes \
	    --leak-check=full --show-leak-kinds=definite --errors-for-leak-kinds=definite \
	    --suppressions=$(srcdir)/tests/valgrind.supp tests/$$name/$$name || exit 1; done

# Branches of src/ that the tests reach, faults of every allocation and system call included.
# Kernels are compiled once for each instruction set, so that two functions of one name may stand in
# different lines; gcovr 5.2 asserts that they do not, and its sums are right without (PYTHONOPTIMIZE).
# Functions that are always inlined are compiled once here: in each copy of one the branches that are
# constant there would count as branches that are never taken.  One test fails here only (a limit on
# the size of files ends a child that writes its counts before exec), so that failures are left to
# the targets that are about them.
COVERAGE_CFLAGS = -O0 -g --coverage -Dalways_inline=unused
coverage:
	$(ELSEWHERE) deep-coverage 'CFLAGS=$(COVERAGE_CFLAGS)' LDFLAGS=--coverage && \
	cd deep-coverage && $(MAKE) -k check; $(MAKE) -C deep-coverage -k check-faults; \
	$(MAKE) -C deep-coverage coverage-report

coverage-report:
	PYTHONOPTIMIZE=1 gcovr --root $(abs_top_srcdir) --filter $(abs_top_srcdir)/src/ \
	    --json coverage.json . && \
	$(PYTHON3) $(srcdir)/tests/coverage.py $(abs_top_srcdir) $(COVERAGE_ARGS) <coverage.json
.PHONY: coverage-report

# What looking for numbers that are not finite costs a training, in five networks.
check-watch: tests/train/watch$(EXEEXT)
	$(ALONE) tests/train/watch$(EXEEXT)

EXTRA_DIST += tests/deep.mk tests/arm.sh tests/coverage.py tests/elsewhere.sh tests/emulated.sh tests/lsan.supp tests/valgrind.supp
EXTRA_DIST += \
	tests/mutants/README.md \
	tests/mutants/list/autograd.txt \
	tests/mutants/list/base.txt \
	tests/mutants/list/cli.txt \
	tests/mutants/list/data.txt \
	tests/mutants/list/export.txt \
	tests/mutants/list/landscape.txt \
	tests/mutants/list/models.txt \
	tests/mutants/list/ops.txt \
	tests/mutants/list/schemes.txt \
	tests/mutants/list/store.txt \
	tests/mutants/list/train.txt \
	tests/mutants/mutants.py
