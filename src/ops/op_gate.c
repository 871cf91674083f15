/* SPDX-License-Identifier: BSD-3-Clause
 * gate: y[n,...,c] = s[n,c]*x[n,...,c], one factor per image n and channel c, as of squeeze and
 * excitation (Hu et al. 2018).
 *
 *   gx = s*gy,   gs[n,c] = sum of gy*x over the pixels of image n */
#include "ops/kernels/kernels.h"
#include "ops/ops.h"

static ot_status shape(ot__shaping *s)
{
    const ot_shape x = s->x[0], factor = s->x[1];
    if (x.rank < 2)
        return ot__fail(OT_ESHAPE, "gate: x is %s; it must be (N,...,C)", ot__shape_text(x));
    const ot_shape want = OT_SHAPE(x.dim[0], x.dim[x.rank - 1]);
    if (!ot__same_shape(factor, want) || s->batched[0] != s->batched[1])
        return ot__fail(OT_ESHAPE,
                        "gate: x is %s and s is %s; s must be %s, with a batch if x has one",
                        ot__shape_text(x), ot__shape_text(factor), ot__shape_text(want));
    *s->y = x;
    *s->y_batched = s->batched[0];
    return OT_OK;
}

static ot__cost cost(const ot__record *r, const ot_shape *x)
{
    (void)r;
    const double n = (double)ot__elements(x[0]);
    return (ot__cost){ n, 3 * n };
}

/* The factor that element i of x is multiplied by. */
static size_t factor_of(const ot__call *c, size_t i)
{
    const size_t channels = (size_t)c->xs[1].dim[1];
    const size_t image = ot__elements(c->ys) / (size_t)c->ys.dim[0];
    return i / image * channels + i % channels;
}

static void forward(const ot__call *c)
{
    const double *x = c->x[0], *s = c->x[1];
    double *y = c->y;
    for (size_t i = 0; i < ot__elements(c->ys); i++)
        y[i] = s[factor_of(c, i)] * x[i];
}

static void backward(const ot__call *c)
{
    const size_t n = ot__elements(c->ys);
    const double *x = c->x[0], *s = c->x[1], *gy = c->gy;
    double *gx = c->gx[0], *gs = c->gx[1];
    for (size_t k = 0; gs && !c->add[1] && k < ot__elements(c->xs[1]); k++)
        gs[k] = 0;
    for (size_t i = 0; gs && i < n; i++)
        gs[factor_of(c, i)] += gy[i] * x[i];
    for (size_t i = 0; gx && i < n; i++)
        ot__deliver(&gx[i], c->add[0], s[factor_of(c, i)] * gy[i]);
}

static ot_var example(ot_tape *t, int variant)
{
    static const ot_shape shapes[] = { { 4, { 2, 3, 4, 5 } },
                                       { 4, { 2, 9, 9, 67 } },
                                       { 2, { 3, 4 } } };
    if (variant < 0 || variant > 3) return (ot_var){ 0 };
    const ot_var x = ot_input(t, "x", variant == 3 ? shapes[0] : shapes[variant]);
    if (variant == 3) return ot_gate(t, x, ot_global_avg_pool(t, x));
    const ot_shape s = shapes[variant];
    return ot_gate(t, x, ot_input(t, "s", OT_SHAPE(s.dim[0], s.dim[s.rank - 1])));
}

const ot_op ot__op_gate = {
    .name = "gate",
    .shape = shape,
    .keeps = OT__KEEPS_X(0) | OT__KEEPS_X(1),
    .cost = cost,
    .sums = { .nothing = true },
    .reference = { .forward = forward, .backward = backward, .overwrites = true },
    .portable = { .forward = ot__gate_forward_f32,
                  .backward = ot__gate_backward_f32,
                  .overwrites = true },
    .example = example,
};

ot_var ot_gate(ot_tape *t, ot_var x, ot_var s)
{
    return ot__record_op(t, &ot__op_gate, 2, (const ot_var[]){ x, s }, NULL, 0);
}
