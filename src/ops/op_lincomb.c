/* SPDX-License-Identifier: BSD-3-Clause
 * lincomb: y = sum_j coef_j * x_j, where coef_j is value_j or value_j times a learnable scalar.
 * All steps are recorded with it: stage inputs, block outputs, learnable steps.
 *
 *   gx_j = coef_j * gy,   gfactor = value_j * <gy, x_j>
 *
 * so backward needs only the factors and the terms with a learnable coefficient.  Operands are the
 * terms, then the factors.
 *
 * The set of operands that a record keeps holds 63.  A sum with factors and more operands is a
 * chain of records, y_2 = y_1 + more terms, which adds its terms in the same order. */
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/decimal.h"
#include "ops/attr.h"
#include "ops/kernels/kernels.h"
#include "ops/ops.h"

enum { MOST_TERMS = 128, MOST_KEPT = 63 /* operands that a set such as ot_op.keeps can hold */ };

static ot_status shape(ot__shaping *s)
{
    const ot__lincomb_attr *a = s->attr;
    for (int j = 0; j < a->n; j++)
        if (!isfinite(a->term[j].value))
            return ot__fail(OT_EINVAL, "lincomb: coefficient %d is %s; it must be finite", j + 1,
                            OT__REAL(a->term[j].value));
    ot__shaping terms = *s;
    terms.n_in = a->n;
    OT_TRY(ot__shape_elementwise(&ot__op_lincomb, &terms));
    for (int k = a->n; k < s->n_in; k++)
        if (s->x[k].rank != 0 || s->batched[k])
            return ot__fail(OT_ESHAPE, "lincomb: a learnable factor is %s; it must be a scalar",
                            ot__shape_text(s->x[k]));
    return OT_OK;
}

static uint64_t keeps_of(const ot__record *r)
{
    const ot__lincomb_attr *a = r->attr;
    uint64_t keeps = 0;
    for (int j = 0; j < a->n; j++)
        if (a->term[j].factor) keeps |= OT__KEEPS_X(j) | OT__KEEPS_X(a->term[j].factor);
    return keeps;
}

static ot__cost cost(const ot__record *r, const ot_shape *x)
{
    const double n = (double)ot__elements(x[0]), terms = ((const ot__lincomb_attr *)r->attr)->n;
    return (ot__cost){ 2 * n * terms, n * (terms + 2 * (r->n_in - terms)) };
}

/* The gradients of the factors. */
static ot__batch_sums sums_of(const ot__record *r, bool evaluate)
{
    (void)evaluate;
    ot__batch_sums sums = { .nothing = r->n_in == ((const ot__lincomb_attr *)r->attr)->n };
    for (int k = ((const ot__lincomb_attr *)r->attr)->n; k < r->n_in; k++)
        sums.x |= OT__OPERAND(k);
    return sums;
}

static double multiple(const ot__record *r, int k)
{
    const ot__lincomb_attr *a = r->attr;
    return k < a->n && !a->term[k].factor ? a->term[k].value : 0;
}

static double coefficient(const ot__call *c, int j)
{
    const ot__lincomb_term *term = &((const ot__lincomb_attr *)c->attr)->term[j];
    return term->factor ? term->value * *(const double *)c->x[term->factor] : term->value;
}

static void forward(const ot__call *c)
{
    const ot__lincomb_attr *a = c->attr;
    const size_t n = ot__elements(c->ys);
    double *y = c->y;
    for (size_t i = 0; i < n; i++) {
        double sum = 0;
        for (int j = 0; j < a->n; j++)
            sum += coefficient(c, j) * ((const double *)c->x[j])[i];
        y[i] = sum;
    }
}

/* The gradient of the factor of term j. */
static void backward_factor(const ot__call *c, int j, int factor)
{
    const ot__lincomb_attr *a = c->attr;
    const size_t n = ot__elements(c->ys);
    const double *gy = c->gy, *x = c->x[j];
    double dot = 0;
    for (size_t i = 0; i < n; i++)
        dot += gy[i] * x[i];
    ot__deliver(c->gx[factor], c->add[factor], a->term[j].value * dot);
}

static void backward(const ot__call *c)
{
    const ot__lincomb_attr *a = c->attr;
    const size_t n = ot__elements(c->ys);
    const double *gy = c->gy;
    for (int j = 0; j < a->n; j++)
        if (a->term[j].factor && c->gx[a->term[j].factor]) backward_factor(c, j, a->term[j].factor);
    for (size_t i = 0; i < n; i++) {
        const double g = gy[i]; /* read first, because a gx[j] may overlap gy */
        for (int j = 0; j < a->n; j++)
            if (c->gx[j]) ot__deliver((double *)c->gx[j] + i, c->add[j], coefficient(c, j) * g);
    }
}

/* More terms and elements than the float32 kernels take at a time. */
static ot_var many(ot_tape *t)
{
    enum { N = 19 };
    ot_var x[N];
    ot_coef coef[N];
    for (int j = 0; j < N; j++) {
        char name[8];
        snprintf(name, sizeof name, "x%d", j);
        x[j] = ot_input(t, name, OT_SHAPE(2, 7, 5, 3));
        coef[j] = (ot_coef){ .value = 0.25 * (j % 7) - 0.875 };
    }
    return ot_lincomb(t, N, coef, x);
}

