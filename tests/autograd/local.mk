# SPDX-License-Identifier: BSD-3-Clause
if HAVE_CHECK
check_PROGRAMS += tests/autograd/autograd
TESTS += tests/autograd/autograd
endif
tests_autograd_autograd_CFLAGS = $(TEST_CFLAGS)
tests_autograd_autograd_CPPFLAGS = $(TEST_CPPFLAGS) $(JANSSON_CFLAGS)
tests_autograd_autograd_LDADD = $(TEST_LIBS)
tests_autograd_autograd_SOURCES = \
	tests/autograd/cases.h \
	tests/autograd/compile/test_access.c \
	tests/autograd/compile/test_compile.c \
	tests/autograd/compile/test_gradient_sums.c \
	tests/autograd/compile/test_order.c \
	tests/autograd/compile/test_plan.c \
	tests/autograd/inspect/test_gradcheck.c \
	tests/autograd/inspect/test_listing.c \
	tests/autograd/inspect/test_report.c \
	tests/autograd/main.c \
	tests/autograd/test_freeze.c \
	tests/autograd/test_params.c \
	tests/autograd/test_run.c \
	tests/autograd/test_tape.c
