/* SPDX-License-Identifier: BSD-3-Clause
 * group_norm (Wu and He 2018): the channels of an image are divided into groups, and each group is
 * normalised over its channels and all pixels, with their mean and biased variance.  The formulae
 * are in normalise.c. */
#include "ops/kernels/kernels.h"
#include "ops/normalise.h"

static ot_status shape(ot__shaping *s)
{
    return ot__norm_shape(&ot__op_group_norm, s);
}

static size_t saved(const ot__record *r, const ot_shape *x, int batch)
{
    (void)batch;
    const ot__rows_of_norm rows = ot__rows_of_groups(r->attr, x);
    return ot__norm_saved(&rows);
}

static void forward(const ot__call *c)
{
    const ot__rows_of_norm rows = ot__rows_of_groups(c->attr, c->xs);
    ot__norm_forward(c, &rows);
}

static void backward(const ot__call *c)
{
    const ot__rows_of_norm rows = ot__rows_of_groups(c->attr, c->xs);
    ot__norm_backward(c, &rows);
}

/* Several groups, one group, a group per channel, more than 64 channels, and no pixels. */
static ot_var example(ot_tape *t, int variant)
{
    static const struct {
        ot_shape x;
        int groups;
    } v[] = { { { 4, { 3, 2, 3, 4 } }, 2 },
              { { 4, { 2, 3, 2, 3 } }, 1 },
              { { 4, { 2, 9, 8, 3 } }, 3 },
              { { 4, { 2, 2, 1, 68 } }, 17 },
              { { 2, { 3, 6 } }, 2 } };
    if (variant < 0 || variant >= (int)(sizeof v / sizeof v[0])) return (ot_var){ 0 };
    return ot__norm_example(t, &ot__op_group_norm, v[variant].x, v[variant].groups, 1e-5);
}

const ot_op ot__op_group_norm = {
    .name = "group_norm",
    .shape = shape,
    .keeps = OT__KEEPS_X(OT__NORM_X) | OT__KEEPS_X(OT__NORM_GAMMA),
    .saved = saved,
    .cost = ot__norm_cost,
    .sums = { .x = OT__OPERAND(OT__NORM_GAMMA) | OT__OPERAND(OT__NORM_BETA) },
    .reference = { .forward = forward, .backward = backward, .overwrites = true },
    .portable = { .forward = ot__group_norm_forward_f32,
                  .backward = ot__group_norm_backward_f32,
                  .scratch = ot__group_norm_scratch_f32,
                  .overwrites = true },
    .example = example,
};

ot_var ot_group_norm(ot_tape *t, ot_var x, ot_var gamma, ot_var beta, int groups, double eps)
{
    const ot__norm_attr attr = { groups, eps };
    const ot_var in[] = { x, gamma, beta };
    return ot__record_op(t, &ot__op_group_norm, OT__NORM_OPERANDS, in, &attr, sizeof attr);
}
