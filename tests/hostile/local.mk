# SPDX-License-Identifier: BSD-3-Clause
if HAVE_CHECK
check_PROGRAMS += tests/hostile/hostile
TESTS += tests/hostile/hostile
endif
tests_hostile_hostile_CFLAGS = $(TEST_CFLAGS)
tests_hostile_hostile_CPPFLAGS = $(TEST_CPPFLAGS)
tests_hostile_hostile_LDADD = $(TEST_LIBS)
tests_hostile_hostile_SOURCES = \
	tests/hostile/files.h \
	tests/hostile/main.c \
	tests/hostile/mutate.c \
	tests/hostile/mutate.h \
	tests/hostile/seal.h \
	tests/hostile/test_cifar.c \
	tests/hostile/test_images.c \
	tests/hostile/test_journal.c \
	tests/hostile/test_mnist.c \
	tests/hostile/test_png.c \
	tests/hostile/test_safetensors.c \
	tests/hostile/test_tableau.c \
	tests/train/fixture.c \
	tests/train/fixture.h \
	tests/train/session.c \
	tests/train/session.h \
	tests/train/small.c \
	tests/train/small.h
EXTRA_DIST += tests/hostile/README.md
