/* SPDX-License-Identifier: BSD-3-Clause
 * batch_norm (Ioffe and Szegedy 2015), with the conventions of PyTorch.  With n pixels per channel,
 *
 *   y = gamma*z + beta,   z = (x - m)*r,   r = 1/sqrt(v + eps)
 *   ggamma = sum gy*z,    gbeta = sum gy
 *   gx = gamma*r*(gy - gbeta/n - z*ggamma/n)     training: m and v depend on x
 *   gx = gamma*r*gy                              evaluation: m and v are the running statistics
 *
 * The running variance is updated with the unbiased variance, which is n/(n-1) times v.  For n = 1
 * it is undefined, and 0 is used. */
#include <math.h>

#include "base/decimal.h"
#include "ops/attr.h"
#include "ops/kernels/kernels.h"
#include "ops/ops.h"

static ot_status shape(ot__shaping *s)
{
    static const char *const name[] = { "x", "gamma", "beta", "running_mean", "running_var" };
    const ot__batch_norm_attr *a = s->attr;
    const ot_shape x = s->x[OT__BN_X];
    if (!(a->momentum >= 0 && a->momentum <= 1 && a->eps > 0 && isfinite(a->eps)))
        return ot__fail(
            OT_EINVAL,
            "batch_norm: momentum is %s and eps %s; momentum must be 0 to 1, eps above 0",
            OT__REAL(a->momentum), OT__REAL(a->eps));
    if (x.rank < 2)
        return ot__fail(OT_ESHAPE,
                        "batch_norm: x is %s; it must be (...,C) with at least 2 dimensions",
                        ot__shape_text(x));
    const ot_shape channels = OT_SHAPE(x.dim[x.rank - 1]);
    for (int k = OT__BN_GAMMA; k < OT__BN_OPERANDS; k++)
        if (!ot__same_shape(s->x[k], channels) || s->batched[k])
            return ot__fail(
                OT_ESHAPE, "batch_norm: x is %s and %s is %s; it must be %s without batch",
                ot__shape_text(x), name[k], ot__shape_text(s->x[k]), ot__shape_text(channels));
    *s->y = x;
    *s->y_batched = s->batched[OT__BN_X];
    return OT_OK;
}

static size_t n_channels(const ot__call *c)
{
    return (size_t)c->ys.dim[c->ys.rank - 1];
}

static size_t saved(const ot__record *r, const ot_shape *x, int batch)
{
    (void)r, (void)batch;
    return OT__BN_SAVED * (size_t)x[OT__BN_GAMMA].dim[0];
}

static ot__view view(const ot_shape *x, const float *saved)
{
    const size_t channels = (size_t)x[OT__BN_GAMMA].dim[0];
    return (ot__view){ .m = saved + OT__BN_M * channels,
                       .a = saved + OT__BN_SCALE * channels,
                       .e = saved + OT__BN_SHIFT * channels };
}

static ot__view gradient(const ot_shape *x, const float *saved, const float *gy)
{
    const size_t channels = (size_t)x[OT__BN_GAMMA].dim[0];
    return (ot__view){ .m = saved + OT__BN_M * channels,
                       .a = saved + OT__BN_CROSS * channels,
                       .e = saved + OT__BN_REST * channels,
                       .b = saved + OT__BN_PASS * channels,
                       .v = gy };
}

static ot__cost cost(const ot__record *r, const ot_shape *x)
{
    (void)r;
    const double n = (double)ot__elements(x[OT__BN_X]);
    return (ot__cost){ 8 * n, 10 * n };
}

/* In training all that depends on the statistics of the batch; in evaluation the gradients of gamma
 * and beta only. */
static ot__batch_sums sums_of(const ot__record *r, bool evaluate)
{
    (void)r;
    ot__batch_sums sums = { .x = OT__OPERAND(OT__BN_GAMMA) | OT__OPERAND(OT__BN_BETA) };
    if (evaluate) return sums;
    sums.y = true;
    sums.x |= OT__OPERAND(OT__BN_X) | OT__OPERAND(OT__BN_MEAN) | OT__OPERAND(OT__BN_VAR);
    return sums;
}

/* Mean of x over channel i. */
static double channel_mean(const ot__call *c, size_t i)
{
    const size_t n = ot__elements(c->ys), channels = n_channels(c);
    const double *x = c->x[OT__BN_X];
    double sum = 0;
    for (size_t at = i; at < n; at += channels)
        sum += x[at];
    return sum / (double)(n / channels);
}

/* Sum over channel i of squared differences from the mean. */
static double channel_squares(const ot__call *c, size_t i, double mean)
{
    const size_t n = ot__elements(c->ys), channels = n_channels(c);
    const double *x = c->x[OT__BN_X];
    double sum = 0;
    for (size_t at = i; at < n; at += channels)
        sum += (x[at] - mean) * (x[at] - mean);
    return sum;
}

/* The mean and variance that normalise channel i; in training also updates the running
 * statistics. */
