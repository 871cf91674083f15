# SPDX-License-Identifier: BSD-3-Clause
# A target is linked twice: with replay.c, which runs its corpus, and with libFuzzer's main (make
# fuzz), which needs a library that was built for it.
FUZZ_CORPORA = \
	tests/fuzz/blocks \
	tests/fuzz/checkpoint \
	tests/fuzz/cifar \
	tests/fuzz/experiment \
	tests/fuzz/images \
	tests/fuzz/import \
	tests/fuzz/journal \
	tests/fuzz/mnist \
	tests/fuzz/png \
	tests/fuzz/safetensors \
	tests/fuzz/tableau \
	tests/fuzz/values
FUZZ_REPLAYS = \
	tests/fuzz/blocks_replay \
	tests/fuzz/checkpoint_replay \
	tests/fuzz/cifar_replay \
	tests/fuzz/experiment_replay \
	tests/fuzz/images_replay \
	tests/fuzz/import_replay \
	tests/fuzz/journal_replay \
	tests/fuzz/mnist_replay \
	tests/fuzz/png_replay \
	tests/fuzz/safetensors_replay \
	tests/fuzz/tableau_replay \
	tests/fuzz/values_replay
FUZZ_TARGETS = \
	tests/fuzz/blocks_fuzz \
	tests/fuzz/checkpoint_fuzz \
	tests/fuzz/cifar_fuzz \
	tests/fuzz/experiment_fuzz \
	tests/fuzz/images_fuzz \
	tests/fuzz/import_fuzz \
	tests/fuzz/journal_fuzz \
	tests/fuzz/mnist_fuzz \
	tests/fuzz/png_fuzz \
	tests/fuzz/safetensors_fuzz \
	tests/fuzz/tableau_fuzz \
	tests/fuzz/values_fuzz
check_PROGRAMS += $(FUZZ_REPLAYS)
EXTRA_PROGRAMS += $(FUZZ_TARGETS)
TESTS += tests/fuzz/replay.sh
tests/fuzz/replay.log: $(FUZZ_REPLAYS)

