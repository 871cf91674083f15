/* SPDX-License-Identifier: BSD-3-Clause
 * Rooted trees as level sequences: the level of each node, parents before children.  They are
 * listed by the algorithm of T. Beyer and S. M. Hedetniemi (SIAM J. Comput. 9 (1980) 706-712),
 * which shares nothing with the library. */
#ifndef OT_TESTS_LEVELS_H
#define OT_TESTS_LEVELS_H

#include <stdbool.h>

void levels_first(int n, unsigned char *level); /* the path, where each node has one child */
bool levels_next(int n, unsigned char *level);  /* returns false after the last tree */
/* Sorts the children of every node, so that the sequence is the largest of its tree. */
void levels_canonical(int n, unsigned char *level);

/* The number of nodes of the subtree whose root is node i. */
int levels_subtree(int n, const unsigned char *level, int i);

/* The product of the numbers of nodes of all subtrees. */
double levels_density(int n, const unsigned char *level);

#endif
