/* SPDX-License-Identifier: BSD-3-Clause
 * OT__INLINE: a function that is always inlined, so that its constant arguments become constants in
 * its loops.  OT__UNROLL: a loop over registers, which is unrolled at every optimisation level. */
#ifndef OT_OPS_KERNELS_INLINE_H
#define OT_OPS_KERNELS_INLINE_H

#define OT__INLINE static inline __attribute__((always_inline))
#if defined(__clang__)
#define OT__UNROLL _Pragma("unroll")
#else
#define OT__UNROLL _Pragma("GCC unroll 32")
#endif

#endif
