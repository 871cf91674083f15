/* SPDX-License-Identifier: BSD-3-Clause
 * conv2d_transpose by the kernels of conv2d; see op_conv2d_transpose.c. */
#include "ops/attr.h"
#include "ops/kernels/conv2d_transpose.h"
#include "ops/kernels/kernels.h"
#include "ops/ops.h"

/* ---- conv2d, with x and y exchanged ---- */

/* A call of conv2d for an image of the shape of y.  The caller sets the tensors. */
static ot__call exchanged(const ot__call *c, const ot_shape xs[2])
{
    return (ot__call){ .attr = &((const ot__conv2d_transpose_attr *)c->attr)->conv,
                       .share = c->share,
                       .n_in = 2,
                       .xs = xs,
                       .ys = c->xs[0],
                       .scratch = c->scratch };
}

void ot__transpose_forward(const ot__call *c, const ot__kernels *conv)
{
    const ot_shape xs[] = { c->ys, c->xs[1] };
    const bool add[] = { false, false };
    ot__call call = exchanged(c, xs);
    call.x = (const void *[]){ NULL, c->x[1] };
    call.gy = c->x[0];
    call.gx = (void *[]){ c->y, NULL };
    call.add = add;
    conv->backward(&call);
}

void ot__transpose_image(const ot__call *c, const ot__kernels *conv)
{
    const ot_shape xs[] = { c->ys, c->xs[1] };
    ot__call call = exchanged(c, xs);
    call.x = (const void *[]){ c->gy, c->x[1] };
    call.y = c->gx[0];
    call.add = c->add;
    conv->forward(&call);
}

void ot__transpose_weights(const ot__call *c, const ot__kernels *conv)
{
    if (!c->gx[1]) return;
    const ot_shape xs[] = { c->ys, c->xs[1] };
    const bool add[] = { false, c->add[1] }, later[] = { false, c->later && c->later[1] };
    ot__call call = exchanged(c, xs);
    call.later = later;
    call.x = (const void *[]){ c->gy, c->x[1] };
    call.gy = c->x[0];
    call.gx = (void *[]){ NULL, c->gx[1] };
    call.add = add;
    conv->backward(&call);
}

/* ---- kernels ---- */

/* The record of conv2d; sets the shapes of its operands. */
static ot__record conv_of(const void *attr, const ot_shape *x, ot_shape y, ot_shape conv[2])
{
    conv[0] = y;
    conv[1] = x[1];
    return (ot__record){ .op = &ot__op_conv2d,
                         .n_in = 2,
                         .attr = &((const ot__conv2d_transpose_attr *)attr)->conv,
                         .shape = x[0],
                         .batched = true };
}

/* The special kernels of conv2d for this call if they can add to a result; otherwise NULL. */
static const ot__kernels *best_conv(const void *attr, const ot_shape *x, ot_shape y)
{
    ot_shape conv[2];
    const ot__record r = conv_of(attr, x, y, conv);
    const ot__kernels *best = ot__conv2d_best(&r, conv);
    return best && best->forward_adds ? best : NULL;
}

static void backward(const ot__call *c, const ot__kernels *conv)
{
    ot__transpose_weights(c, conv);
    if (c->gx[0]) ot__transpose_image(c, conv);
}

static size_t scratch_of(const ot__record *r, const ot_shape *x, int batch, int threads,
                         const ot__kernels *conv)
{
    ot_shape operands[2];
    const ot_shape y = ot__with_batch(r->shape, true, x[0].dim[0]);
    const ot__record record = conv_of(r->attr, x, y, operands);
    return conv->scratch(&record, operands, batch, threads);
}

void ot__conv2d_transpose_forward_f32(const ot__call *c)
{
    ot__transpose_forward(c, &ot__op_conv2d.portable);
}

void ot__conv2d_transpose_backward_f32(const ot__call *c)
{
    backward(c, &ot__op_conv2d.portable);
}

size_t ot__conv2d_transpose_scratch_f32(const ot__record *r, const ot_shape *x, int batch,
                                        int threads)
{
    return scratch_of(r, x, batch, threads, &ot__op_conv2d.portable);
}

size_t ot__conv2d_transpose_product_f32(const ot__record *r, const ot_shape *x)
{
    ot_shape operands[2];
    const ot__record record = conv_of(r->attr, x, r->shape, operands);
    return ot__op_conv2d.portable.product(&record, operands);
}

/* ---- special kernels ---- */

static void best_forward(const ot__call *c)
{
    ot__transpose_forward(c, best_conv(c->attr, c->xs, c->ys));
}

static void best_backward(const ot__call *c)
{
    backward(c, best_conv(c->attr, c->xs, c->ys));
}

static size_t best_scratch(const ot__record *r, const ot_shape *x, int batch, int threads)
{
    return scratch_of(r, x, batch, threads, best_conv(r->attr, x, r->shape));
}

const ot__kernels *ot__conv2d_transpose_best(const ot__record *r, const ot_shape *x)
{
    static const ot__kernels kernels = { .forward = best_forward,
                                         .backward = best_backward,
                                         .scratch = best_scratch,
                                         .overwrites = true };
    return best_conv(r->attr, x, r->shape) ? &kernels : NULL;
}
