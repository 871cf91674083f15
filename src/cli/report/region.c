/* SPDX-License-Identifier: BSD-3-Clause
 * Finds the extent of a stability region by evaluating the stability polynomial R (Horner's rule)
 * on a coarse grid over the upper half-plane. */
#include "cli/report/region.h"

#include <math.h>

double cli_stability_modulus(const ot_stability *s, double complex z)
{
    double complex r = 0;
    for (int k = s->degree; k >= 0; k--)
        r = r * z + s->r[k];
    return cabs(r);
}

void cli_region_cover(cli_region *region, const ot_stability *s)
{
    enum { N = 200 };
    const double size = 1.5 * fmin(s->real, 1e3) + 3;
    for (int i = -N; i <= N / 2; i++)
        for (int j = 0; j <= N; j++) {
            const double x = size * i / N, y = size * j / N;
            if (cli_stability_modulus(s, x + I * y) > 1) continue;
            region->left = fmin(region->left, x);
            region->right = fmax(region->right, x);
            region->top = fmax(region->top, y);
        }
}

void cli_region_widen(cli_region *region)
{
    const double margin = 0.08 * (region->right - region->left) + 0.1;
    region->left -= margin;
    region->right += margin;
    region->top += margin;
}
