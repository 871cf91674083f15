/* SPDX-License-Identifier: BSD-3-Clause
 * The windows of pools, for op files and kernels.  Window i of a row or column of pixels begins at
 * pixel i*stride - pad and has `size` pixels, of which those outside the image do not count. */
#ifndef OT_OPS_WINDOW_H
#define OT_OPS_WINDOW_H

#include "ops/attr.h"
#include "ops/ops.h"

/* from, from + 1, ..., to - 1 */
typedef struct ot__range {
    int from, to;
} ot__range;

/* The pixels of window i that lie inside an image of this height or width. */
static inline ot__range ot__pixels_of_window(const ot__pool_attr *a, int image, int i)
{
    const int at = i * a->stride - a->pad;
    return (ot__range){ at > 0 ? at : 0, at < image - a->size ? at + a->size : image };
}

/* The windows, of this number of them, that hold pixel p. */
static inline ot__range ot__windows_of_pixel(const ot__pool_attr *a, int windows, int p)
{
    const int at = p + a->pad, last = at / a->stride + 1;
    const int from = at < a->size ? 0 : (at - a->size) / a->stride + 1;
    return (ot__range){ from, last < windows ? last : windows };
}

/* The shape rule of pools: x is (N,H,W,C) and the result (N,H',W',C), with as many windows as fit
 * into the padded image.  With `ceil`, a last window may hang over its end. */
ot_status ot__shape_pool(const ot_op *op, ot__shaping *s);

#endif
