/* SPDX-License-Identifier: BSD-3-Clause
 * conv2d of images with few channels, as those of a stem, without copies of windows: an image with
 * its padding fits the first-level cache, and the rows of its windows lie in it as they are.
 *
 *   forward    y[p][o]   = sum over (r, q) of image[p + r][q] W[r, q][o]    q: a row of the window
 *   backward   gw[r, q][o] = sum over p of image[p + r][q] gy[p][o]
 *
 * Sums are kept in registers: of some pixels, or of a row of the window.  gx, which an image seldom
 * needs, is left to the portable kernels.  Images are dealt to threads, and to chunks of gw, by
 * shapes only. */
#ifndef OT_OPS_KERNELS_DIRECT_H
#define OT_OPS_KERNELS_DIRECT_H

#include "ops/kernels/conv2d.h"

enum {
    OT__DIRECT_LANES = 16, /* outputs are multiples of this */
    OT__DIRECT_ROW = 12,   /* most floats of a window's row, */
    OT__DIRECT_STEP = 3,   /* and they are multiples of this */
};

/* What a call works with: sizes in floats, and the parts of its scratch. */
typedef struct ot__direct {
    ot__windows windows;
    int outputs, length;         /* floats of a window's row */
    int height, row;             /* of an image with its padding: rows, and floats in one */
    size_t image, weights;       /* whole cache lines: of a padded image; of W */
    float *packed, *images, *gw; /* W; an image a thread; chunks of gw */
} ot__direct;

static inline ot__direct ot__direct_sizes(ot__windows w, int outputs)
{
    enum { LINE = 16 };
    ot__direct d = { .windows = w, .outputs = outputs, .length = w.kw * w.channels };
    d.height = (w.rows - 1) * w.stride + w.kh;
    d.row = ((w.columns - 1) * w.stride + w.kw) * w.channels;
    d.image = ((size_t)d.height * (size_t)d.row + LINE - 1) / LINE * LINE;
    d.weights = ot__window_size(&w) * (size_t)outputs;
    return d;
}

void ot__direct_forward_avx2(const ot__call *c);
void ot__direct_forward_avx512(const ot__call *c);
void ot__direct_backward_avx2(const ot__call *c);
void ot__direct_backward_avx512(const ot__call *c);

#endif
