/* SPDX-License-Identifier: BSD-3-Clause
 * With phi(u v) = phi(u) * A phi(v) as in order.c, the derivatives follow by the chain rule from
 * the root down: what arrives at phi(u v) goes on to phi(u), to A and to phi(v). */
#include "schemes/tableau/elementary.h"

#include <string.h>

#include "base/memory.h"

void ot__elementary_evaluate(ot__elementary *e)
{
    const int s = e->stages;
    for (int i = 0; i < e->n; i++) {
        const ot__tree *const tree = &e->tree[i];
        double *const phi = e->phi + i * s, *const a_phi = e->a_phi + i * s;
        for (int k = 0; k < s; k++)
            phi[k] =
                tree->left < 0 ? 1 : e->phi[tree->left * s + k] * e->a_phi[tree->right * s + k];
        for (int k = 0; k < s; k++) {
            a_phi[k] = 0;
            for (int j = 0; j < k; j++)
                a_phi[k] += e->a[k * s + j] * phi[j];
        }
    }
}

ot_status ot__elementary_make(const ot_tableau *t, const ot__tree *tree, int n, ot__elementary *e)
{
    const size_t s = (size_t)t->stages, all = (size_t)n * s;
    *e = (ot__elementary){ .tree = tree, .n = n, .stages = t->stages };
    e->a = ot__new(s * s + 2 * all, sizeof *e->a);
    if (!e->a) return OT_ENOMEM;
    e->phi = e->a + s * s;
    e->a_phi = e->phi + all;
    for (int i = 0; i < t->stages; i++)
        for (int j = 0; j < i; j++)
            e->a[i * t->stages + j] = ot__exact_double(&t->a[i].x[j]);
    ot__elementary_evaluate(e);
    return OT_OK;
}

void ot__elementary_free(ot__elementary *e)
{
    ot__free(e->a);
}

double ot__elementary_weight(const ot__elementary *e, const double b[], int i)
{
    double sum = 0;
    for (int k = 0; k < e->stages; k++)
        sum += b[k] * e->phi[i * e->stages + k];
    return sum;
}

/* Adds to ga what arrives as g at phi of tree i. */
static void go_down(const ot__elementary *e, int i, const double g[], double ga[])
{
    const ot__tree *const tree = &e->tree[i];
    const int s = e->stages;
    double left[OT__STAGES_MOST], right[OT__STAGES_MOST] = { 0 };
    if (tree->left < 0) return;
    const double *const phi = e->phi + tree->right * s;
    for (int k = 0; k < s; k++) {
        left[k] = g[k] * e->a_phi[tree->right * s + k];
        const double at = g[k] * e->phi[tree->left * s + k];
        for (int j = 0; j < k; j++) {
            ga[k * s + j] += at * phi[j];
            right[j] += at * e->a[k * s + j];
        }
    }
    go_down(e, tree->left, left, ga);
    go_down(e, tree->right, right, ga);
}

void ot__elementary_gradient(const ot__elementary *e, const double b[], int i, double ga[],
                             double gb[])
{
    const size_t s = (size_t)e->stages;
    memset(ga, 0, s * s * sizeof *ga);
    memcpy(gb, e->phi + (size_t)i * s, s * sizeof *gb);
    go_down(e, i, b, ga);
}
