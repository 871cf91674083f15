# SPDX-License-Identifier: BSD-3-Clause
if HAVE_CHECK
check_PROGRAMS += tests/store/store
TESTS += tests/store/store
endif
tests_store_store_CFLAGS = $(TEST_CFLAGS)
tests_store_store_CPPFLAGS = $(TEST_CPPFLAGS)
tests_store_store_LDADD = $(TEST_LIBS)
tests_store_store_SOURCES = \
	tests/store/cases.h \
	tests/store/main.c \
	tests/store/test_aside.c \
	tests/store/test_history.c \
	tests/store/test_journal.c \
	tests/store/test_params_init.c \
	tests/store/test_reader_rules.c \
	tests/store/test_run.c \
	tests/store/test_run_files.c \
	tests/store/test_safetensors.c \
	tests/store/test_tensors.c \
	tests/train/fixture.c \
	tests/train/fixture.h \
	tests/train/session.c \
	tests/train/session.h \
	tests/train/small.c \
	tests/train/small.h
