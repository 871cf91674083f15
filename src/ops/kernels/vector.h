/* SPDX-License-Identifier: BSD-3-Clause
 * Vectors of OT__WIDTH floats, in the vector extension of gcc and clang.  For the files that are
 * compiled once for each instruction set. */
#ifndef OT_OPS_KERNELS_VECTOR_H
#define OT_OPS_KERNELS_VECTOR_H

#if defined(__aarch64__)
#include <arm_neon.h>
#else
#include <immintrin.h>
#endif
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

/* What the vector extension has no expression for:
 *
 *   ot__stream           a streaming store (stream.h) to an aligned address.  It is fast only if a
 *                        whole cache line is written at a time
 *   ot__at_least         the larger of both, element by element; NaN where v is NaN
 *   ot__where_positive   v where z > 0, else 0 */
#if OT__WIDTH == 16 && defined(__AVX512F__)
OT__INLINE void ot__stream(float *at, ot__vec v)
{
    _mm512_stream_ps(at, v);
}

OT__INLINE ot__vec ot__at_least(ot__vec least, ot__vec v)
{
    return _mm512_max_ps(least, v);
}

OT__INLINE ot__vec ot__where_positive(ot__vec z, ot__vec v)
{
    return _mm512_maskz_mov_ps(_mm512_cmp_ps_mask(z, _mm512_setzero_ps(), _CMP_GT_OQ), v);
}
#elif OT__WIDTH == 8
OT__INLINE void ot__stream(float *at, ot__vec v)
{
    _mm256_stream_ps(at, v);
}

OT__INLINE ot__vec ot__at_least(ot__vec least, ot__vec v)
{
    return _mm256_max_ps(least, v);
}

OT__INLINE ot__vec ot__where_positive(ot__vec z, ot__vec v)
{
    return _mm256_and_ps(_mm256_cmp_ps(z, _mm256_setzero_ps(), _CMP_GT_OQ), v);
}
#elif OT__WIDTH == 16
/* Two vectors of AVX2 in place of one, for the tests. */
typedef int ot__mask __attribute__((vector_size(4 * OT__WIDTH)));

OT__INLINE void ot__stream(float *at, ot__vec v)
{
    ot__store(at, v);
}

OT__INLINE ot__vec ot__at_least(ot__vec least, ot__vec v)
{
    const ot__mask less = least > v;
    return (ot__vec)((less & (ot__mask)least) | (~less & (ot__mask)v));
}

OT__INLINE ot__vec ot__where_positive(ot__vec z, ot__vec v)
{
    return (ot__vec)((z > 0) & (ot__mask)v);
}
#else
/* Arm has no streaming stores of single vectors. */
OT__INLINE void ot__stream(float *at, ot__vec v)
{
    ot__store(at, v);
}

OT__INLINE ot__vec ot__at_least(ot__vec least, ot__vec v)
{
    return vmaxq_f32(least, v);
}

OT__INLINE ot__vec ot__where_positive(ot__vec z, ot__vec v)
{
    return vreinterpretq_f32_u32(vandq_u32(vcgtzq_f32(z), vreinterpretq_u32_f32(v)));
}
#endif

/* Whether tiles are written a whole cache line at a time, for the sake of streaming stores. */
enum { OT__STREAMS = OT__WIDTH > 4 };

/* A vector of equal elements. */
OT__INLINE ot__vec ot__splat(float a)
{
    return a - (ot__vec){ 0 };
}

#endif
