/* SPDX-License-Identifier: BSD-3-Clause
 * Rooted trees, the shapes of the order conditions. */
#ifndef OT_SCHEMES_TABLEAU_TREES_H
#define OT_SCHEMES_TABLEAU_TREES_H

#include "base/status.h"

/* One order more than can be proved, to see the last one fail. */
enum { OT__TREE_NODES_MOST = OT_ORDER_MOST + 1 };

/* left with right attached to its root as one more child; the single node has neither (-1).  The
 * children of a root are attached in falling order of their numbers, so every tree occurs once. */
typedef struct ot__tree {
    int nodes, left, right;
    int repeats;   /* how often right is a child of the root */
    long density;  /* gamma: product of the sizes of all subtrees */
    long symmetry; /* sigma: order of its group of automorphisms */
} ot__tree;

/* Trees in the order of their nodes: those of n nodes are first[n] .. first[n + 1] - 1. */
typedef struct ot__trees {
    ot__tree *tree;
    int first[OT__TREE_NODES_MOST + 2];
} ot__trees;

ot_status ot__trees_make(ot__trees *trees); /* OT_ENOMEM */
void ot__trees_free(ot__trees *trees);

/* The level of each node, the root's is 0, parents before children; returns the number of nodes. */
int ot__tree_levels(const ot__trees *trees, int i, unsigned char *level);

#endif
