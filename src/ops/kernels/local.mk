# SPDX-License-Identifier: BSD-3-Clause
# Kernels compiled once for each instruction set; ot_op.best chooses at run time.
if X86_KERNELS
noinst_LTLIBRARIES += libodetape-avx2.la libodetape-avx512.la
libodetape_core_la_LIBADD += libodetape-avx2.la libodetape-avx512.la
endif
if NEON_KERNELS
noinst_LTLIBRARIES += libodetape-neon.la
libodetape_core_la_LIBADD += libodetape-neon.la
endif
VECTOR_SOURCES = \
	src/ops/kernels/direct.c \
	src/ops/kernels/direct.h \
	src/ops/kernels/isa.h \
	src/ops/kernels/vector.h \
	src/ops/kernels/winograd/winograd.h \
	src/ops/kernels/winograd/backward.c \
	src/ops/kernels/winograd/forward.c \
	src/ops/kernels/winograd/input.c \
	src/ops/kernels/winograd/output.c \
	src/ops/kernels/winograd/products.c \
	src/ops/kernels/winograd/products.h \
	src/ops/kernels/winograd/tiles.h \
	src/ops/kernels/winograd/transform.h \
	src/ops/kernels/winograd/weights.c
libodetape_avx2_la_SOURCES = $(VECTOR_SOURCES)
libodetape_avx2_la_CPPFLAGS = $(AM_CPPFLAGS) -DOT__ISA=avx2 -DOT__WIDTH=8
libodetape_avx2_la_CFLAGS = $(AM_CFLAGS) $(AVX2_CFLAGS)
libodetape_avx512_la_SOURCES = $(VECTOR_SOURCES)
libodetape_avx512_la_CPPFLAGS = $(AM_CPPFLAGS) -DOT__ISA=avx512 -DOT__WIDTH=16
libodetape_avx512_la_CFLAGS = $(AM_CFLAGS) $(AVX512_CFLAGS)
libodetape_neon_la_SOURCES = $(VECTOR_SOURCES)
libodetape_neon_la_CPPFLAGS = $(AM_CPPFLAGS) -DOT__ISA=neon -DOT__WIDTH=4
libodetape_neon_la_CFLAGS = $(AM_CFLAGS) $(NEON_CFLAGS)
