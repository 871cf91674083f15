# SPDX-License-Identifier: BSD-3-Clause
if HAVE_CHECK
check_PROGRAMS += tests/base/base
TESTS += tests/base/base
endif
tests_base_base_CFLAGS = $(TEST_CFLAGS)
tests_base_base_CPPFLAGS = $(TEST_CPPFLAGS)
tests_base_base_LDADD = $(TEST_LIBS)
tests_base_base_SOURCES = \
	tests/base/cases.h \
	tests/base/main.c \
	tests/base/test_available.c \
	tests/base/test_beta.c \
	tests/base/test_chunks.c \
	tests/base/test_decimal.c \
	tests/base/test_directory.c \
	tests/base/test_file.c \
	tests/base/test_json.c \
	tests/base/test_jsonl.c \
	tests/base/test_kind.c \
	tests/base/test_machine.c \
	tests/base/test_memory.c \
	tests/base/test_names.c \
	tests/base/test_rng.c \
	tests/base/test_system.c \
	tests/base/test_table.c \
	tests/base/test_temporary.c \
	tests/base/test_text.c
