/* SPDX-License-Identifier: BSD-3-Clause
 * Reference kernels that normalise rows; see normalise.h.  With n numbers in a row, g = gamma*gy
 * and z = (x - m)*r,
 *
 *   gx = r*(g - sum g/n - z*sum(g*z)/n)     if centred (n = number of elements)
 *   gx = r*(g - z*sum(g*z))                 otherwise
 *   ggamma = sum gy*z,   gbeta = sum gy     over all rows */
#include "ops/normalise.h"

#include <math.h>

#include "base/decimal.h"

ot_status ot__norm_shape(const ot_op *op, ot__shaping *s)
{
    static const char *const name[] = { "x", "gamma", "beta" };
    const ot__norm_attr *a = s->attr;
    const ot_shape x = s->x[OT__NORM_X];
    if (!(a->eps > 0 && isfinite(a->eps)))
        return ot__fail(OT_EINVAL, "%s: eps is %s; it must be positive and finite", op->name,
                        OT__REAL(a->eps));
    if (x.rank < 2)
        return ot__fail(OT_ESHAPE, "%s: x is %s; it must be (N,...,C)", op->name,
                        ot__shape_text(x));
    const ot_shape channels = OT_SHAPE(x.dim[x.rank - 1]);
    for (int k = OT__NORM_GAMMA; k < OT__NORM_OPERANDS; k++)
        if (!ot__same_shape(s->x[k], channels) || s->batched[k])
            return ot__fail(OT_ESHAPE, "%s: x is %s and %s is %s; it must be %s without batch",
                            op->name, ot__shape_text(x), name[k], ot__shape_text(s->x[k]),
                            ot__shape_text(channels));
    if (a->groups < 1 || channels.dim[0] % a->groups != 0)
        return ot__fail(OT_EINVAL, "%s: %d groups of %d channels; the groups must be equally large",
                        op->name, a->groups, channels.dim[0]);
    *s->y = x;
    *s->y_batched = s->batched[OT__NORM_X];
    return OT_OK;
}

ot__cost ot__norm_cost(const ot__record *r, const ot_shape *x)
{
    (void)r;
    const double n = (double)ot__elements(x[OT__NORM_X]);
    return (ot__cost){ 8 * n, 14 * n };
}

ot__rows_of_norm ot__rows_of_groups(const void *attr, const ot_shape *x)
{
    const size_t blocks = (size_t)x[OT__NORM_X].dim[0];
    const size_t channels = (size_t)x[OT__NORM_GAMMA].dim[0];
    const size_t groups = (size_t)((const ot__norm_attr *)attr)->groups;
    return (ot__rows_of_norm){ blocks, ot__elements(x[OT__NORM_X]) / blocks / channels, channels,
                               groups, true };
}

ot__rows_of_norm ot__rows_of_pixels(const ot_shape *x, bool centred)
{
    const size_t channels = (size_t)x[OT__NORM_GAMMA].dim[0];
    return (ot__rows_of_norm){ ot__elements(x[OT__NORM_X]) / channels, 1, channels, 1, centred };
}

size_t ot__norm_saved(const ot__rows_of_norm *rows)
{
    return OT__NORM_SAVED * rows->blocks * rows->groups;
}

/* ---- one row ---- */

/* Where the numbers of a row are in x. */
typedef struct row {
    size_t first;         /* its first number */
    size_t width, stride; /* of its numbers, `width` lie side by side, `stride` after the others */
    size_t n;             /* its numbers */
    size_t channel;       /* of its first number */
    double m, r;
} row;

static row row_at(const ot__rows_of_norm *f, size_t k)
{
    const size_t width = f->channels / f->groups, channel = k % f->groups * width;
    return (row){ .first = k / f->groups * f->pixels * f->channels + channel,
                  .width = width,
                  .stride = f->channels,
                  .n = width * f->pixels,
                  .channel = channel };
}

/* The place of number i of the row in x, and its channel. */
static size_t place(const row *w, size_t i)
{
    return w->first + i / w->width * w->stride + i % w->width;
}

static size_t channel(const row *w, size_t i)
{
    return w->channel + i % w->width;
}

