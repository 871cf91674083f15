/* SPDX-License-Identifier: BSD-3-Clause
 * Rooted trees as level sequences, listed by the algorithm of T. Beyer, S. M. Hedetniemi (SIAM J.
 * Comput. 9 (1980) 706-712): nothing of it is shared with the library. */
#ifndef OT_TESTS_LEVELS_H
#define OT_TESTS_LEVELS_H

#include <stdbool.h>

void levels_first(int n, unsigned char *level); /* the path */
bool levels_next(int n, unsigned char *level);  /* false behind the last */
/* Sort the children of every node, so that the sequence is the largest of its tree. */
void levels_canonical(int n, unsigned char *level);

/* Nodes of the subtree whose root is node i. */
int levels_subtree(int n, const unsigned char *level, int i);

/* Product of the sizes of all subtrees. */
double levels_density(int n, const unsigned char *level);

#endif
