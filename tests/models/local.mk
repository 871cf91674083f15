# SPDX-License-Identifier: BSD-3-Clause
if HAVE_CHECK
check_PROGRAMS += tests/models/models
TESTS += tests/models/models
endif
tests_models_models_CFLAGS = $(TEST_CFLAGS)
tests_models_models_CPPFLAGS = $(TEST_CPPFLAGS)
tests_models_models_LDADD = $(TEST_LIBS)
tests_models_models_SOURCES = \
	tests/models/cases.h \
	tests/models/main.c \
	tests/models/test_blocks.c \
	tests/models/test_exhaustion.c \
	tests/models/test_gradients.c \
	tests/models/test_learnable.c \
	tests/models/test_memory.c \
	tests/models/test_net.c
