/* SPDX-License-Identifier: BSD-3-Clause
 * linear: y = x w' + b, with x (N,I), w (O,I), and b (O), which may be missing.
 *
 *   gx = gy w,   gw = gy' x,   gb = sum over the batch of gy */
#include "ops/kernels/kernels.h"
#include "ops/ops.h"

static ot_status shape(ot__shaping *s)
{
    const ot_shape x = s->x[0], w = s->x[1];
    if (x.rank != 2 || w.rank != 2 || s->batched[1])
        return ot__fail(OT_ESHAPE,
                        "linear: x is %s and w is %s; x must be (N,I), w (O,I) without batch",
                        ot__shape_text(x), ot__shape_text(w));
    if (x.dim[1] != w.dim[1])
        return ot__fail(OT_ESHAPE, "linear: x is %s and w is %s; x has %d columns, so w must be %s",
                        ot__shape_text(x), ot__shape_text(w), x.dim[1],
                        ot__shape_text(OT_SHAPE(w.dim[0], x.dim[1])));
    const ot_shape b = OT_SHAPE(w.dim[0]);
    if (s->n_in == 3 && (!ot__same_shape(s->x[2], b) || s->batched[2]))
        return ot__fail(OT_ESHAPE, "linear: w is %s and b is %s; b must be %s without batch",
                        ot__shape_text(w), ot__shape_text(s->x[2]), ot__shape_text(b));
    *s->y = OT_SHAPE(x.dim[0], w.dim[0]);
    *s->y_batched = s->batched[0];
    return OT_OK;
}

static ot__cost cost(const ot__record *r, const ot_shape *x)
{
    const double y = (double)ot__elements(r->shape), forward = 2 * y * x[0].dim[1];
    const bool bias = r->n_in == 3;
    return (ot__cost){ forward + (bias ? y : 0), 2 * forward + (bias ? y : 0) };
}

static void forward(const ot__call *c)
{
    const size_t n_rows = (size_t)c->ys.dim[0], n_out = (size_t)c->ys.dim[1];
    const size_t n_in = (size_t)c->xs[0].dim[1];
    const double *x = c->x[0], *w = c->x[1], *b = c->n_in == 3 ? c->x[2] : NULL;
    double *y = c->y;
    for (size_t n = 0; n < n_rows; n++)
        for (size_t o = 0; o < n_out; o++) {
            double sum = b ? b[o] : 0;
            for (size_t i = 0; i < n_in; i++)
                sum += x[n * n_in + i] * w[o * n_in + i];
            y[n * n_out + o] = sum;
        }
}

static void backward_x(const ot__call *c, double *gx)
{
    const size_t n_rows = (size_t)c->ys.dim[0], n_out = (size_t)c->ys.dim[1];
    const size_t n_in = (size_t)c->xs[0].dim[1];
    const double *gy = c->gy, *w = c->x[1];
    for (size_t n = 0; n < n_rows; n++)
        for (size_t i = 0; i < n_in; i++) {
            double sum = 0;
            for (size_t o = 0; o < n_out; o++)
                sum += gy[n * n_out + o] * w[o * n_in + i];
            ot__deliver(&gx[n * n_in + i], c->add[0], sum);
        }
}

static void backward_w(const ot__call *c, double *gw)
{
    const size_t n_rows = (size_t)c->ys.dim[0], n_out = (size_t)c->ys.dim[1];
    const size_t n_in = (size_t)c->xs[0].dim[1];
    const double *gy = c->gy, *x = c->x[0];
    for (size_t o = 0; o < n_out; o++)
        for (size_t i = 0; i < n_in; i++) {
            double sum = 0;
            for (size_t n = 0; n < n_rows; n++)
                sum += gy[n * n_out + o] * x[n * n_in + i];
            ot__deliver(&gw[o * n_in + i], c->add[1], sum);
        }
}

static void backward_b(const ot__call *c, double *gb)
{
    const size_t n_rows = (size_t)c->ys.dim[0], n_out = (size_t)c->ys.dim[1];
    const double *gy = c->gy;
    for (size_t o = 0; o < n_out; o++) {
        double sum = 0;
        for (size_t n = 0; n < n_rows; n++)
            sum += gy[n * n_out + o];
        ot__deliver(&gb[o], c->add[2], sum);
    }
}

static void backward(const ot__call *c)
{
    if (c->gx[0]) backward_x(c, c->gx[0]);
    if (c->gx[1]) backward_w(c, c->gx[1]);
    if (c->n_in == 3 && c->gx[2]) backward_b(c, c->gx[2]);
}

static ot_var example(ot_tape *t, int variant)
{
    if (variant < 0 || variant > 1) return (ot_var){ 0 };
    const ot_var x = ot_input(t, "x", OT_SHAPE(4, 5));
    const ot_var w = ot_param(t, "weight", OT_SHAPE(3, 5), ot_init_he(5));
    return ot_linear(t, x, w,
                     variant == 0 ? ot_param(t, "bias", OT_SHAPE(3), OT_ZEROS) : (ot_var){ 0 });
}

const ot_op ot__op_linear = {
    .name = "linear",
    .shape = shape,
    .keeps = OT__KEEPS_X(0) | OT__KEEPS_X(1),
    .cost = cost,
    .cost_of_params = 0.5,
    .sums = { .x = OT__OPERAND(1) | OT__OPERAND(2) },
    .reference = { .forward = forward, .backward = backward, .overwrites = true },
    .portable = { .forward = ot__linear_forward_f32,
                  .backward = ot__linear_backward_f32,
                  .scratch = ot__linear_scratch_f32,
                  .product = ot__linear_product_f32,
                  .overwrites = true },
    .example = example,
};

ot_var ot_linear(ot_tape *t, ot_var x, ot_var w, ot_var b)
{
    return ot__record_op(t, &ot__op_linear, b.id ? 3 : 2, (const ot_var[]){ x, w, b }, NULL, 0);
}
