# SPDX-License-Identifier: BSD-3-Clause
check_PROGRAMS += tests/fuzz/tableau_replay
TESTS += tests/fuzz/replay.sh
tests/fuzz/replay.log: tests/fuzz/tableau_replay$(EXEEXT)
tests_fuzz_tableau_replay_LDADD = libodetape-core.la
tests_fuzz_tableau_replay_SOURCES = \
	tests/fuzz/replay.c \
	tests/fuzz/tableau.c
EXTRA_DIST += \
	tests/fuzz/README.md \
	tests/fuzz/replay.sh \
	tests/fuzz/tableau \
	tests/fuzz/tableau.dict

# The parser alone, with libFuzzer and the sanitizers; needs clang.
FUZZ_CC = clang
FUZZ_CFLAGS = -g -O1 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=undefined
FUZZ_TABLEAU = \
	src/base/memory.c \
	src/base/status.c \
	src/base/text.c \
	src/schemes/exact.c \
	src/schemes/expr.c \
	src/schemes/source.c \
	src/schemes/tableau.c \
	src/schemes/tableau_rows.c \
	src/schemes/tableau_text.c \
	tests/fuzz/tableau.c
fuzz-tableau:
	@$(MKDIR_P) tests/fuzz
	cd $(srcdir) && $(FUZZ_CC) -std=gnu11 $(FUZZ_CFLAGS) $(DEFS) -Isrc $(FUZZ_TABLEAU) \
		$(GMP_LIBS) -lm -o $(abs_builddir)/tests/fuzz/fuzz_tableau
CLEANFILES += tests/fuzz/fuzz_tableau
.PHONY: fuzz-tableau
