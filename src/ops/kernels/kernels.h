/* SPDX-License-Identifier: BSD-3-Clause
 * The portable float32 kernels, for the tables of the op files.  Each is tested against the op's
 * reference kernels; all give the same bits at any number of threads. */
#ifndef OT_OPS_KERNELS_KERNELS_H
#define OT_OPS_KERNELS_KERNELS_H

#include "autograd/op.h"

#define OT__KERNELS_F32(name)                                                                      \
    void ot__##name##_forward_f32(const ot__call *c);                                              \
    void ot__##name##_backward_f32(const ot__call *c);
OT__KERNELS_F32(batch_norm)
OT__KERNELS_F32(conv2d)
OT__KERNELS_F32(global_avg_pool)
OT__KERNELS_F32(linear)
OT__KERNELS_F32(lincomb)
OT__KERNELS_F32(mean)
OT__KERNELS_F32(mul)
OT__KERNELS_F32(relu)
OT__KERNELS_F32(scale)
OT__KERNELS_F32(softmax_xent)
OT__KERNELS_F32(sum)
#undef OT__KERNELS_F32

#define OT__SCRATCH_F32(name)                                                                      \
    size_t ot__##name##_scratch_f32(const ot__record *r, const ot_shape *x, int batch, int threads);
OT__SCRATCH_F32(batch_norm)
OT__SCRATCH_F32(conv2d)
OT__SCRATCH_F32(lincomb)
OT__SCRATCH_F32(scale)
OT__SCRATCH_F32(reduce) /* sum, mean */
#undef OT__SCRATCH_F32

/* See ot__kernels. */
size_t ot__conv2d_product_f32(const ot__record *r, const ot_shape *x);
size_t ot__linear_product_f32(const ot__record *r, const ot_shape *x);
void ot__lincomb_fused_f32(int n, const ot__call *const call[]);
void ot__lincomb_sums_f32(int n, const ot__call *const call[]);
size_t ot__lincomb_slots_f32(const ot__record *r, const ot_shape *x, int batch);

/* Kernels for this CPU, or NULL: conv2d_best.c. */
const ot__kernels *ot__conv2d_best(const ot__record *r, const ot_shape *x);

#endif
