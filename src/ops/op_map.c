/* SPDX-License-Identifier: BSD-3-Clause
 * map: y = f(x), element by element, for a function f of the caller with derivative f'.
 *
 *   gx = gy * f'(x) */
#include <math.h>
#include <stddef.h>

#include "base/decimal.h"
#include "ops/activation.h"
#include "ops/attr.h"
#include "ops/kernels/kernels.h"

static ot_status check_kinks(const ot_function *f)
{
    if (f->kinks < 0 || f->kinks > OT_MOST_KINKS)
        return ot__fail(OT_EINVAL, "map: f has %d kinks; 0 to %d are possible", f->kinks,
                        OT_MOST_KINKS);
    for (int k = 0; k < f->kinks; k++)
        if (!isfinite(f->kink[k]) || (k > 0 && !(f->kink[k] > f->kink[k - 1])))
            return ot__fail(OT_EINVAL, "map: kink %d is at %s; kinks must be finite and increase",
                            k, OT__REAL(f->kink[k]));
    return OT_OK;
}

static ot_status shape(ot__shaping *s)
{
    const ot_function *f = s->attr;
    if (!f->value || !f->slope)
        return ot__fail(OT_EINVAL, "map: f has no %s; it must have value and slope",
                        f->value ? "slope" : "value");
    OT_TRY(check_kinks(f));
    return ot__shape_elementwise(&ot__op_map, s);
}

/* Ten operations stand for a call of a function that is not known. */
static ot__cost cost(const ot__record *r, const ot_shape *x)
{
    (void)r;
    return ot__activation_cost(x, 10, 10);
}

static void forward(const ot__call *c)
{
    ot__activation_forward(c, ((const ot_function *)c->attr)->value);
}

static void backward(const ot__call *c)
{
    ot__activation_backward(c, c->x[0], ((const ot_function *)c->attr)->slope);
}

/* The number of kinks below x. */
static unsigned piece_of(const void *attr, double x)
{
    const ot_function *f = attr;
    unsigned below = 0;
    for (int k = 0; k < f->kinks; k++)
        below += x > f->kink[k];
    return below;
}

static uint64_t piece(const ot__call *c)
{
    return ot__activation_piece(c, piece_of);
}

/* A smooth function, and one with two kinks: x/2 below -1, then x^2 - 1.5, then log(x) - 0.5. */
static double cubic(double x)
{
    return x * x * x - x;
}

static double slope_of_cubic(double x)
{
    return 3 * x * x - 1;
}

static double bent(double x)
{
    return x <= -1 ? x / 2 : x <= 1 ? x * x - 1.5 : log(x) - 0.5;
}

static double slope_of_bent(double x)
{
    return x <= -1 ? 0.5 : x <= 1 ? 2 * x : 1 / x;
}

static ot_var example(ot_tape *t, int variant)
{
    static const ot_function f[] = { { cubic, slope_of_cubic, 0, { 0 } },
                                     { bent, slope_of_bent, 2, { -1, 1 } } };
    const ot_var x = ot__activation_example(t, variant);
    return x.id ? ot_map(t, x, &f[variant % 2]) : x;
}

const ot_op ot__op_map = {
    .name = "map",
    .shape = shape,
    .keeps = OT__KEEPS_X(0),
    .cost = cost,
    .sums = { .nothing = true },
    .in_place_forward = true,
    .in_place_backward = true,
    .reference = { .forward = forward, .backward = backward, .overwrites = true },
    .portable = { .forward = ot__map_forward_f32,
                  .backward = ot__map_backward_f32,
                  .overwrites = true },
    .piece = piece,
    .example = example,
};

ot_var ot_map(ot_tape *t, ot_var x, const ot_function *f)
{
    static const ot_function none = { 0 };
    return ot__record_op(t, &ot__op_map, 1, &x, f ? f : &none, sizeof none);
}
