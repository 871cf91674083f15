/* SPDX-License-Identifier: BSD-3-Clause
 * conv2d: cross-correlation, which network libraries call convolution.
 *
 *   y[n,p,q,o] = sum_{r,s,c} x[n, p*stride - pad + r, q*stride - pad + s, c] * w[o,c,r,s]
 *
 * with x = 0 outside the image.  The derivatives are sums of the same kind, in which x or w changes
 * places with y.  So one loop visits all index tuples of the sum, and forward and backward only
 * differ in which tensor they add to. */
#include <string.h>

#include "ops/attr.h"
#include "ops/kernels/kernels.h"
#include "ops/ops.h"

static ot_status shape(ot__shaping *s)
{
    const ot__conv2d_attr *a = s->attr;
    const ot_shape x = s->x[0], w = s->x[1];
    if (a->stride < 1 || a->pad < 0)
        return ot__fail(OT_EINVAL,
                        "conv2d: stride %d and pad %d; stride must be at least 1, pad at least 0",
                        a->stride, a->pad);
    if (x.rank != 4 || w.rank != 4)
        return ot__fail(OT_ESHAPE,
                        "conv2d: x is %s and w is %s; x must be (N,H,W,C), w (O,C,kh,kw)",
                        ot__shape_text(x), ot__shape_text(w));
    if (s->batched[1])
        return ot__fail(OT_ESHAPE, "conv2d: w is %s with a batch; weights must not have one",
                        ot__shape_text(w));
    if (x.dim[3] != w.dim[1])
        return ot__fail(
            OT_ESHAPE, "conv2d: x is %s and w is %s; x has %d channels, so w must be (%d,%d,%d,%d)",
            ot__shape_text(x), ot__shape_text(w), x.dim[3], w.dim[0], x.dim[3], w.dim[2], w.dim[3]);
    const long h = x.dim[1] + 2l * a->pad, width = x.dim[2] + 2l * a->pad;
    if (w.dim[2] > h || w.dim[3] > width)
        return ot__fail(
            OT_ESHAPE,
            "conv2d: x is %s and w is %s; with pad %d the window must be at most %ldx%ld",
            ot__shape_text(x), ot__shape_text(w), a->pad, h, width);
    const long rows = (h - w.dim[2]) / a->stride + 1, columns = (width - w.dim[3]) / a->stride + 1;
    if (rows > 1 << 30 || columns > 1 << 30)
        return ot__fail(OT_ESHAPE, "conv2d: pad %d gives an image of %ldx%ld; that is too large",
                        a->pad, rows, columns);
    *s->y = OT_SHAPE(x.dim[0], (int)rows, (int)columns, w.dim[0]);
    *s->y_batched = s->batched[0];
    return OT_OK;
}

static ot__cost cost(const ot__record *r, const ot_shape *x)
{
    const double window = x[1].dim[1] * x[1].dim[2] * x[1].dim[3];
    const double forward = 2 * (double)ot__elements(r->shape) * window;
    return (ot__cost){ forward, 2 * forward };
}

/* The terms of the sum that share a pixel of y and a tap (r, s) of its window: the products
 * x[i] * w[o*filter + i*step] for all channels i of x and o of y, counted from the offsets. */
typedef struct tap {
    size_t y, x, w;      /* offsets of the first term in the tensors */
    size_t step, filter; /* from one channel of x, and of y, to the next in w */
    size_t channels, outputs;
} tap;

/* Adds the terms of a tap to one of the tensors. */
typedef void (*visitor)(const ot__call *c, const tap *at);

/* Visits the taps of one pixel of y that lie inside the image. */
static void visit_window(const ot__call *c, visitor visit, int n, int row, int column)
{
    const ot__conv2d_attr *a = c->attr;
    const int *x = c->xs[0].dim, *w = c->xs[1].dim, *y = c->ys.dim;
    const size_t step = (size_t)w[2] * w[3], pixel = ((size_t)n * y[1] + row) * y[2] + column;
    for (int r = 0; r < w[2]; r++)
        for (int s = 0; s < w[3]; s++) {
            const int h = row * a->stride - a->pad + r, v = column * a->stride - a->pad + s;
            if (h < 0 || h >= x[1] || v < 0 || v >= x[2]) continue;
            const tap at = { .y = pixel * y[3],
                             .x = (((size_t)n * x[1] + h) * x[2] + v) * x[3],
                             .w = (size_t)r * w[3] + s,
                             .step = step,
                             .filter = step * w[1],
                             .channels = (size_t)x[3],
                             .outputs = (size_t)y[3] };
            visit(c, &at);
        }
}

static void visit_all(const ot__call *c, visitor visit)
{
    const int *y = c->ys.dim;
    for (int n = 0; n < y[0]; n++)
        for (int row = 0; row < y[1]; row++)
            for (int column = 0; column < y[2]; column++)
                visit_window(c, visit, n, row, column);
}

