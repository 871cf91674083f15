/* SPDX-License-Identifier: BSD-3-Clause
 * Mean, deviation and range of a few numbers, such as the accuracies of several seeds. */
#ifndef OT_CLI_RUNS_SPREAD_H
#define OT_CLI_RUNS_SPREAD_H

typedef struct cli_spread {
    int n;
    double mean, deviation, least, most; /* NAN if n is 0; deviation: of the sample, 0 if n is 1 */
} cli_spread;

/* Returns the spread of n values.  A value that is not finite makes mean and deviation not
 * finite. */
cli_spread cli_spread_of(int n, const double v[]);

#endif
