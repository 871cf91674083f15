/* SPDX-License-Identifier: BSD-3-Clause
 * The median of numbers that are measured several times, which one slow measurement does not move.
 */
#ifndef OT_BASE_MEDIAN_H
#define OT_BASE_MEDIAN_H

#include <math.h>
#include <stdlib.h>

static inline int ot__by_number(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Sorts v ascending and returns its median: the mean of the middle two for an even n, and NAN for
 * n = 0.  No number of v may be NAN. */
static inline double ot__median(size_t n, double v[])
{
    if (n == 0) return NAN;
    qsort(v, n, sizeof *v, ot__by_number);
    return 0.5 * (v[(n - 1) / 2] + v[n / 2]);
}

#endif
