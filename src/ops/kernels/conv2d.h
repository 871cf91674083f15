/* SPDX-License-Identifier: BSD-3-Clause
 * What the portable and the direct kernels of conv2d share: windows, packed weights, and the sum
 * of the gradients of the weights over chunks of images. */
#ifndef OT_OPS_KERNELS_CONV2D_H
#define OT_OPS_KERNELS_CONV2D_H

#include "ops/attr.h"
#include "ops/kernels/im2col.h"

/* The windows of an image of x, one per pixel of y. */
ot__windows ot__conv2d_windows(const ot__conv2d_attr *a, const ot_shape *x, ot_shape y);
/* Packs weights: to[(r, s, i)][o] = from[o][i][r][s]. */
void ot__conv2d_pack(const ot_shape *w, const float *from, float *to);
/* Delivers the gradient of the weights, gx[1][o][i][r][s]: the sum over the chunks, each of which
 * has a slot with its gradient in the packed order. */
void ot__conv2d_deliver_weights(const ot__call *c, const ot__cut *cut, float *slots);

#endif
