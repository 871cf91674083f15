# SPDX-License-Identifier: BSD-3-Clause
if HAVE_CHECK
check_PROGRAMS += tests/landscape/landscape
TESTS += tests/landscape/landscape
endif
tests_landscape_landscape_CFLAGS = $(TEST_CFLAGS)
tests_landscape_landscape_CPPFLAGS = $(TEST_CPPFLAGS)
tests_landscape_landscape_LDADD = $(TEST_LIBS)
tests_landscape_landscape_SOURCES = \
	tests/landscape/cases.h \
	tests/landscape/main.c \
	tests/landscape/test_directions.c \
	tests/landscape/test_landscape.c \
	tests/landscape/trained.c \
	tests/landscape/trained.h \
	tests/train/fixture.c \
	tests/train/fixture.h \
	tests/train/small.c \
	tests/train/small.h
