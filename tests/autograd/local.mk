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
	tests/autograd/main.c \
	tests/autograd/test_compile.c \
	tests/autograd/test_gather.c \
	tests/autograd/test_gradcheck.c \
	tests/autograd/test_listing.c \
	tests/autograd/test_params.c \
	tests/autograd/test_plan.c \
	tests/autograd/test_report.c \
	tests/autograd/test_run.c \
	tests/autograd/test_tape.c \
	tests/autograd/test_together.c \
	tests/autograd/test_views.c
