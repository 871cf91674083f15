/* SPDX-License-Identifier: BSD-3-Clause
 * The portable float32 kernels, for the tables of the op files.  Each is tested against the
 * reference kernels of its op.  All give the same bits at any number of threads. */
#ifndef OT_OPS_KERNELS_KERNELS_H
#define OT_OPS_KERNELS_KERNELS_H

#include "autograd/op.h"

/* What ot__kernels may name, for every op of ops.def.  A kernel file defines forward, backward, and
 * those of the others that its op needs. */
#define OT_OP(name)                                                                                \
    void ot__##name##_forward_f32(const ot__call *c);                                              \
    void ot__##name##_backward_f32(const ot__call *c);                                             \
    void ot__##name##_fused_f32(int n, const ot__call *const call[]);                              \
    void ot__##name##_weighted_sums_f32(int n, const ot__call *const call[]);                      \
    size_t ot__##name##_scratch_f32(const ot__record *r, const ot_shape *x, int batch,             \
                                    int threads);                                                  \
    size_t ot__##name##_product_f32(const ot__record *r, const ot_shape *x);                       \
    bool ot__##name##_leaves_sums_f32(const ot__record *r);                                        \
    const ot__kernels *ot__##name##_best(const ot__record *r, const ot_shape *x);
#include "ops/ops.def"
#undef OT_OP

#endif
