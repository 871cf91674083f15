/* SPDX-License-Identifier: BSD-3-Clause
 * Vectors of OT__WIDTH floats, in the vector extension of gcc and clang.  For the files that are
 * compiled once for each instruction set. */
#ifndef OT_OPS_KERNELS_VECTOR_H
#define OT_OPS_KERNELS_VECTOR_H

#include <immintrin.h>
#include <stddef.h>

#include "ops/kernels/inline.h"
#include "ops/kernels/stream.h"

typedef float ot__vec __attribute__((vector_size(4 * OT__WIDTH)));
typedef float ot__vec_anywhere __attribute__((vector_size(4 * OT__WIDTH), aligned(4), may_alias));

OT__INLINE ot__vec ot__load(const float *at)
{
    return *(const ot__vec_anywhere *)at;
}

OT__INLINE void ot__store(float *at, ot__vec v)
{
    *(ot__vec_anywhere *)at = v;
}

/* A streaming store (stream.h) to an aligned address.  It is fast only if a whole cache line is
 * written at a time. */
OT__INLINE void ot__stream(float *at, ot__vec v)
{
#if OT__WIDTH == 16
    _mm512_stream_ps(at, v);
#else
    _mm256_stream_ps(at, v);
#endif
}

/* The larger of both, element by element; NaN where v is NaN. */
OT__INLINE ot__vec ot__at_least(ot__vec least, ot__vec v)
{
#if OT__WIDTH == 16
    return _mm512_max_ps(least, v);
#else
    return _mm256_max_ps(least, v);
#endif
}

/* v where z > 0, else 0. */
OT__INLINE ot__vec ot__where_positive(ot__vec z, ot__vec v)
{
#if OT__WIDTH == 16
    return _mm512_maskz_mov_ps(_mm512_cmp_ps_mask(z, _mm512_setzero_ps(), _CMP_GT_OQ), v);
#else
    return _mm256_and_ps(_mm256_cmp_ps(z, _mm256_setzero_ps(), _CMP_GT_OQ), v);
#endif
}

/* A vector of equal elements. */
OT__INLINE ot__vec ot__splat(float a)
{
    return a - (ot__vec){ 0 };
}

#endif
