/* SPDX-License-Identifier: BSD-3-Clause
 * pixel_norm: every pixel is divided by the l2 norm of its channels, y = x/sqrt(sum x^2 + eps).
 * It is tvNorm of Ruthotto and Haber (2020), who scale and shift the result per channel.  The
 * formulae are in normalise.c. */
#include "ops/kernels/kernels.h"
#include "ops/normalise.h"

static ot_status shape(ot__shaping *s)
{
    return ot__norm_shape(&ot__op_pixel_norm, s);
}

static size_t saved(const ot__record *r, const ot_shape *x, int batch)
{
    (void)batch, (void)r;
    const ot__rows_of_norm rows = ot__rows_of_pixels(x, false);
    return ot__norm_saved(&rows);
}

static void forward(const ot__call *c)
{
    const ot__rows_of_norm rows = ot__rows_of_pixels(c->xs, false);
    ot__norm_forward(c, &rows);
}

static void backward(const ot__call *c)
{
    const ot__rows_of_norm rows = ot__rows_of_pixels(c->xs, false);
    ot__norm_backward(c, &rows);
}

/* An image of few pixels, one of more than 256 pixels, more than 64 channels, and no pixels. */
static ot_var example(ot_tape *t, int variant)
{
    static const ot_shape shapes[] = {
        { 4, { 2, 3, 2, 4 } }, { 4, { 2, 12, 12, 5 } }, { 4, { 2, 2, 1, 67 } }, { 2, { 6, 3 } }
    };
    if (variant < 0 || variant >= (int)(sizeof shapes / sizeof shapes[0])) return (ot_var){ 0 };
    return ot__norm_example(t, &ot__op_pixel_norm, shapes[variant], 1, 1e-4);
}

const ot_op ot__op_pixel_norm = {
    .name = "pixel_norm",
    .shape = shape,
    .keeps = OT__KEEPS_X(OT__NORM_X) | OT__KEEPS_X(OT__NORM_GAMMA),
    .saved = saved,
    .cost = ot__norm_cost,
    .sums = { .x = OT__OPERAND(OT__NORM_GAMMA) | OT__OPERAND(OT__NORM_BETA) },
    .reference = { .forward = forward, .backward = backward, .overwrites = true },
    .portable = { .forward = ot__pixel_norm_forward_f32,
                  .backward = ot__pixel_norm_backward_f32,
                  .scratch = ot__pixel_norm_scratch_f32,
                  .overwrites = true },
    .example = example,
};

ot_var ot_pixel_norm(ot_tape *t, ot_var x, ot_var gamma, ot_var beta, double eps)
{
    const ot__norm_attr attr = { 1, eps };
    const ot_var in[] = { x, gamma, beta };
    return ot__record_op(t, &ot__op_pixel_norm, OT__NORM_OPERANDS, in, &attr, sizeof attr);
}
