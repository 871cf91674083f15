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
	tests/models/passes.c \
	tests/models/passes.h \
	tests/models/properties/test_properties.c \
	tests/models/test_blocks.c \
	tests/models/test_exhaustion.c \
	tests/models/test_gradients.c \
	tests/models/test_learnable.c \
	tests/models/test_memory.c \
	tests/models/test_memory_limit.c \
	tests/models/test_rebuild.c \
	tests/models/test_net.c \
	tests/models/test_own_layers.c \
	tests/models/test_own_properties.c \
	tests/models/test_parts.c \
	tests/models/test_reference.c \
	tests/models/test_own_parts.c \
	tests/models/test_refusals.c \
	tests/models/test_registration.c \
	tests/models/test_returns.c \
	tests/models/test_special.c \
	tests/models/test_starting.c \
	tests/models/test_subnets.c \
	tests/models/test_systems.c \
	tests/models/test_time.c

EXTRA_DIST += \
	tests/models/reference/between.h \
	tests/models/reference/checks.py \
	tests/models/reference/compare.h \
	tests/models/reference/euler.h \
	tests/models/reference/fixup.h \
	tests/models/reference/headers.py \
	tests/models/reference/highway.h \
	tests/models/reference/lm.h \
	tests/models/reference/multistep.h \
	tests/models/reference/networks.py \
	tests/models/reference/others.h \
	tests/models/reference/own_dense.h \
	tests/models/reference/own_layers.h \
	tests/models/reference/own_layers.py \
	tests/models/reference/own_osa.h \
	tests/models/reference/own_rknet.h \
	tests/models/reference/paper.h \
	tests/models/reference/polynet.h \
	tests/models/reference/reference.h \
	tests/models/reference/repvgg.h \
	tests/models/reference/resnet.h \
	tests/models/reference/revnet.h \
	tests/models/reference/rk4.h \
	tests/models/reference/special.h \
	tests/models/reference/special.py \
	tests/models/reference/subnets.h \
	tests/models/reference/subnets.py \
	tests/models/reference/subnets_bottlenecks.h \
	tests/models/reference/subnets_norms.h \
	tests/models/reference/subnets_transformers.h \
	tests/models/reference/symmetric.h
