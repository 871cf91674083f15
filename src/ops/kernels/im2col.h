/* SPDX-License-Identifier: BSD-3-Clause
 * im2col: the windows of an image as the rows of a matrix, one row per window, with
 * kh*kw*channels columns.  A convolution is then the product of this matrix and the weights
 * (Chellapilla, Puri and Simard 2006). */
#ifndef OT_OPS_KERNELS_IM2COL_H
#define OT_OPS_KERNELS_IM2COL_H

#include <stddef.h>

#include "ops/kernels/read_view.h"

/* The windows of an image.  The window at (row, column) starts at pixel
 * (row*stride - top, column*stride - left).  Pixels outside the image are 0. */
typedef struct ot__windows {
    int h, w, channels; /* of the image */
    int kh, kw;         /* pixels of a window: rows and columns */
    int stride;         /* pixels from one window to the next */
    int top, left;      /* padding */
    int rows, columns;  /* numbers of windows */
} ot__windows;

/* Columns of the matrix: floats in a window. */
static inline size_t ot__window_size(const ot__windows *g)
{
    return (size_t)g->kh * (size_t)g->kw * (size_t)g->channels;
}

/* Whether the matrix is the image itself: windows of one pixel, without padding. */
static inline int ot__windows_are_pixels(const ot__windows *g)
{
    return g->kh == 1 && g->kw == 1 && g->stride == 1 && g->top == 0 && g->left == 0 &&
           g->rows == g->h && g->columns == g->w;
}

/* Writes the windows of rows row .. row+n-1 to col.  The image is read through v, which may be
 * NULL. */
void ot__im2col(const ot__windows *g, const float *image, const ot__view *v, int row, int n,
                float *col);
/* The transposed operation: adds each element of col to the pixel that ot__im2col reads it from. */
void ot__col2im(const ot__windows *g, const float *col, int row, int n, float *image);

#endif
