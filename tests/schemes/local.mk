# SPDX-License-Identifier: BSD-3-Clause
if HAVE_CHECK
check_PROGRAMS += tests/schemes/schemes
TESTS += tests/schemes/schemes
endif
tests_schemes_schemes_CFLAGS = $(TEST_CFLAGS)
tests_schemes_schemes_CPPFLAGS = $(TEST_CPPFLAGS)
tests_schemes_schemes_LDADD = $(TEST_LIBS)
tests_schemes_schemes_SOURCES = \
	tests/schemes/cases.h \
	tests/schemes/golden.h \
	tests/schemes/main.c \
	tests/schemes/test_builtin.c \
	tests/schemes/test_exact.c \
	tests/schemes/test_expr.c \
	tests/schemes/test_residuals.c \
	tests/schemes/test_runge_kutta.c \
	tests/schemes/test_stepper.c \
	tests/schemes/test_steps.c \
	tests/schemes/test_tableau.c
EXTRA_DIST += tests/schemes/golden.py tests/schemes/tableaux.json
