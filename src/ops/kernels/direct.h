/* SPDX-License-Identifier: BSD-3-Clause
 * conv2d of images with few channels, such as the input of a stem, without copying windows.  An
 * image with its padding fits the first-level cache, and each row of a window is contiguous in it.
 *
 *   forward    y[p][o]     = sum over (r, q) of image[p + r][q] W[r, q][o]
 *   backward   gw[r, q][o] = sum over p of image[p + r][q] gy[p][o]
 *
 * with p a pixel of y, r a row of the window, and q a float of this row.  The sums of some pixels,
 * or of a row of the window, are kept in registers.  The portable kernels compute gx, which is
 * seldom needed for the input of a network. */
#ifndef OT_OPS_KERNELS_DIRECT_H
#define OT_OPS_KERNELS_DIRECT_H

#include "base/machine.h"
#include "ops/kernels/conv2d.h"

enum {
    OT__DIRECT_LANES = 16, /* the number of outputs is a multiple of this */
    OT__DIRECT_ROW = 12,   /* most floats in a row of the window */
    OT__DIRECT_STEP = 3,   /* their number is a multiple of this */
};

/* The sizes of a call, in floats, and the parts of its scratch memory. */
typedef struct ot__direct {
    ot__windows windows;
    int outputs;
    int length;     /* floats in a row of the window */
    int height;     /* rows of a padded image */
    int row;        /* floats in a row of a padded image */
    size_t image;   /* floats of a padded image, a multiple of a cache line */
    size_t weights; /* floats of W */
    float *packed;  /* W */
    float *images;  /* one padded image per thread */
    float *gw;      /* one per chunk */
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

#define OT__DIRECT_KERNELS(isa)                                                                    \
    void ot__direct_forward_##isa(const ot__call *c);                                              \
    void ot__direct_backward_##isa(const ot__call *c);
OT__ISAS(OT__DIRECT_KERNELS)

#endif
