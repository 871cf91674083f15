/* SPDX-License-Identifier: BSD-3-Clause
 * Evaluates the order conditions up to order 4, and projects coefficients onto those of order 1
 * and 2:
 *
 *     g_1 = sum_i b_i - 1 = 0,   g_2 = sum_i b_i c_i - 1/2 = 0,   c_i = sum_j a_ij.
 *
 * The shortest step to the zero of the linearised conditions is -J'(JJ')^-1 g, where J is the
 * Jacobian of g.  The row of g_1 has 1 for each b_i; the row of g_2 has b_i for each a_ij and c_i
 * for each b_i.  g_2 is bilinear, so the step is repeated, and converges as Newton's method does.
 *
 * Reference: Hairer, Norsett, Wanner, Solving Ordinary Differential Equations I, II.2. */
#include "schemes/tableau/residuals.h"

#include <math.h>

#include "odetape.h"
#include "schemes/tableau/tableau.h"

enum { MOST = OT__STAGES_MOST, MOST_STEPS = 30 };
static const double ENOUGH = 1e-15;

static double a_of(const ot__coefs *z, int i, int j)
{
    return z->a[i * (i - 1) / 2 + j];
}

/* y = A x.  If x is NULL it is all ones, so that y is c. */
static void times_a(const ot__coefs *z, const double x[], double y[])
{
    for (int i = 0; i < z->stages; i++) {
        y[i] = 0;
        for (int j = 0; j < i; j++)
            y[i] += a_of(z, i, j) * (x ? x[j] : 1.0);
    }
}

static double weigh(const ot__coefs *z, const double phi[])
{
    double sum = 0;
    for (int i = 0; i < z->stages; i++)
        sum += z->b[i] * phi[i];
    return sum;
}

void ot__order_residuals(const ot__coefs *z, int orders, double residual[])
{
    double one[MOST], c[MOST], cc[MOST], ac[MOST], ccc[MOST], cac[MOST], acc[MOST], aac[MOST];
    times_a(z, NULL, c);
    times_a(z, c, ac);
    times_a(z, ac, aac);
    for (int i = 0; i < z->stages; i++) {
        one[i] = 1;
        cc[i] = c[i] * c[i];
        ccc[i] = c[i] * cc[i];
        cac[i] = c[i] * ac[i];
    }
    times_a(z, cc, acc);
    const struct {
        int order;
        const double *phi;
        double gamma;
    } tree[] = { { 1, one, 1 }, { 2, c, 2 },   { 3, cc, 3 },   { 3, ac, 6 },
                 { 4, ccc, 4 }, { 4, cac, 8 }, { 4, acc, 12 }, { 4, aac, 24 } };
    for (int q = 0; q < orders; q++)
        residual[q] = 0;
    for (size_t k = 0; k < sizeof tree / sizeof tree[0]; k++) {
        const int q = tree[k].order - 1;
        if (q < orders)
            residual[q] = fmax(residual[q], fabs(weigh(z, tree[k].phi) - 1 / tree[k].gamma));
    }
}

/* The symmetric linear system JJ' lambda = -g.  For order 1 its second row is that of the
 * identity. */
typedef struct normal {
    double m11, m12, m22, g1, g2;
} normal;

static normal linearise(const ot__coefs *z, int order, const bool a_free[], const bool b_free[],
                        const double c[])
{
    normal n = { .m22 = order < 2, .g1 = -1, .g2 = order < 2 ? 0 : weigh(z, c) - 0.5 };
    for (int i = 0; i < z->stages; i++) {
        n.g1 += z->b[i];
        n.m11 += b_free[i];
        if (order < 2) continue;
        if (b_free[i]) {
            n.m12 += c[i];
            n.m22 += c[i] * c[i];
        }
        for (int j = 0; j < i; j++)
            if (a_free[i * (i - 1) / 2 + j]) n.m22 += z->b[i] * z->b[i];
    }
    return n;
}

void ot__order_project(const ot__coefs *z, int order, const bool a_free[], const bool b_free[])
{
    double c[MOST];
    for (int step = 0; step < MOST_STEPS; step++) {
        times_a(z, NULL, c);
        const normal n = linearise(z, order, a_free, b_free, c);
        const double det = n.m11 * n.m22 - n.m12 * n.m12;
        if (fmax(fabs(n.g1), fabs(n.g2)) <= ENOUGH || !(fabs(det) > 1e-12)) return;
        const double l1 = (n.m12 * n.g2 - n.m22 * n.g1) / det;
        const double l2 = (n.m12 * n.g1 - n.m11 * n.g2) / det;
        for (int i = 0; i < z->stages; i++) {
            for (int j = 0; j < i; j++)
                if (a_free[i * (i - 1) / 2 + j]) z->a[i * (i - 1) / 2 + j] += l2 * z->b[i];
            if (b_free[i]) z->b[i] += l1 + l2 * c[i];
        }
    }
}
