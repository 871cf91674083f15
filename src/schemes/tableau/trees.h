/* SPDX-License-Identifier: BSD-3-Clause
 * Rooted trees.  Each of them stands for one order condition. */
#ifndef OT_SCHEMES_TABLEAU_TREES_H
#define OT_SCHEMES_TABLEAU_TREES_H

#include "base/status.h"

/* One order more than can be proved, because the first order that fails is examined too. */
enum { OT__TREE_NODES_MOST = OT_ORDER_MOST + 1 };

/* A tree of several nodes is the tree `left` with the tree `right` attached to its root as one more
 * child.  The children of a root are attached in descending order of their numbers, so every tree
 * occurs once. */
typedef struct ot__tree {
    int nodes;
    int left, right; /* numbers of smaller trees; -1 for the tree of one node */
    int repeats;     /* how often `right` is a child of the root */
    long density;    /* gamma: the product of the numbers of nodes of all subtrees */
    long symmetry;   /* sigma: the order of the group of automorphisms */
} ot__tree;

/* Trees in ascending order of their numbers of nodes. */
typedef struct ot__trees {
    ot__tree *tree;
    size_t capacity;
    int nodes;                          /* the trees of at most this many nodes exist */
    int first[OT__TREE_NODES_MOST + 2]; /* trees of n nodes are first[n] .. first[n+1] - 1 */
} ot__trees;

/* Makes the trees of at most `nodes` nodes, if they do not exist yet.  `trees` is zeroed before the
 * first call.  OT_ENOMEM; `trees` must be freed also after an error. */
ot_status ot__trees_make(ot__trees *trees, int nodes);
void ot__trees_free(ot__trees *trees);

/* Lists the level of each node, parents before children; the root has level 0.  Returns the number
 * of nodes. */
int ot__tree_levels(const ot__trees *trees, int i, unsigned char *level);

#endif