static void measure(const double *x, const ot__rows_of_norm *f, double eps, row *w)
{
    double squares = 0;
    for (size_t i = 0; f->centred && i < w->n; i++)
        w->m += x[place(w, i)] / (double)w->n;
    for (size_t i = 0; i < w->n; i++) {
        const double d = x[place(w, i)] - w->m;
        squares += d * d;
    }
    w->r = 1 / sqrt((f->centred ? squares / (double)w->n : squares) + eps);
}

void ot__norm_forward(const ot__call *c, const ot__rows_of_norm *f)
{
    const size_t rows = f->blocks * f->groups;
    const double *x = c->x[OT__NORM_X], *gamma = c->x[OT__NORM_GAMMA], *beta = c->x[OT__NORM_BETA];
    double *y = c->y, *saved = c->saved;
    for (size_t k = 0; k < rows; k++) {
        row w = row_at(f, k);
        measure(x, f, ((const ot__norm_attr *)c->attr)->eps, &w);
        saved[OT__NORM_M * rows + k] = w.m;
        saved[OT__NORM_REST * rows + k] = 0;
        saved[OT__NORM_R * rows + k] = w.r;
        for (size_t i = 0; i < w.n; i++)
            y[place(&w, i)] =
                gamma[channel(&w, i)] * ((x[place(&w, i)] - w.m) * w.r) + beta[channel(&w, i)];
    }
}

/* Delivers gx of a row. */
static void deliver_row(const ot__call *c, const ot__rows_of_norm *f, const row *w)
{
    const double *x = c->x[OT__NORM_X], *gamma = c->x[OT__NORM_GAMMA], *gy = c->gy;
    double *gx = c->gx[OT__NORM_X], sum = 0, sum_z = 0;
    for (size_t i = 0; i < w->n; i++) {
        const double g = gamma[channel(w, i)] * gy[place(w, i)];
        sum += g;
        sum_z += g * (x[place(w, i)] - w->m) * w->r;
    }
    const double mean = f->centred ? sum / (double)w->n : 0;
    const double slope = f->centred ? sum_z / (double)w->n : sum_z;
    for (size_t i = 0; i < w->n; i++) {
        const size_t at = place(w, i);
        const double z = (x[at] - w->m) * w->r, g = gamma[channel(w, i)] * gy[at];
        ot__deliver(&gx[at], c->add[OT__NORM_X], w->r * (g - mean - z * slope));
    }
}

/* Adds a row's part of the gradients of gamma and beta. */
static void add_row(const ot__call *c, const row *w)
{
    const double *x = c->x[OT__NORM_X], *gy = c->gy;
    double *ggamma = c->gx[OT__NORM_GAMMA], *gbeta = c->gx[OT__NORM_BETA];
    for (size_t i = 0; i < w->n; i++) {
        const size_t at = place(w, i);
        if (ggamma) ggamma[channel(w, i)] += gy[at] * (x[at] - w->m) * w->r;
        if (gbeta) gbeta[channel(w, i)] += gy[at];
    }
}

void ot__norm_backward(const ot__call *c, const ot__rows_of_norm *f)
{
    const size_t rows = f->blocks * f->groups;
    const double *saved = c->saved;
    for (int k = OT__NORM_GAMMA; k < OT__NORM_OPERANDS; k++)
        for (size_t i = 0; c->gx[k] && !c->add[k] && i < f->channels; i++)
            ((double *)c->gx[k])[i] = 0;
    for (size_t k = 0; k < rows; k++) {
        row w = row_at(f, k);
        w.m = saved[OT__NORM_M * rows + k];
        w.r = saved[OT__NORM_R * rows + k];
        add_row(c, &w);
        if (c->gx[OT__NORM_X]) deliver_row(c, f, &w);
    }
}

ot_var ot__norm_example(ot_tape *t, const ot_op *op, ot_shape x, int groups, double eps)
{
    const ot_shape channels = OT_SHAPE(x.dim[x.rank - 1]);
    const ot__norm_attr attr = { groups, eps };
    const ot_var in[] = { ot_input(t, "x", x), ot_param(t, "weight", channels, OT_ONES),
                          ot_param(t, "bias", channels, OT_ZEROS) };
    return ot__record_op(t, op, OT__NORM_OPERANDS, in, &attr, sizeof attr);
}
