/* SPDX-License-Identifier: BSD-3-Clause
 * The deviation is computed in a second pass, from differences to the mean: the difference of two
 * sums of squares would lose digits. */
#include "cli/runs/spread.h"

#include <math.h>

cli_spread cli_spread_of(int n, const double v[])
{
    cli_spread s = { .n = n, .mean = NAN, .deviation = NAN, .least = NAN, .most = NAN };
    double sum = 0, squares = 0;
    for (int i = 0; i < n; i++) {
        sum += v[i];
        s.least = fmin(s.least, v[i]);
        s.most = fmax(s.most, v[i]);
    }
    if (n == 0) return s;
    s.mean = sum / n;
    for (int i = 0; i < n; i++)
        squares += (v[i] - s.mean) * (v[i] - s.mean);
    s.deviation = n > 1 ? sqrt(squares / (n - 1)) : 0;
    return s;
}
