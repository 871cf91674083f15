/* SPDX-License-Identifier: BSD-3-Clause
 * What rounding explains, from derivatives in double, and a bound on it.  The bound follows the
 * decomposition of trees: with the largest moduli |.| of vectors, the units U of A, and the bound m
 * on how far phi is moved,
 *
 *     m(u v) = |phi(u)| (|A| m(v) + |U| |phi(v)|) + |A phi(v)| m(u),    m(o) = 0.
 *
 * It excludes rounding for most conditions of the first order that fails, without their
 * derivatives. */
#include "schemes/tableau/rounding.h"

#include <math.h>

#include "base/memory.h"

static ot_status make(ot__explainer *e)
{
    const int s = e->t->stages;
    const size_t n = (size_t)s * (size_t)s, weights = (size_t)e->rows * (size_t)s;
    e->weight = ot__new(weights + 3 * n + (size_t)s, sizeof *e->weight);
    if (!e->weight) return OT_ENOMEM;
    e->units = e->weight + weights;
    e->coarse = e->units + n;
    e->gradient = e->coarse + n;
    for (int row = 0; row < e->rows; row++)
        for (int k = 0; k < s; k++)
            e->weight[row * s + k] = ot__exact_double(&ot__tableau_weights(e->t, row)->x[k]);
    for (int i = 0; i < s; i++)
        for (int j = 0; j < i; j++) {
            e->units[i * s + j] = e->t->a[i].rounding[j].unit;
            e->coarse[i * s + j] = e->t->a[i].rounding[j].coarse;
        }
    return OT_OK;
}

/* The largest modulus of a vector. */
static double largest(int n, const double x[])
{
    double most = 0;
    for (int k = 0; k < n; k++)
        most = fmax(most, fabs(x[k]));
    return most;
}

/* The largest sum of moduli in a row of a matrix. */
static double norm(int n, const double a[])
{
    double most = 0;
    for (int i = 0; i < n; i++) {
        double sum = 0;
        for (int j = 0; j < n; j++)
            sum += fabs(a[i * n + j]);
        most = fmax(most, sum);
    }
    return most;
}

static void bound(ot__explainer *e)
{
    const int s = e->t->stages;
    const double a = norm(s, e->doubles.a), u = norm(s, e->coarse);
    for (int i = 0; i < e->doubles.n; i++) {
        const ot__tree *const tree = &e->doubles.tree[i];
        e->size[i] = largest(s, e->doubles.phi + (size_t)i * (size_t)s);
        if (tree->left < 0) continue;
        const double image = largest(s, e->doubles.a_phi + (size_t)tree->right * (size_t)s);
        e->moved[i] = e->size[tree->left] * (a * e->moved[tree->right] + u * e->size[tree->right]) +
                      image * e->moved[tree->left];
    }
}

ot_status ot__explainer_prepare(ot__explainer *e, const ot_tableau *t, int rows,
                                const ot__tree *tree, int n)
{
    e->doubles.tree = tree; /* it may have moved */
    if (e->doubles.n >= n) return OT_OK;
    e->t = t;
    e->rows = rows;
    if (!e->weight) OT_TRY(make(e));
    ot__elementary_free(&e->doubles);
    OT_TRY(ot__elementary_make(t, tree, n, &e->doubles));
    ot__free(e->size);
    e->size = ot__new(2 * (size_t)n, sizeof *e->size);
    if (!e->size) return OT_ENOMEM;
    e->moved = e->size + n;
    bound(e);
    return OT_OK;
}

void ot__explainer_free(ot__explainer *e)
{
    ot__elementary_free(&e->doubles);
    ot__free(e->weight);
    ot__free(e->size);
}

ot__units ot__explain(const ot__explainer *e, int row, int tree)
{
    const ot__rounding *const b = ot__tableau_weights(e->t, row)->rounding;
    const int s = e->t->stages;
    double *const ga = e->gradient, *const gb = ga + s * s;
    ot__units sum = { 0, 0 };
    ot__elementary_gradient(&e->doubles, e->weight + row * s, tree, ga, gb);
    for (int k = 0; k < s * s; k++) {
        sum.unit += fabs(ga[k]) * e->units[k];
        sum.coarse += fabs(ga[k]) * e->coarse[k];
    }
    for (int k = 0; k < s; k++) {
        sum.unit += fabs(gb[k]) * b[k].unit;
        sum.coarse += fabs(gb[k]) * b[k].coarse;
    }
    return sum;
}

double ot__explain_most(const ot__explainer *e, int row, int tree)
{
    const double slack = 1.001; /* for rounding errors of the bound itself */
    const ot__rounding *const b = ot__tableau_weights(e->t, row)->rounding;
    double weights = 0, units = 0;
    for (int k = 0; k < e->t->stages; k++) {
        weights += fabs(e->weight[row * e->t->stages + k]);
        units += b[k].coarse;
    }
    return slack * (weights * e->moved[tree] + units * e->size[tree]);
}
