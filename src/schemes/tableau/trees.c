/* SPDX-License-Identifier: BSD-3-Clause
 * Generates all rooted trees by Butcher's product: a tree is a smaller tree with one more child.
 * order.c evaluates trees by the same decomposition.
 *
 * References: Butcher, Numerical Methods for Ordinary Differential Equations, section 300.  OEIS
 * A000081 has the numbers of trees. */
#include "schemes/tableau/trees.h"

#include <string.h>

#include "base/memory.h"

static ot__tree product(const ot__trees *trees, int left, int right)
{
    const ot__tree *u = &trees->tree[left], *v = &trees->tree[right];
    const int nodes = u->nodes + v->nodes;
    const int repeats = u->right == right ? u->repeats + 1 : 1;
    return (ot__tree){ .nodes = nodes,
                       .left = left,
                       .right = right,
                       .repeats = repeats,
                       .density = u->density / u->nodes * v->density * nodes,
                       .symmetry = u->symmetry * v->symmetry * repeats };
}

/* Whether no child of left's root has a smaller number than `right`.  The child attached last has
 * the smallest. */
static bool in_order(const ot__trees *trees, int left, int right)
{
    return trees->tree[left].right < 0 || trees->tree[left].right >= right;
}

static ot_status make_nodes(ot__trees *trees, int nodes)
{
    int n = trees->first[nodes];
    for (int left = 0; left < trees->first[nodes]; left++) {
        const int rest = nodes - trees->tree[left].nodes;
        for (int right = trees->first[rest]; right < trees->first[rest + 1]; right++) {
            if (!in_order(trees, left, right)) continue;
            OT_TRY(ot__grow((void **)&trees->tree, &trees->capacity, (size_t)n + 1,
                            sizeof *trees->tree));
            trees->tree[n++] = product(trees, left, right);
        }
    }
    trees->first[nodes + 1] = n;
    trees->nodes = nodes;
    return OT_OK;
}

static ot_status make_root(ot__trees *trees)
{
    OT_TRY(ot__grow((void **)&trees->tree, &trees->capacity, 1, sizeof *trees->tree));
    trees->tree[0] = (ot__tree){ 1, -1, -1, 0, 1, 1 };
    trees->first[2] = 1;
    trees->nodes = 1;
    return OT_OK;
}

ot_status ot__trees_make(ot__trees *trees, int nodes)
{
    if (trees->nodes == 0) OT_TRY(make_root(trees));
    while (trees->nodes < nodes)
        OT_TRY(make_nodes(trees, trees->nodes + 1));
    return OT_OK;
}

void ot__trees_free(ot__trees *trees)
{
    ot__free(trees->tree);
    *trees = (ot__trees){ 0 };
}

static int levels_from(const ot__trees *trees, int i, unsigned char base, unsigned char *level)
{
    const ot__tree *t = &trees->tree[i];
    if (t->left < 0) {
        *level = base;
        return 1;
    }
    const int n = levels_from(trees, t->left, base, level);
    return n + levels_from(trees, t->right, base + 1, level + n);
}

int ot__tree_levels(const ot__trees *trees, int i, unsigned char *level)
{
    return levels_from(trees, i, 0, level);
}