/* More factors than one record keeps, and constants between them. */
static ot_var crowded(ot_tape *t)
{
    enum { N = 36 };
    ot_var x[N];
    ot_coef coef[N];
    const ot_var h = ot_param(t, "h", OT_SCALAR, OT_ONES);
    for (int j = 0; j < N; j++) {
        char name[8];
        snprintf(name, sizeof name, "x%d", j);
        x[j] = ot_input(t, name, OT_SHAPE(2, 3, 2, 3));
        coef[j] = (ot_coef){ j % 2 ? 0.75 : 0.5, j % 9 ? h : (ot_var){ 0 } };
    }
    return ot_lincomb(t, N, coef, x);
}

/* Constant coefficients; learnable ones; a term and a factor that are used twice; a factor that is
 * computed; many terms; many factors. */
static ot_var example(ot_tape *t, int variant)
{
    static const double value[4] = { 1, 0.5, -1.25, 3 };
    ot_var x[4], h = { 0 }, k = { 0 };
    if (variant == 4) return many(t);
    if (variant == 5) return crowded(t);
    if (variant < 0 || variant > 5) return (ot_var){ 0 };
    for (int j = 0; j < 4; j++) {
        char name[] = { 'x', (char)('0' + j), 0 };
        x[j] = ot_input(t, name, OT_SHAPE(2, 3, 2, 3));
    }
    if (variant > 0) {
        h = ot_param(t, "h", OT_SCALAR, OT_ONES);
        k = ot_param(t, "k", OT_SCALAR, OT_ONES);
    }
    if (variant == 2) {
        x[2] = x[1];
        k = h;
    }
    if (variant == 3) k = ot_mul(t, h, h);
    const ot_coef coef[4] = {
        { value[0], { 0 } }, { value[1], h }, { value[2], k }, { value[3], h }
    };
    return ot_lincomb(t, 4, coef, x);
}

/* A y may be the memory of any x, so no sum is written before all of its element are formed. */
static void weighted_sums(int n, const ot__call *const call[])
{
    const size_t elements = ot__elements(call[0]->ys);
    for (size_t i = 0; i < elements; i++) {
        double sum[OT__MOST_FUSED] = { 0 };
        for (int j = 0; j < n; j++)
            for (int k = 0; k < call[j]->n_in; k++)
                sum[j] += ((const double *)call[j]->attr)[k] * ((const double *)call[j]->x[k])[i];
        for (int j = 0; j < n; j++) {
            double *const y = (double *)call[j]->y + i;
            *y = call[j]->add[0] ? *y + sum[j] : sum[j];
        }
    }
}

const ot_op ot__op_lincomb = {
    .name = "lincomb",
    .shape = shape,
    .keeps_of = keeps_of,
    .cost = cost,
    .sums_of = sums_of,
    .multiple = multiple,
    .in_place_forward = true,
    .in_place_backward = true,
    .reference = { .forward = forward,
                   .backward = backward,
                   .weighted_sums = weighted_sums,
                   .overwrites = true },
    .portable = { .forward = ot__lincomb_forward_f32,
                  .backward = ot__lincomb_backward_f32,
                  .scratch = ot__lincomb_scratch_f32,
                  .fused = ot__lincomb_fused_f32,
                  .weighted_sums = ot__lincomb_weighted_sums_f32,
                  .leaves_sums = ot__lincomb_leaves_sums_f32,
                  .overwrites = true },
    .example = example,
};

/* Records one op. */
static ot_var record(ot_tape *t, int n, const ot_coef coef[], const ot_var x[])
{
    union {
        ot__lincomb_attr attr;
        char bytes[offsetof(ot__lincomb_attr, term) + MOST_TERMS * sizeof(ot__lincomb_term)];
    } a = { .attr.n = n };
    ot_var in[2 * MOST_TERMS];
    int n_in = n;
    for (int j = 0; j < n; j++) {
        in[j] = x[j];
        a.attr.term[j].value = coef[j].value;
        a.attr.term[j].factor = coef[j].factor.id ? n_in : 0;
        if (coef[j].factor.id) in[n_in++] = coef[j].factor;
    }
    return ot__record_op(t, &ot__op_lincomb, n_in, in, &a.attr,
                         offsetof(ot__lincomb_attr, term) + (size_t)n * sizeof(ot__lincomb_term));
}

/* The number of terms of which one op can keep all that the gradients of factors need; all n terms
 * if there is no factor. */
static int fitting(int n, const ot_coef coef[])
{
    int fit = 0, operands = 0, factors = 0;
    for (int j = 0; j < n; j++) {
        factors += coef[j].factor.id != 0;
        operands += coef[j].factor.id ? 2 : 1;
        fit += operands <= MOST_KEPT;
    }
    return factors > 0 ? fit : n;
}

ot_var ot_lincomb(ot_tape *t, int n, const ot_coef coef[], const ot_var x[])
{
    if (n < 1 || n > MOST_TERMS)
        return ot_tape_fail(t, OT_EINVAL, "lincomb: %d terms; 1 to %d are possible", n, MOST_TERMS);
    if (!coef || !x)
        return ot_tape_fail(t, OT_EINVAL, "lincomb: %s is NULL; it must hold %d of them",
                            coef ? "x" : "coef", n);
    int at = fitting(n, coef);
    ot_var y = record(t, at, coef, x);
    while (y.id && at < n) {
        ot_coef more_coef[MOST_TERMS + 1] = { { .value = 1 } };
        ot_var more[MOST_TERMS + 1] = { y };
        memcpy(more_coef + 1, coef + at, (size_t)(n - at) * sizeof *coef);
        memcpy(more + 1, x + at, (size_t)(n - at) * sizeof *x);
        const int fit = fitting(n - at + 1, more_coef);
        y = record(t, fit, more_coef, more);
        at += fit - 1;
    }
    return y;
}
