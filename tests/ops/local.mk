# SPDX-License-Identifier: BSD-3-Clause
if HAVE_CHECK
check_PROGRAMS += tests/ops/ops
TESTS += tests/ops/ops
endif
tests_ops_ops_CFLAGS = $(TEST_CFLAGS)
tests_ops_ops_CPPFLAGS = $(TEST_CPPFLAGS)
tests_ops_ops_LDADD = $(TEST_LIBS)
tests_ops_ops_SOURCES = \
	tests/ops/cases.h \
	tests/ops/main.c \
	tests/ops/test_gradients.c
