# SPDX-License-Identifier: BSD-3-Clause
if HAVE_CHECK
check_PROGRAMS += tests/api/api
TESTS += tests/api/api
endif
tests_api_api_CFLAGS = $(TEST_CFLAGS)
tests_api_api_CPPFLAGS = $(TEST_CPPFLAGS)
tests_api_api_LDADD = $(TEST_LIBS)
tests_api_api_SOURCES = \
	tests/api/main.c \
	tests/api/misuse.h \
	tests/api/test_blocks.c \
	tests/api/test_executions.c \
	tests/api/test_files.c \
	tests/api/test_networks.c \
	tests/api/test_programs.c \
	tests/api/test_schemes.c \
	tests/api/test_tapes.c \
	tests/api/test_trainings.c
EXTRA_DIST += tests/api/README.md
