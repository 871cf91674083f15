/* SPDX-License-Identifier: BSD-3-Clause
 * Jacobi's method (Golub and Van Loan, Matrix Computations, section 8.5): rotations make one pair
 * of elements off the diagonal zero after another, in sweeps over all pairs, until the sum of
 * squares off the diagonal is rounding error. */
#include "landscape/eigen.h"

#include <float.h>
#include <math.h>

enum { MOST_SWEEPS = 60 }; /* six to ten are usual */

/* Rotates columns p and q of the n by n matrix m by the angle with cosine c and sine s. */
static void turn_columns(int n, double *m, int p, int q, double c, double s)
{
    for (int i = 0; i < n; i++) {
        const double x = m[i * n + p], y = m[i * n + q];
        m[i * n + p] = c * x - s * y;
        m[i * n + q] = s * x + c * y;
    }
}

static void turn_rows(int n, double *m, int p, int q, double c, double s)
{
    for (int i = 0; i < n; i++) {
        const double x = m[p * n + i], y = m[q * n + i];
        m[p * n + i] = c * x - s * y;
        m[q * n + i] = s * x + c * y;
    }
}

/* Makes a_pq zero by the rotation with the smaller angle. */
static void annihilate(int n, double *a, double *v, int p, int q)
{
    const double apq = a[p * n + q];
    if (apq == 0.0) return;
    const double tau = (a[q * n + q] - a[p * n + p]) / (2.0 * apq);
    const double t = (tau < 0.0 ? -1.0 : 1.0) / (fabs(tau) + sqrt(1.0 + tau * tau));
    const double c = 1.0 / sqrt(1.0 + t * t), s = t * c;
    turn_columns(n, a, p, q, c, s);
    turn_rows(n, a, p, q, c, s);
    turn_columns(n, v, p, q, c, s);
    a[p * n + q] = a[q * n + p] = 0.0;
}

/* Of the elements on the diagonal, or of those off it. */
static double sum_of_squares(int n, const double *a, int diagonal)
{
    double sum = 0.0;
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++)
            if ((i == j) == diagonal) sum += a[i * n + j] * a[i * n + j];
    return sum;
}

void ot__eigen(int n, double *a, double *v)
{
    for (int i = 0; i < n * n; i++)
        v[i] = i % (n + 1) == 0;
    const double small = DBL_EPSILON * DBL_EPSILON;
    for (int sweep = 0; sweep < MOST_SWEEPS; sweep++) {
        if (sum_of_squares(n, a, 0) <= small * sum_of_squares(n, a, 1)) return;
        for (int p = 0; p < n; p++)
            for (int q = p + 1; q < n; q++)
                annihilate(n, a, v, p, q);
    }
}
