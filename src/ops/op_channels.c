/* SPDX-License-Identifier: BSD-3-Clause
 * channels: a slice of the last dimension, or the same with zeros around it.
 *
 *   y[..., c]         = x[..., from + c], or 0 if x has no channel from + c;  0 <= c < to - from
 *   gx[..., from + c] = gy[..., c], and 0 in channels outside the slice */
#include "ops/attr.h"
#include "ops/kernels/kernels.h"
#include "ops/ops.h"

static ot_status shape(ot__shaping *s)
{
    const ot__channels_attr *a = s->attr;
    OT_TRY(ot__check_channels(&ot__op_channels, s, 0));
    const ot_shape x = s->x[0];
    const int channels = x.dim[x.rank - 1];
    if (a->to <= a->from)
        return ot__fail(OT_EINVAL, "channels: from %d to %d is empty; `to` must be larger", a->from,
                        a->to);
    if (a->from >= channels || a->to <= 0)
        return ot__fail(OT_EINVAL,
                        "channels: x is %s, and from %d to %d is all zeros; it must hold one of "
                        "its channels 0 to %d",
                        ot__shape_text(x), a->from, a->to, channels - 1);
    if ((long)a->to - a->from > 1 << 30)
        return ot__fail(OT_EINVAL,
                        "channels: from %d to %d is %ld channels; at most 2^30 are "
                        "possible",
                        a->from, a->to, (long)a->to - a->from);
    *s->y = x;
    s->y->dim[x.rank - 1] = a->to - a->from;
    *s->y_batched = s->batched[0];
    return OT_OK;
}

/* Moves numbers only. */
static ot__cost cost(const ot__record *r, const ot_shape *x)
{
    (void)r, (void)x;
    return (ot__cost){ 0, 0 };
}

static void forward(const ot__call *call)
{
    const ot__channels_attr *a = call->attr;
    const int inside = call->xs[0].dim[call->xs[0].rank - 1], width = a->to - a->from;
    const size_t pixels = ot__elements(call->ys) / (size_t)width;
    const double *x = call->x[0];
    double *y = call->y;
    for (size_t p = 0; p < pixels; p++)
        for (int c = a->from; c < a->to; c++)
            *y++ = c >= 0 && c < inside ? x[p * (size_t)inside + (size_t)c] : 0;
}

static void backward(const ot__call *call)
{
    const ot__channels_attr *a = call->attr;
    const int inside = call->xs[0].dim[call->xs[0].rank - 1], width = a->to - a->from;
    const size_t pixels = ot__elements(call->ys) / (size_t)width;
    const double *gy = call->gy;
    double *gx = call->gx[0];
    for (size_t p = 0; p < pixels; p++)
        for (int c = 0; c < inside; c++) {
            const bool taken = c >= a->from && c < a->to;
            ot__deliver(gx++, call->add[0],
                        taken ? gy[p * (size_t)width + (size_t)(c - a->from)] : 0);
        }
}

/* A slice, zeros on both sides, zeros on one side of a slice, all channels, and operands of each
 * rank.  Two examples have more than 64 pixels and more than 64 channels. */
static ot_var example(ot_tape *t, int variant)
{
    static const struct {
        ot_shape x;
        int from, to;
    } v[] = {
        { { 4, { 2, 3, 2, 5 } }, 1, 3 },      { { 4, { 2, 2, 3, 3 } }, -2, 5 },
        { { 3, { 3, 2, 4 } }, 2, 7 },         { { 2, { 4, 3 } }, -1, 2 },
        { { 4, { 2, 2, 2, 3 } }, 0, 3 },      { { 4, { 2, 9, 8, 3 } }, -1, 2 },
        { { 4, { 2, 2, 3, 140 } }, -3, 139 },
    };
    const int n = (int)(sizeof v / sizeof v[0]);
    if (variant == n) return ot_channels(t, ot_param(t, "w", OT_SHAPE(5), OT_ONES), -1, 4);
    if (variant < 0 || variant > n) return (ot_var){ 0 };
    return ot_channels(t, ot_input(t, "x", v[variant].x), v[variant].from, v[variant].to);
}

const ot_op ot__op_channels = {
    .name = "channels",
    .shape = shape,
    .cost = cost,
    .sums = { .nothing = true },
    .reference = { .forward = forward, .backward = backward, .overwrites = true },
    .portable = { .forward = ot__channels_forward_f32,
                  .backward = ot__channels_backward_f32,
                  .overwrites = true,
                  .reads_view = true },
    .example = example,
};

ot_var ot_channels(ot_tape *t, ot_var x, int from, int to)
{
    const ot__channels_attr attr = { from, to };
    return ot__record_op(t, &ot__op_channels, 1, &x, &attr, sizeof attr);
}
