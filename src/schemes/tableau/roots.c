/* SPDX-License-Identifier: BSD-3-Clause
 * The first root, never a later one: at x, expand the polynomial around x and drop its negative
 * terms, but for the constant one.  What is left is not below the polynomial and grows, so up to
 * its own root the polynomial has none, and that is how far x may go.  Near a simple root it is
 * Newton's method. */
#include "schemes/tableau/roots.h"

#include <stdbool.h>
#include <string.h>

enum { DEGREE_MOST = 128, STEPS_MOST = 10000 };

/* c[k] = the k-th derivative of e at x, over k!. */
static void expand(int n, const double e[], long double x, long double c[])
{
    for (int k = 0; k <= n; k++)
        c[k] = e[k];
    for (int k = 0; k < n; k++)
        for (int i = n - 1; i >= k; i--)
            c[i] += x * c[i + 1];
}

static long double grown_terms(int n, const long double c[], long double s)
{
    long double sum = 0;
    for (int k = n; k >= 1; k--)
        sum = (sum + (c[k] > 0 ? c[k] : 0)) * s;
    return sum;
}

/* The s > 0 where the terms that grow make up for c[0] < 0; INFINITY when nothing grows. */
static long double safe_step(int n, const long double c[])
{
    long double most = INFINITY, least = 0;
    for (int k = 1; k <= n; k++)
        if (c[k] > 0) most = fminl(most, powl(-c[0] / c[k], 1.0L / k));
    for (int i = 0; i < 64 && isfinite(most); i++) {
        const long double middle = (least + most) / 2;
        if (grown_terms(n, c, middle) > -c[0])
            most = middle;
        else
            least = middle;
    }
    return most;
}

/* Where g is not below 0 for the first time; g[0] != 0. */
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
