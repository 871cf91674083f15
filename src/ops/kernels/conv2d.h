/* SPDX-License-Identifier: BSD-3-Clause
 * What the kernels of conv2d share that see it as products of windows with weights. */
#ifndef OT_OPS_KERNELS_CONV2D_H
#define OT_OPS_KERNELS_CONV2D_H

#include "ops/attr.h"
#include "ops/kernels/im2col.h"

enum { OT__CONV2D_CHUNKS = 32 /* most chunks of images, each with a gw of its own */ };

/* The windows of x that become y. */
ot__windows ot__conv2d_windows(const ot__conv2d_attr *a, const ot_shape *x, ot_shape y);
int ot__conv2d_images_of_chunk(int images);
/* W[(r, s, i)][o] = w[o][i][r][s]. */
void ot__conv2d_pack(const ot_shape *w, const float *from, float *to);
/* gw[o][i][r][s] <- or + the sum over chunks, each as packed. */
void ot__conv2d_add_chunks(const ot__call *c, const float *chunk, size_t chunks, float *gw);

#endif
