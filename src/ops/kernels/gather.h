/* SPDX-License-Identifier: BSD-3-Clause
 * A convolution as a matrix product: the windows of an image, written side by side, are a matrix
 * with a row for each window and (kh, kw, channels) columns ("im2col"). */
#ifndef OT_OPS_KERNELS_GATHER_H
#define OT_OPS_KERNELS_GATHER_H

#include <stddef.h>

#include "ops/kernels/see.h"

/* Windows of an image (h, w, channels); the one at (row, column) starts at pixel
 * (row*stride - top, column*stride - left), and outside the image all is 0. */
typedef struct ot__windows {
    int h, w, channels;
    int kh, kw, stride, top, left;
    int rows, columns; /* of windows */
} ot__windows;

/* Columns of the matrix. */
static inline size_t ot__window_size(const ot__windows *g)
{
    return (size_t)g->kh * (size_t)g->kw * (size_t)g->channels;
}

/* The matrix is the image itself. */
static inline int ot__windows_are_pixels(const ot__windows *g)
{
    return g->kh == 1 && g->kw == 1 && g->stride == 1 && g->top == 0 && g->left == 0 &&
           g->rows == g->h && g->columns == g->w;
}

/* col <- the windows of n rows from `row` on, of the image seen through v. */
void ot__gather(const ot__windows *g, const float *image, const ot__view *v, int row, int n,
                float *col);
/* The transpose: add each element of col to the pixel that it was taken from. */
void ot__scatter(const ot__windows *g, const float *col, int row, int n, float *image);

#endif