FUZZ_COMMON = tests/fuzz/promise.c tests/fuzz/promise.h tests/temporary.h
FUZZ_CPPFLAGS = $(TEST_CPPFLAGS)
FUZZ_LIBS = libodetape-core.la
tests_fuzz_blocks_replay_CPPFLAGS = $(FUZZ_CPPFLAGS)
tests_fuzz_blocks_replay_LDADD = $(FUZZ_LIBS)
tests_fuzz_blocks_replay_SOURCES = tests/fuzz/blocks.c tests/fuzz/replay.c $(FUZZ_COMMON)
tests_fuzz_blocks_fuzz_CPPFLAGS = $(FUZZ_CPPFLAGS)
tests_fuzz_blocks_fuzz_LDADD = $(FUZZ_LIBS)
tests_fuzz_blocks_fuzz_SOURCES = tests/fuzz/blocks.c $(FUZZ_COMMON)
tests_fuzz_blocks_fuzz_LDFLAGS = -fsanitize=fuzzer
tests_fuzz_checkpoint_replay_CPPFLAGS = $(FUZZ_CPPFLAGS)
tests_fuzz_checkpoint_replay_LDADD = $(FUZZ_LIBS)
tests_fuzz_checkpoint_replay_SOURCES = tests/fuzz/checkpoint.c tests/fuzz/replay.c $(FUZZ_COMMON)
tests_fuzz_checkpoint_fuzz_CPPFLAGS = $(FUZZ_CPPFLAGS)
tests_fuzz_checkpoint_fuzz_LDADD = $(FUZZ_LIBS)
tests_fuzz_checkpoint_fuzz_SOURCES = tests/fuzz/checkpoint.c $(FUZZ_COMMON)
tests_fuzz_checkpoint_fuzz_LDFLAGS = -fsanitize=fuzzer
tests_fuzz_cifar_replay_CPPFLAGS = $(FUZZ_CPPFLAGS)
tests_fuzz_cifar_replay_LDADD = $(FUZZ_LIBS)
tests_fuzz_cifar_replay_SOURCES = tests/fuzz/cifar.c tests/fuzz/replay.c $(FUZZ_COMMON)
tests_fuzz_cifar_fuzz_CPPFLAGS = $(FUZZ_CPPFLAGS)
tests_fuzz_cifar_fuzz_LDADD = $(FUZZ_LIBS)
tests_fuzz_cifar_fuzz_SOURCES = tests/fuzz/cifar.c $(FUZZ_COMMON)
tests_fuzz_cifar_fuzz_LDFLAGS = -fsanitize=fuzzer
FUZZ_EXPERIMENT = tests/fuzz/experiment.c src/cli/sweep/experiment.c src/base/option.c src/base/decimal.c
tests_fuzz_experiment_replay_CPPFLAGS = $(FUZZ_CPPFLAGS) $(INIH_CFLAGS)
tests_fuzz_experiment_replay_LDADD = $(FUZZ_LIBS) $(INIH_LIBS)
tests_fuzz_experiment_replay_SOURCES = $(FUZZ_EXPERIMENT) tests/fuzz/replay.c $(FUZZ_COMMON)
tests_fuzz_experiment_fuzz_CPPFLAGS = $(FUZZ_CPPFLAGS) $(INIH_CFLAGS)
tests_fuzz_experiment_fuzz_LDADD = $(FUZZ_LIBS) $(INIH_LIBS)
tests_fuzz_experiment_fuzz_SOURCES = $(FUZZ_EXPERIMENT) $(FUZZ_COMMON)
tests_fuzz_experiment_fuzz_LDFLAGS = -fsanitize=fuzzer
tests_fuzz_images_replay_CPPFLAGS = $(FUZZ_CPPFLAGS)
tests_fuzz_images_replay_LDADD = $(FUZZ_LIBS)
tests_fuzz_images_replay_SOURCES = tests/fuzz/images.c tests/hostile/seal.h tests/fuzz/replay.c $(FUZZ_COMMON)
tests_fuzz_images_fuzz_CPPFLAGS = $(FUZZ_CPPFLAGS)
tests_fuzz_images_fuzz_LDADD = $(FUZZ_LIBS)
tests_fuzz_images_fuzz_SOURCES = tests/fuzz/images.c tests/hostile/seal.h $(FUZZ_COMMON)
tests_fuzz_images_fuzz_LDFLAGS = -fsanitize=fuzzer
tests_fuzz_import_replay_CPPFLAGS = $(FUZZ_CPPFLAGS)
tests_fuzz_import_replay_LDADD = $(FUZZ_LIBS)
tests_fuzz_import_replay_SOURCES = tests/fuzz/import.c tests/fuzz/replay.c $(FUZZ_COMMON)
tests_fuzz_import_fuzz_CPPFLAGS = $(FUZZ_CPPFLAGS)
tests_fuzz_import_fuzz_LDADD = $(FUZZ_LIBS)
tests_fuzz_import_fuzz_SOURCES = tests/fuzz/import.c $(FUZZ_COMMON)
tests_fuzz_import_fuzz_LDFLAGS = -fsanitize=fuzzer
tests_fuzz_journal_replay_CPPFLAGS = $(FUZZ_CPPFLAGS)
tests_fuzz_journal_replay_LDADD = $(FUZZ_LIBS)
tests_fuzz_journal_replay_SOURCES = tests/fuzz/journal.c tests/fuzz/replay.c $(FUZZ_COMMON)
tests_fuzz_journal_fuzz_CPPFLAGS = $(FUZZ_CPPFLAGS)
tests_fuzz_journal_fuzz_LDADD = $(FUZZ_LIBS)
tests_fuzz_journal_fuzz_SOURCES = tests/fuzz/journal.c $(FUZZ_COMMON)
tests_fuzz_journal_fuzz_LDFLAGS = -fsanitize=fuzzer
tests_fuzz_mnist_replay_CPPFLAGS = $(FUZZ_CPPFLAGS)
tests_fuzz_mnist_replay_LDADD = $(FUZZ_LIBS)
tests_fuzz_mnist_replay_SOURCES = tests/fuzz/mnist.c tests/fuzz/replay.c $(FUZZ_COMMON)
tests_fuzz_mnist_fuzz_CPPFLAGS = $(FUZZ_CPPFLAGS)
tests_fuzz_mnist_fuzz_LDADD = $(FUZZ_LIBS)
tests_fuzz_mnist_fuzz_SOURCES = tests/fuzz/mnist.c $(FUZZ_COMMON)
tests_fuzz_mnist_fuzz_LDFLAGS = -fsanitize=fuzzer
tests_fuzz_png_replay_CPPFLAGS = $(FUZZ_CPPFLAGS)
tests_fuzz_png_replay_LDADD = $(FUZZ_LIBS)
tests_fuzz_png_replay_SOURCES = tests/fuzz/png.c tests/fuzz/replay.c $(FUZZ_COMMON)
tests_fuzz_png_fuzz_CPPFLAGS = $(FUZZ_CPPFLAGS)
tests_fuzz_png_fuzz_LDADD = $(FUZZ_LIBS)
tests_fuzz_png_fuzz_SOURCES = tests/fuzz/png.c $(FUZZ_COMMON)
tests_fuzz_png_fuzz_LDFLAGS = -fsanitize=fuzzer
tests_fuzz_safetensors_replay_CPPFLAGS = $(FUZZ_CPPFLAGS)
tests_fuzz_safetensors_replay_LDADD = $(FUZZ_LIBS)
tests_fuzz_safetensors_replay_SOURCES = tests/fuzz/safetensors.c tests/fuzz/replay.c $(FUZZ_COMMON)
tests_fuzz_safetensors_fuzz_CPPFLAGS = $(FUZZ_CPPFLAGS)
tests_fuzz_safetensors_fuzz_LDADD = $(FUZZ_LIBS)
tests_fuzz_safetensors_fuzz_SOURCES = tests/fuzz/safetensors.c $(FUZZ_COMMON)
tests_fuzz_safetensors_fuzz_LDFLAGS = -fsanitize=fuzzer
tests_fuzz_tableau_replay_CPPFLAGS = $(FUZZ_CPPFLAGS)
tests_fuzz_tableau_replay_LDADD = $(FUZZ_LIBS)
tests_fuzz_tableau_replay_SOURCES = tests/fuzz/tableau.c tests/fuzz/replay.c $(FUZZ_COMMON)
tests_fuzz_tableau_fuzz_CPPFLAGS = $(FUZZ_CPPFLAGS)
tests_fuzz_tableau_fuzz_LDADD = $(FUZZ_LIBS)
tests_fuzz_tableau_fuzz_SOURCES = tests/fuzz/tableau.c $(FUZZ_COMMON)
tests_fuzz_tableau_fuzz_LDFLAGS = -fsanitize=fuzzer
tests_fuzz_values_replay_CPPFLAGS = $(FUZZ_CPPFLAGS)
tests_fuzz_values_replay_LDADD = $(FUZZ_LIBS)
tests_fuzz_values_replay_SOURCES = tests/fuzz/values.c src/base/option.c src/base/decimal.c tests/fuzz/replay.c $(FUZZ_COMMON)
tests_fuzz_values_fuzz_CPPFLAGS = $(FUZZ_CPPFLAGS)
tests_fuzz_values_fuzz_LDADD = $(FUZZ_LIBS)
tests_fuzz_values_fuzz_SOURCES = tests/fuzz/values.c src/base/option.c src/base/decimal.c $(FUZZ_COMMON)
tests_fuzz_values_fuzz_LDFLAGS = -fsanitize=fuzzer

EXTRA_DIST += \
	$(FUZZ_CORPORA) \
	tests/fuzz/README.md \
	tests/fuzz/replay.sh \
	tests/fuzz/run.sh \
	tests/fuzz/tableau.dict

# All targets, in a directory of their own; needs clang.  Readers need no fast kernels, whose
# compilation takes long with these flags.
FUZZ_CFLAGS = -g -O1 -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined
fuzz:
	$(ELSEWHERE) deep-fuzz CC=clang 'CFLAGS=$(FUZZ_CFLAGS)' ot_cv_x86_kernels=no && \
	cd deep-fuzz && $(MAKE) $(FUZZ_TARGETS)

# Each target for so many seconds, from its corpus; what is new is thrown away.
check-fuzz: fuzz
	FUZZ_SECONDS=$${FUZZ_SECONDS-30} $(SHELL) $(srcdir)/tests/fuzz/run.sh deep-fuzz \
	    $(abs_srcdir) $(FUZZ_CORPORA)
.PHONY: fuzz check-fuzz

# A corpus is a directory, which make must not build from the source of the same name.
$(FUZZ_CORPORA): ;