static void statistics(const ot__call *c, size_t i, double *mean, double *var)
{
    double *running_mean = (double *)c->x[OT__BN_MEAN] + i;
    double *running_var = (double *)c->x[OT__BN_VAR] + i;
    if (c->evaluate) {
        *mean = *running_mean;
        *var = *running_var;
        return;
    }
    const double momentum = ((const ot__batch_norm_attr *)c->attr)->momentum;
    const double n = (double)(ot__elements(c->ys) / n_channels(c));
    *mean = channel_mean(c, i);
    const double squares = channel_squares(c, i, *mean);
    *var = squares / n;
    *running_mean += momentum * (*mean - *running_mean);
    *running_var += momentum * ((n > 1 ? squares / (n - 1) : 0) - *running_var);
}

/* The mean and 1/deviation of channel i, which are saved. */
static void set_channel(const ot__call *c, size_t i, double eps)
{
    double *m = c->saved, *r = m + OT__BN_R * n_channels(c), var;
    statistics(c, i, &m[i], &var);
    r[i] = 1 / sqrt(var + eps);
}

static void forward(const ot__call *c)
{
    const size_t n = ot__elements(c->ys), channels = n_channels(c);
    const double eps = ((const ot__batch_norm_attr *)c->attr)->eps;
    const double *x = c->x[OT__BN_X], *gamma = c->x[OT__BN_GAMMA], *beta = c->x[OT__BN_BETA];
    const double *m = c->saved, *r = m + OT__BN_R * channels;
    double *y = c->y;
    for (size_t i = 0; i < channels; i++) {
        if (!c->replay) set_channel(c, i, eps);
        for (size_t at = i; at < n; at += channels)
            y[at] = gamma[i] * ((x[at] - m[i]) * r[i]) + beta[i];
    }
}

static void backward(const ot__call *c)
{
    const size_t n = ot__elements(c->ys), channels = n_channels(c);
    const double pixels = (double)(n / channels);
    const double *x = c->x[OT__BN_X], *gamma = c->x[OT__BN_GAMMA], *gy = c->gy;
    const double *m = c->saved, *r = m + OT__BN_R * channels;
    double *gx = c->gx[OT__BN_X], *ggamma = c->gx[OT__BN_GAMMA], *gbeta = c->gx[OT__BN_BETA];
    for (size_t i = 0; i < channels; i++) {
        double sum = 0, sum_z = 0;
        for (size_t at = i; at < n; at += channels) {
            sum += gy[at];
            sum_z += gy[at] * (x[at] - m[i]) * r[i];
        }
        if (ggamma) ot__deliver(&ggamma[i], c->add[OT__BN_GAMMA], sum_z);
        if (gbeta) ot__deliver(&gbeta[i], c->add[OT__BN_BETA], sum);
        for (size_t at = i; gx && at < n; at += channels) {
            const double z = (x[at] - m[i]) * r[i];
            const double through_statistics = c->evaluate ? 0 : (sum + z * sum_z) / pixels;
            ot__deliver(&gx[at], c->add[OT__BN_X], gamma[i] * r[i] * (gy[at] - through_statistics));
        }
    }
}

static ot_var example(ot_tape *t, int variant)
{
    static const ot_shape shapes[] = { { 4, { 3, 2, 3, 2 } },
                                       { 2, { 6, 5 } },
                                       { 4, { 2, 3, 1, 1 } } };
    if (variant < 0 || variant >= (int)(sizeof shapes / sizeof shapes[0])) return (ot_var){ 0 };
    const ot_var x = ot_input(t, "x", shapes[variant]);
    const ot_shape channels = OT_SHAPE(shapes[variant].dim[shapes[variant].rank - 1]);
    const ot_var gamma = ot_param(t, "weight", channels, OT_ONES);
    const ot_var beta = ot_param(t, "bias", channels, OT_ZEROS);
    const ot_var mean = ot_stat(t, "running_mean", channels, OT_ZEROS);
    const ot_var var = ot_stat(t, "running_var", channels, OT_ONES);
    return ot_batch_norm(t, x, gamma, beta, mean, var, 0.1, 1e-5);
}

const ot_op ot__op_batch_norm = {
    .name = "batch_norm",
    .shape = shape,
    .writes = OT__OPERAND(OT__BN_MEAN) | OT__OPERAND(OT__BN_VAR),
    .keeps = OT__KEEPS_X(OT__BN_X) | OT__KEEPS_X(OT__BN_GAMMA),
    .saved = saved,
    .cost = cost,
    .sums_of = sums_of,
    .view = view,
    .gradient = gradient,
    .in_place_backward = true,
    .reference = { .forward = forward, .backward = backward, .overwrites = true },
    .portable = { .forward = ot__batch_norm_forward_f32,
                  .backward = ot__batch_norm_backward_f32,
                  .scratch = ot__batch_norm_scratch_f32,
                  .overwrites = true,
                  .makes_view = true,
                  .takes_sums = true },
    .example = example,
};

ot_var ot_batch_norm(ot_tape *t, ot_var x, ot_var gamma, ot_var beta, ot_var running_mean,
                     ot_var running_var, double momentum, double eps)
{
    const ot__batch_norm_attr attr = { momentum, eps };
    const ot_var in[OT__BN_OPERANDS] = { x, gamma, beta, running_mean, running_var };
    return ot__record_op(t, &ot__op_batch_norm, OT__BN_OPERANDS, in, &attr, sizeof attr);
}
