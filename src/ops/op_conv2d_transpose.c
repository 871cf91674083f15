/* SPDX-License-Identifier: BSD-3-Clause
 * conv2d_transpose: the adjoint of conv2d for the same weights w.  conv2d is linear in its image:
 * say A y for an image y.  Then
 *
 *   y  = A' x    the gradient of conv2d by its image, if x is the gradient of its result
 *   gx = A gy    conv2d itself
 *   gw           the gradient of conv2d by w, for the image gy and the gradient x of its result
 *
 * So the kernels are those of conv2d, with x and y exchanged.  This is the one op that uses
 * another. */
#include "ops/attr.h"
#include "ops/kernels/conv2d_transpose.h"
#include "ops/kernels/kernels.h"
#include "ops/ops.h"

static ot_status check_attr(const ot__conv2d_transpose_attr *a)
{
    if (a->conv.stride < 1 || a->conv.pad < 0)
        return ot__fail(
            OT_EINVAL,
            "conv2d_transpose: stride %d and pad %d; stride must be at least 1, pad at least 0",
            a->conv.stride, a->conv.pad);
    if (a->height < 1 || a->width < 1 || a->height > 1 << 30 || a->width > 1 << 30)
        return ot__fail(OT_EINVAL,
                        "conv2d_transpose: an image of %dx%d; height and width must be 1 to 2^30",
                        a->height, a->width);
    return OT_OK;
}

static ot_status check_operands(const ot__shaping *s)
{
    const ot_shape x = s->x[0], w = s->x[1];
    if (x.rank != 4 || w.rank != 4)
        return ot__fail(OT_ESHAPE,
                        "conv2d_transpose: x is %s and w is %s; x must be (N,H,W,O), w (O,C,kh,kw)",
                        ot__shape_text(x), ot__shape_text(w));
    if (s->batched[1])
        return ot__fail(OT_ESHAPE,
                        "conv2d_transpose: w is %s with a batch; weights must not have one",
                        ot__shape_text(w));
    if (x.dim[3] != w.dim[0])
        return ot__fail(OT_ESHAPE,
                        "conv2d_transpose: x is %s and w is %s; x has %d channels, so w must be "
                        "(%d,%d,%d,%d)",
                        ot__shape_text(x), ot__shape_text(w), x.dim[3], x.dim[3], w.dim[1],
                        w.dim[2], w.dim[3]);
    return OT_OK;
}

/* The number of windows of conv2d along `image` pixels; at most 0 if none fits. */
static long windows_along(const ot__conv2d_attr *a, int image, int window)
{
    const long room = image + 2l * a->pad - window;
    return room < 0 ? 0 : room / a->stride + 1;
}

/* The least number of pixels that give n windows. */
static long least_image(const ot__conv2d_attr *a, int n, int window)
{
    const long least = (n - 1l) * a->stride + window - 2l * a->pad;
    return least > 1 ? least : 1;
}

static ot_status shape(ot__shaping *s)
{
    const ot__conv2d_transpose_attr *a = s->attr;
    const ot_shape x = s->x[0], w = s->x[1];
    OT_TRY(check_attr(a));
    OT_TRY(check_operands(s));
    const long rows = windows_along(&a->conv, a->height, w.dim[2]);
    const long columns = windows_along(&a->conv, a->width, w.dim[3]);
    if (rows != x.dim[1] || columns != x.dim[2])
        return ot__fail(OT_ESHAPE,
                        "conv2d_transpose: conv2d makes %ldx%ld pixels of %dx%d, but x is %s; an "
                        "image of %ldx%ld would do",
                        rows, columns, a->height, a->width, ot__shape_text(x),
                        least_image(&a->conv, x.dim[1], w.dim[2]),
                        least_image(&a->conv, x.dim[2], w.dim[3]));
    *s->y = OT_SHAPE(x.dim[0], a->height, a->width, w.dim[1]);
    *s->y_batched = s->batched[0];
    return OT_OK;
}

static ot__cost cost(const ot__record *r, const ot_shape *x)
{
    (void)r;
    const double window = (double)x[1].dim[1] * x[1].dim[2] * x[1].dim[3];
    const double forward = 2 * (double)ot__elements(x[0]) * window;
    return (ot__cost){ forward, 2 * forward };
}

static void forward(const ot__call *c)
{
    ot__transpose_forward(c, &ot__op_conv2d.reference);
}

static void backward(const ot__call *c)
{
    ot__transpose_weights(c, &ot__op_conv2d.reference);
    if (c->gx[0]) ot__transpose_image(c, &ot__op_conv2d.reference);
}

/* Strides with each height that they allow, windows that are not square, a window as large as the
 * image, and numbers of channels that fill vectors. */
static ot_var example(ot_tape *t, int variant)
{
    static const struct {
        int n, h, w, o, c, kh, kw, stride, pad, height, width;
    } v[] = {
        { 2, 5, 4, 4, 3, 3, 3, 1, 1, 5, 4 }, { 2, 4, 5, 3, 2, 1, 1, 1, 0, 4, 5 },
        { 2, 3, 2, 2, 2, 3, 3, 2, 1, 5, 4 }, { 2, 3, 2, 2, 2, 3, 3, 2, 1, 6, 3 },
        { 1, 3, 7, 3, 2, 3, 2, 1, 0, 5, 8 }, { 3, 1, 1, 2, 2, 3, 3, 1, 0, 3, 3 },
        { 3, 2, 2, 2, 3, 1, 1, 2, 0, 4, 4 }, { 2, 4, 4, 16, 16, 3, 3, 1, 1, 4, 4 },
    };
    if (variant < 0 || variant >= (int)(sizeof v / sizeof v[0])) return (ot_var){ 0 };
    const int o = v[variant].o, c = v[variant].c, kh = v[variant].kh, kw = v[variant].kw;
    const ot_var x = ot_input(t, "x", OT_SHAPE(v[variant].n, v[variant].h, v[variant].w, o));
    const ot_var w = ot_param(t, "weight", OT_SHAPE(o, c, kh, kw), ot_init_he(o * kh * kw));
    return ot_conv2d_transpose(t, x, w, v[variant].stride, v[variant].pad, v[variant].height,
                               v[variant].width);
}

const ot_op ot__op_conv2d_transpose = {
    .name = "conv2d_transpose",
    .shape = shape,
    .keeps = OT__KEEPS_X(0) | OT__KEEPS_X(1),
    .cost = cost,
    .sums = { .x = OT__OPERAND(1) },
    .reference = { .forward = forward, .backward = backward, .overwrites = true },
    .portable = { .forward = ot__conv2d_transpose_forward_f32,
                  .backward = ot__conv2d_transpose_backward_f32,
                  .scratch = ot__conv2d_transpose_scratch_f32,
                  .product = ot__conv2d_transpose_product_f32,
                  .overwrites = true },
    .best = ot__conv2d_transpose_best,
    .example = example,
};

ot_var ot_conv2d_transpose(ot_tape *t, ot_var x, ot_var w, int stride, int pad, int height,
                           int width)
{
    const ot__conv2d_transpose_attr attr = { { stride, pad }, height, width };
    return ot__record_op(t, &ot__op_conv2d_transpose, 2, (const ot_var[]){ x, w }, &attr,
                         sizeof attr);
}
