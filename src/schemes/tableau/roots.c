/* SPDX-License-Identifier: BSD-3-Clause
 * Finds the first positive root of a polynomial and never a later one.
 *
 * At x, where the polynomial is negative, it is expanded around x, and its negative terms except
 * the constant are dropped.  The result is an increasing function that is nowhere less than the
 * polynomial.  So the polynomial has no root before that of the result, and x moves there.  Near a
 * simple root this is Newton's method. */
#include "schemes/tableau/roots.h"

#include <stdbool.h>
#include <string.h>

enum { DEGREE_MOST = 128, STEPS_MOST = 10000 };

/* c[k] = e^(k)(x) / k!, the coefficients of the expansion around x. */
static void expand(int n, const double e[], long double x, long double c[])
{
    for (int k = 0; k <= n; k++)
        c[k] = e[k];
    for (int k = 0; k < n; k++)
        for (int i = n - 1; i >= k; i--)
            c[i] += x * c[i + 1];
}

/* sum_k c[k] s^k over k >= 1 and c[k] > 0. */
static long double positive_terms(int n, const long double c[], long double s)
{
    long double sum = 0;
    for (int k = n; k >= 1; k--)
        sum = (sum + (c[k] > 0 ? c[k] : 0)) * s;
    return sum;
}

/* The s > 0 where the positive terms sum to -c[0] > 0; INFINITY if there are none. */
static long double safe_step(int n, const long double c[])
{
    long double most = INFINITY, least = 0;
    for (int k = 1; k <= n; k++)
        if (c[k] > 0) most = fminl(most, powl(-c[0] / c[k], 1.0L / k));
    for (int i = 0; i < 64 && isfinite(most); i++) {
        const long double middle = (least + most) / 2;
        if (positive_terms(n, c, middle) > -c[0])
            most = middle;
        else
            least = middle;
    }
    return most;
}

/* The first x >= 0 where the polynomial g is not negative.  g[0] must not be 0. */
static double march(int n, const double g[])
{
    long double x = 0, c[DEGREE_MOST + 1];
    for (int step = 0; step < STEPS_MOST; step++) {
        expand(n, g, x, c);
        const long double s = c[0] < 0 ? safe_step(n, c) : 0;
        if (isinf(s)) return INFINITY;
        x += s;
        if (s > 1e-9L * x) continue;
        expand(n, g, x * 1.0001L, c);
        if (!(c[0] < 0)) return (double)x;
        x *= 1.0001L;
    }
    return (double)x;
}

double ot__first_positive(int n, const double e[])
{
    int zeros = 0;
    while (zeros <= n && e[zeros] == 0)
        zeros++;
    if (zeros > n) return INFINITY;
    for (int k = zeros; k <= n; k++)
        if (!isfinite(e[k])) return 0;
    return march(n - zeros, e + zeros);
}
