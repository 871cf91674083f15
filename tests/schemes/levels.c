/* SPDX-License-Identifier: BSD-3-Clause
 * Lists rooted trees as level sequences, by Beyer and Hedetniemi's algorithm (levels.h). */
#include "schemes/levels.h"

#include <string.h>

void levels_first(int n, unsigned char *level)
{
    for (int i = 0; i < n; i++)
        level[i] = (unsigned char)i;
}

/* Moves the last node that is not a child of the root one level up.  From there on the sequence
 * repeats what lies between this node and the sibling before it. */
bool levels_next(int n, unsigned char *level)
{
    int p = n - 1;
    while (p > 0 && level[p] == 1)
        p--;
    if (p <= 0) return false;
    int q = p - 1;
    while (level[q] != level[p] - 1)
        q--;
    for (int i = p; i < n; i++)
        level[i] = level[i - (p - q)];
    return true;
}

int levels_subtree(int n, const unsigned char *level, int i)
{
    int end = i + 1;
    while (end < n && level[end] > level[i])
        end++;
    return end - i;
}

/* Makes each child of node 0 canonical and inserts it into a sorted sequence. */
void levels_canonical(int n, unsigned char *level)
{
    unsigned char sorted[64], child[64];
    int used = 1;
    sorted[0] = level[0];
    for (int i = 1, m; i < n; i += m) {
        m = levels_subtree(n, level, i);
        memcpy(child, level + i, (size_t)m);
        levels_canonical(m, child);
        int at = 1;
        while (at < used) {
            const int size = levels_subtree(used, sorted, at), least = size < m ? size : m;
            const int order = memcmp(sorted + at, child, (size_t)least);
            if (order < 0 || (order == 0 && size < m)) break;
            at += size;
        }
        memmove(sorted + at + m, sorted + at, (size_t)(used - at));
        memcpy(sorted + at, child, (size_t)m);
        used += m;
    }
    memcpy(level, sorted, (size_t)n);
}

double levels_density(int n, const unsigned char *level)
{
    double density = 1;
    for (int i = 0; i < n; i++)
        density *= levels_subtree(n, level, i);
    return density;
}
