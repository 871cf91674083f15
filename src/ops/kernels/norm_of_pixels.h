/* SPDX-License-Identifier: BSD-3-Clause
 * The float32 kernels of layer_norm (centred) and pixel_norm. */
#ifndef OT_OPS_KERNELS_NORM_OF_PIXELS_H
#define OT_OPS_KERNELS_NORM_OF_PIXELS_H

#include "autograd/op.h"

void ot__pixels_forward_f32(const ot__call *c, bool centred);
void ot__pixels_backward_f32(const ot__call *c, bool centred);
/* Bytes of scratch. */
size_t ot__pixels_scratch_f32(const ot_shape *x);

#endif
