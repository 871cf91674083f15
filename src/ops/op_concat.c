/* SPDX-License-Identifier: BSD-3-Clause
 * concat: the channels of x_0, then those of x_1, and so on, where channels are the last dimension.
 *
 *   y[..., at_k + c] = x_k[..., c],   gx_k[..., c] = gy[..., at_k + c],
 *
 * where at_k is the number of channels of the operands before x_k. */
#include "ops/kernels/kernels.h"
#include "ops/ops.h"

enum { MOST_OPERANDS = 128 };

static int channels_of(ot_shape s)
{
    return s.dim[s.rank - 1];
}

static ot_status shape(ot__shaping *s)
{
    long channels = 0;
    for (int k = 0; k < s->n_in; k++) {
        OT_TRY(ot__check_channels(&ot__op_concat, s, k));
        ot_shape other = s->x[k];
        channels += channels_of(other);
        other.dim[other.rank - 1] = channels_of(s->x[0]);
        if (!ot__same_shape(other, s->x[0]) || s->batched[k] != s->batched[0])
            return ot__fail(OT_ESHAPE,
                            "concat: operand 1 is %s%s and operand %d is %s%s; all but the last "
                            "dimension must be equal",
                            ot__shape_text(s->x[0]), s->batched[0] ? " with a batch" : "", k + 1,
                            ot__shape_text(s->x[k]), s->batched[k] ? " with a batch" : "");
    }
    if (channels > 1 << 30)
        return ot__fail(OT_ESHAPE, "concat: %ld channels; at most 2^30 are possible", channels);
    *s->y = s->x[0];
    s->y->dim[s->y->rank - 1] = (int)channels;
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
    const size_t pixels = ot__elements(call->ys) / (size_t)channels_of(call->ys);
    double *y = call->y;
    for (size_t p = 0; p < pixels; p++)
        for (int k = 0; k < call->n_in; k++) {
            const size_t n = (size_t)channels_of(call->xs[k]);
            for (size_t c = 0; c < n; c++)
                *y++ = ((const double *)call->x[k])[p * n + c];
        }
}

static void backward(const ot__call *call)
{
    const size_t pixels = ot__elements(call->ys) / (size_t)channels_of(call->ys);
    const double *gy = call->gy;
    for (size_t p = 0; p < pixels; p++)
        for (int k = 0; k < call->n_in; k++) {
            const size_t n = (size_t)channels_of(call->xs[k]);
            double *gx = call->gx[k];
            for (size_t c = 0; gx && c < n; c++)
                ot__deliver(&gx[p * n + c], call->add[k], gy[c]);
            gy += n;
        }
}

/* Many operands, two of them the same. */
static ot_var many(ot_tape *t)
{
    enum { N = 19 };
    ot_var x[N];
    for (int k = 0; k < N - 1; k++) {
        const char name[] = { 'x', (char)('a' + k), 0 };
        x[k] = ot_input(t, name, OT_SHAPE(2, 2, 1 + k % 3));
    }
    x[N - 1] = x[0];
    return ot_concat(t, N, x);
}

/* One to three operands of several ranks, one of them used twice, parameters, and many operands.
 * The fourth example has more than 64 channels. */
static ot_var example(ot_tape *t, int variant)
{
    static const struct {
        int n, rank, pixels[OT_MAX_RANK - 1], channels[3];
    } v[] = {
        { 2, 4, { 2, 3, 2 }, { 3, 2 } }, { 3, 4, { 2, 2, 2 }, { 1, 4, 2 } },
        { 1, 2, { 4 }, { 3 } },          { 3, 4, { 2, 3, 2 }, { 66, 3, 1 } },
        { 2, 3, { 3, 2 }, { 2, 5 } },
    };
    const int n = (int)(sizeof v / sizeof v[0]);
    ot_var x[4] = { 0 };
    if (variant == n) return many(t);
    if (variant == n + 1) {
        x[0] = ot_param(t, "v", OT_SHAPE(3), OT_ONES);
        x[1] = ot_param(t, "w", OT_SHAPE(2), OT_ONES);
        return ot_concat(t, 2, x);
    }
    if (variant < 0 || variant > n + 1) return (ot_var){ 0 };
    for (int k = 0; k < v[variant].n; k++) {
        const char name[] = { 'x', (char)('0' + k), 0 };
        ot_shape s = { .rank = v[variant].rank };
        for (int d = 0; d < s.rank - 1; d++)
            s.dim[d] = v[variant].pixels[d];
        s.dim[s.rank - 1] = v[variant].channels[k];
        x[k] = ot_input(t, name, s);
    }
    x[v[variant].n] = x[0];
    return ot_concat(t, v[variant].n + (variant == 0), x);
}

const ot_op ot__op_concat = {
    .name = "concat",
    .shape = shape,
    .cost = cost,
    .sums = { .nothing = true },
    .reference = { .forward = forward, .backward = backward, .overwrites = true },
    .portable = { .forward = ot__concat_forward_f32,
                  .backward = ot__concat_backward_f32,
                  .overwrites = true,
                  .reads_view = true },
    .example = example,
};

ot_var ot_concat(ot_tape *t, int n, const ot_var x[])
{
    if (n < 1 || n > MOST_OPERANDS)
        return ot_tape_fail(t, OT_EINVAL, "concat: %d operands; 1 to %d are possible", n,
                            MOST_OPERANDS);
    if (!x) return ot_tape_fail(t, OT_EINVAL, "concat: x is NULL; it must hold %d of them", n);
    return ot__record_op(t, &ot__op_concat, n, x, NULL, 0);
}
