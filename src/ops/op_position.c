/* SPDX-License-Identifier: BSD-3-Clause
 * position: y[n] = x[n] + p, the same numbers for every image n: what tells attention where a pixel
 * is (Dosovitskiy et al. 2021).
 *
 *   gx = gy,   gp = sum of gy over the images */
#include "ops/kernels/kernels.h"
#include "ops/ops.h"

/* The shape of one image of x. */
static ot_shape image_of(ot_shape x)
{
    ot_shape image = { .rank = x.rank - 1 };
    for (int k = 0; k < image.rank; k++)
        image.dim[k] = x.dim[k + 1];
    return image;
}

static ot_status shape(ot__shaping *s)
{
    const ot_shape x = s->x[0], p = s->x[1];
    if (x.rank < 2 || !s->batched[0])
        return ot__fail(OT_ESHAPE, "position: x is %s%s; it must be (N,...) with a batch",
                        ot__shape_text(x), s->batched[0] ? "" : " without a batch");
    if (s->batched[1] || !ot__same_shape(p, image_of(x)))
        return ot__fail(OT_ESHAPE, "position: x is %s and p is %s; p must be %s without a batch",
                        ot__shape_text(x), ot__shape_text(p), ot__shape_text(image_of(x)));
    *s->y = x;
    *s->y_batched = true;
    return OT_OK;
}

static ot__cost cost(const ot__record *r, const ot_shape *x)
{
    (void)r;
    const double n = (double)ot__elements(x[0]);
    return (ot__cost){ n, n };
}

static void forward(const ot__call *c)
{
    const size_t n = ot__elements(c->ys), image = ot__elements(c->xs[1]);
    const double *x = c->x[0], *p = c->x[1];
    double *y = c->y;
    for (size_t i = 0; i < n; i++)
        y[i] = x[i] + p[i % image];
}

static void backward(const ot__call *c)
{
    const size_t n = ot__elements(c->ys), image = ot__elements(c->xs[1]);
    const double *gy = c->gy;
    double *gx = c->gx[0], *gp = c->gx[1];
    for (size_t k = 0; gp && k < image; k++) {
        double sum = 0;
        for (size_t i = k; i < n; i += image)
            sum += gy[i];
        ot__deliver(&gp[k], c->add[1], sum);
    }
    for (size_t i = 0; gx && i < n; i++)
        ot__deliver(&gx[i], c->add[0], gy[i]);
}

static ot_var example(ot_tape *t, int variant)
{
    if (variant < 0 || variant > 1) return (ot_var){ 0 };
    const ot_var x = ot_input(t, "x", variant ? OT_SHAPE(3, 9, 9, 28) : OT_SHAPE(2, 3, 4, 5));
    const ot_shape image = variant ? OT_SHAPE(9, 9, 28) : OT_SHAPE(3, 4, 5);
    return ot_position(t, x, ot_param(t, "position", image, OT_ZEROS));
}

const ot_op ot__op_position = {
    .name = "position",
    .shape = shape,
    .cost = cost,
    .sums = { .x = OT__OPERAND(1) },
    .in_place_forward = true,
    .in_place_backward = true,
    .reference = { .forward = forward, .backward = backward, .overwrites = true },
    .portable = { .forward = ot__position_forward_f32,
                  .backward = ot__position_backward_f32,
                  .scratch = ot__position_scratch_f32,
                  .overwrites = true },
    .example = example,
};

ot_var ot_position(ot_tape *t, ot_var x, ot_var p)
{
    return ot__record_op(t, &ot__op_position, 2, (const ot_var[]){ x, p }, NULL, 0);
}
