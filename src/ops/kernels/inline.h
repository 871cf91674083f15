/* SPDX-License-Identifier: BSD-3-Clause
 * Functions whose constant arguments must reach their loops, and loops over registers, which must
 * vanish whatever -O says. */
#ifndef OT_OPS_KERNELS_INLINE_H
#define OT_OPS_KERNELS_INLINE_H

#define OT__INLINE static inline __attribute__((always_inline))
#if defined(__clang__)
#define OT__UNROLL _Pragma("unroll")
#else
#define OT__UNROLL _Pragma("GCC unroll 32")
#endif

#endif
