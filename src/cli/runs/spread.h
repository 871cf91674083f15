/* SPDX-License-Identifier: BSD-3-Clause
 * What a few seeds gave, in numbers. */
#ifndef OT_CLI_RUNS_SPREAD_H
#define OT_CLI_RUNS_SPREAD_H

typedef struct cli_spread {
    int n;
    double mean, deviation, least, most; /* NAN when n is 0; deviation: of the sample, 0 of one */
} cli_spread;

/* Of n values; what is not finite makes mean and deviation so. */
cli_spread cli_spread_of(int n, const double v[]);

#endif