/* Four outputs at a time, whose sums do not wait for each other. */
static void add_four(const tap *at, const double *x, const double *w, double *y)
{
    const double *const w1 = w + at->filter, *const w2 = w1 + at->filter,
                        *const w3 = w2 + at->filter;
    double y0 = y[0], y1 = y[1], y2 = y[2], y3 = y[3];
    for (size_t i = 0, k = 0; i < at->channels; i++, k += at->step) {
        y0 += x[i] * w[k];
        y1 += x[i] * w1[k];
        y2 += x[i] * w2[k];
        y3 += x[i] * w3[k];
    }
    y[0] = y0, y[1] = y1, y[2] = y2, y[3] = y3;
}

static void add_to_y(const ot__call *c, const tap *at)
{
    const double *x = (const double *)c->x[0] + at->x, *w = (const double *)c->x[1] + at->w;
    double *y = (double *)c->y + at->y;
    size_t o = 0;
    for (; o + 4 <= at->outputs; o += 4, w += 4 * at->filter)
        add_four(at, x, w, y + o);
    for (; o < at->outputs; o++, w += at->filter) {
        double sum = y[o];
        for (size_t i = 0; i < at->channels; i++)
            sum += x[i] * w[i * at->step];
        y[o] = sum;
    }
}

static void add_to_gx(const ot__call *c, const tap *at)
{
    const double *gy = (const double *)c->gy + at->y, *w = (const double *)c->x[1] + at->w;
    double *gx = (double *)c->gx[0] + at->x;
    for (size_t o = 0; o < at->outputs; o++, w += at->filter)
        for (size_t i = 0; i < at->channels; i++)
            gx[i] += gy[o] * w[i * at->step];
}

static void add_to_gw(const ot__call *c, const tap *at)
{
    const double *gy = (const double *)c->gy + at->y, *x = (const double *)c->x[0] + at->x;
    double *gw = (double *)c->gx[1] + at->w;
    for (size_t o = 0; o < at->outputs; o++, gw += at->filter)
        for (size_t i = 0; i < at->channels; i++)
            gw[i * at->step] += gy[o] * x[i];
}

static void zero(void *tensor, ot_shape s)
{
    memset(tensor, 0, ot__elements(s) * sizeof(double));
}

static void forward(const ot__call *c)
{
    if (!ot__adds_to_result(c)) zero(c->y, c->ys);
    visit_all(c, add_to_y);
}

static void backward(const ot__call *c)
{
    static const visitor add_to[2] = { add_to_gx, add_to_gw };
    for (int k = 0; k < 2; k++) {
        if (!c->gx[k]) continue;
        if (!c->add[k]) zero(c->gx[k], c->xs[k]);
        visit_all(c, add_to[k]);
    }
}

/* Windows and images that are not square, several strides and paddings, a window as large as the
 * image, and images of one pixel. */
static ot_var example(ot_tape *t, int variant)
{
    static const struct {
        int n, h, w, c, o, kh, kw, stride, pad;
    } v[] = {
        { 2, 5, 4, 3, 4, 3, 3, 1, 1 }, { 2, 4, 5, 2, 3, 1, 1, 1, 0 }, { 2, 6, 5, 2, 2, 3, 3, 2, 1 },
        { 1, 5, 6, 2, 3, 3, 2, 1, 0 }, { 2, 7, 4, 1, 2, 5, 1, 2, 2 }, { 3, 3, 3, 2, 2, 3, 3, 1, 0 },
        { 3, 1, 1, 3, 2, 1, 1, 2, 0 }, { 1, 2, 3, 2, 2, 1, 2, 1, 2 },
    };
    if (variant < 0 || variant >= (int)(sizeof v / sizeof v[0])) return (ot_var){ 0 };
    const int n = v[variant].n, c = v[variant].c, kh = v[variant].kh, kw = v[variant].kw;
    const ot_var x = ot_input(t, "x", OT_SHAPE(n, v[variant].h, v[variant].w, c));
    const ot_var w =
        ot_param(t, "weight", OT_SHAPE(v[variant].o, c, kh, kw), ot_init_he(c * kh * kw));
    return ot_conv2d(t, x, w, v[variant].stride, v[variant].pad);
}

const ot_op ot__op_conv2d = {
    .name = "conv2d",
    .shape = shape,
    .keeps = OT__KEEPS_X(0) | OT__KEEPS_X(1),
    .cost = cost,
    .cost_of_params = 0.5,
    .sums = { .x = OT__OPERAND(1) },
    .reference = { .forward = forward,
                   .backward = backward,
                   .overwrites = true,
                   .forward_adds = true },
    .portable = { .forward = ot__conv2d_forward_f32,
                  .backward = ot__conv2d_backward_f32,
                  .forward_adds = true,
                  .scratch = ot__conv2d_scratch_f32,
                  .product = ot__conv2d_product_f32,
                  .overwrites = true,
                  .reads_view = true },
    .best = ot__conv2d_best,
    .example = example,
};

ot_var ot_conv2d(ot_tape *t, ot_var x, ot_var w, int stride, int pad)
{
    const ot__conv2d_attr attr = { stride, pad };
    return ot__record_op(t, &ot__op_conv2d, 2, (const ot_var[]){ x, w }, &attr, sizeof attr);
}
