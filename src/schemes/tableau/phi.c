/* SPDX-License-Identifier: BSD-3-Clause
 * Elementary weights by the decomposition of trees (trees.h):
 *
 *     phi(o) = 1,    phi(u v) = phi(u) * A phi(v),    sum_i b_i phi_i(o v) = sum_j (b A)_j phi_j(v)
 *
 * where o is the tree of one node and u v is u with v attached to its root.  A phi(v) is computed
 * once for all trees that v is attached to, and is all that is stored.  By the last equation the
 * trees of n nodes need it only for trees of up to n-2 nodes: 20299 vectors are enough for the
 * 87811 conditions of order 15.
 *
 * phi of a tree of n nodes is stored times scale^(n-1), and A phi times scale^n, which consist of
 * integers (surds.h).
 *
 * Reference: Hairer, Norsett, Wanner, Solving Ordinary Differential Equations I, II.2, theorem
 * 2.13. */
#include "schemes/tableau/phi.h"

#include "base/memory.h"

/* ---- vectors ---- */

static void product(const ot__phi *p, const ot__surd *x, const ot__surd *y, ot__surd *out)
{
    for (int k = 0; k < p->scaled.stages; k++)
        ot__surd_product(&out[k], &x[k], &y[k], p->scaled.d);
}

static void ones(const ot__phi *p, ot__surd *out)
{
    for (int k = 0; k < p->scaled.stages; k++) {
        mpz_set_ui(out[k].p, 1);
        mpz_set_ui(out[k].q, 0);
    }
}

/* Sets `left` to phi of tree i, as a product over the children of its root. */
static void set_left(ot__phi *p, int i)
{
    if (p->left_tree == i) return;
    p->left_tree = i;
    ones(p, p->left);
    for (; p->trees.tree[i].left >= 0; i = p->trees.tree[i].left) {
        ot__surd *const old = p->left;
        product(p, old, p->a_phi[p->trees.tree[i].right], p->spare);
        p->left = p->spare;
        p->spare = old;
    }
}

/* Sets `vector` to phi of tree i. */
static void set_vector(ot__phi *p, int i)
{
    const ot__tree *const tree = &p->trees.tree[i];
    if (tree->left < 0) {
        ones(p, p->vector);
        return;
    }
    set_left(p, tree->left); /* neighbouring trees have the same one */
    product(p, p->left, p->a_phi[tree->right], p->vector);
}

/* ---- rows of weights ---- */

/* out = b A, times the scales of both. */
static ot_status make_b_a(const ot__scaled *s, const ot__scaled_row *b, ot__scaled_row *out)
{
    *out = (ot__scaled_row){ .n = b->n, .b = ot__surds_new((size_t)b->n) };
    mpz_init(out->scale);
    mpz_mul(out->scale, b->scale, s->scale);
    if (!out->b) return OT_ENOMEM;
    const ot__surd *a = s->a;
    for (int i = 0; i < s->stages; i++)
        for (int j = 0; j < i; j++)
            ot__surd_add_product(&out->b[j], &b->b[i], a++, s->d);
    return OT_OK;
}

ot_status ot__phi_make(const ot_tableau *t, int n_rows, ot__phi *p)
{
    const size_t s = (size_t)t->stages;
    *p = (ot__phi){ .t = t, .left_tree = -1 };
    OT_TRY(ot__scaled_make(t, &p->scaled));
    p->vector = ot__surds_new(s);
    p->left = ot__surds_new(s);
    p->spare = ot__surds_new(s);
    p->b = ot__new((size_t)n_rows, sizeof *p->b);
    p->b_a = ot__new((size_t)n_rows, sizeof *p->b_a);
    if (!p->vector || !p->left || !p->spare || !p->b || !p->b_a) return OT_ENOMEM;
    for (int row = 0; row < n_rows; row++) {
        p->n_rows = row + 1;
        OT_TRY(ot__scaled_row_make(ot__tableau_weights(t, row), &p->b[row]));
        OT_TRY(make_b_a(&p->scaled, &p->b[row], &p->b_a[row]));
    }
    return OT_OK;
}

void ot__phi_free(ot__phi *p)
{
    const size_t s = (size_t)p->scaled.stages;
    for (int i = 0; i < p->n; i++)
        ot__surds_free(p->a_phi[i], s);
    for (int row = 0; row < p->n_rows; row++) {
        ot__scaled_row_free(&p->b[row]);
        ot__scaled_row_free(&p->b_a[row]);
    }
    ot__surds_free(p->vector, s);
    ot__surds_free(p->left, s);
    ot__surds_free(p->spare, s);
    ot__free(p->b);
    ot__free(p->b_a);
    ot__free(p->a_phi);
    ot__scaled_free(&p->scaled);
    ot__trees_free(&p->trees);
}

/* ---- conditions ---- */

ot_status ot__phi_prepare(ot__phi *p, int nodes)
{
    OT_TRY(ot__trees_make(&p->trees, nodes));
    if (nodes < 3) return OT_OK;
    const int n = p->trees.first[nodes - 1];
    const size_t s = (size_t)p->scaled.stages;
    OT_TRY(ot__scaled_fits(&p->scaled, p->t, (size_t)n * s, nodes - 2));
    OT_TRY(ot__grow((void **)&p->a_phi, &p->capacity, (size_t)n, sizeof *p->a_phi));
    for (int i = p->n; i < n; i++) {
        p->a_phi[i] = ot__surds_new(s);
        p->n = i + 1;
        if (!p->a_phi[i]) return OT_ENOMEM;
        set_vector(p, i);
        ot__scaled_apply(&p->scaled, p->vector, p->a_phi[i]);
    }
    return OT_OK;
}

/* Whether the root has one child. */
static bool has_one_child(const ot__tree *tree)
{
    return tree->left == 0;
}

void ot__phi_select(ot__phi *p, int i)
{
    const ot__tree *const tree = &p->trees.tree[i];
    set_vector(p, has_one_child(tree) ? tree->right : i);
}

/* With sum_k b_k phi_k = n/r, the difference is (n gamma - r)/(r gamma). */
void ot__phi_difference(const ot__phi *p, int row, int i, ot__exact *difference)
{
    const ot__tree *const tree = &p->trees.tree[i];
    const bool one = has_one_child(tree);
    const ot__scaled_row *const w = one ? &p->b_a[row] : &p->b[row];
    const int power = tree->nodes - (one ? 2 : 1);
    ot__surd n;
    mpz_inits(n.p, n.q, NULL);
    ot__scaled_row_dot(w, p->vector, p->scaled.d, &n);
    mpz_pow_ui(difference->r, p->scaled.scale, (unsigned long)power);
    mpz_mul(difference->r, difference->r, w->scale);
    mpz_mul_si(difference->p, n.p, tree->density);
    mpz_sub(difference->p, difference->p, difference->r);
    mpz_mul_si(difference->q, n.q, tree->density);
    mpz_mul_si(difference->r, difference->r, tree->density);
    difference->d = p->scaled.d;
    mpz_clears(n.p, n.q, NULL);
}
