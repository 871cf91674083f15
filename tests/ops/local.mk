# SPDX-License-Identifier: BSD-3-Clause
if HAVE_CHECK
check_PROGRAMS += tests/ops/ops
TESTS += tests/ops/ops
endif
# The kernels for vectors of 16 numbers on AVX2, for tests only.
if X86_KERNELS
WIDE_KERNELS = libodetape-wide.la
check_LTLIBRARIES += libodetape-wide.la
libodetape_wide_la_SOURCES = $(VECTOR_SOURCES)
libodetape_wide_la_CPPFLAGS = $(AM_CPPFLAGS) -DOT__ISA=wide -DOT__WIDTH=16
libodetape_wide_la_CFLAGS = $(AM_CFLAGS) $(AVX2_CFLAGS) -Wno-psabi -Wno-missing-prototypes
endif
tests_ops_ops_CFLAGS = $(TEST_CFLAGS)
tests_ops_ops_CPPFLAGS = $(TEST_CPPFLAGS)
tests_ops_ops_LDADD = $(WIDE_KERNELS) $(TEST_LIBS)
tests_ops_ops_SOURCES = \
	tests/ops/cases.h \
	tests/ops/fence.c \
	tests/ops/fence.h \
	tests/ops/golden.h \
	tests/ops/golden_ops.h \
	tests/ops/main.c \
	tests/ops/pair.c \
	tests/ops/pair.h \
	tests/ops/single.c \
	tests/ops/single.h \
	tests/ops/tensors.c \
	tests/ops/tensors.h \
	tests/ops/test_batch_norm.c \
	tests/ops/test_batch_sums.c \
	tests/ops/test_chunk_sums.c \
	tests/ops/test_conv2d.c \
	tests/ops/test_conv2d_best.c \
	tests/ops/test_float32.c \
	tests/ops/test_gemm.c \
	tests/ops/test_golden.c \
	tests/ops/test_golden_ops.c \
	tests/ops/test_gradients.c \
	tests/ops/test_on_read.c \
	tests/ops/test_pools.c \
	tests/ops/test_reading.c \
	tests/ops/test_refused.c \
	tests/ops/test_scan.c \
	tests/ops/test_shapes.c \
	tests/ops/test_smooth.c \
	tests/ops/test_softmax_xent.c \
	tests/ops/test_transpose.c \
	tests/ops/test_views.c
EXTRA_DIST += tests/ops/golden.py tests/ops/golden_ops.py
