/* SPDX-License-Identifier: BSD-3-Clause
 * Round numbers at which an axis is marked. */
#ifndef OT_CLI_FRAME_TICKS_H
#define OT_CLI_FRAME_TICKS_H

/* Returns 1, 2 or 5 times a power of ten that divides the width into about `parts` parts. */
double cli_ticks_step(double width, int parts);

enum { CLI_TICKS_MOST = 100 };

/* Mark i = 0 .. n - 1 is at (first + i) * step. */
typedef struct cli_ticks {
    double first, step;
    int n;
} cli_ticks;

/* Returns the multiples of step from `from` to `to`, the first CLI_TICKS_MOST of them.  There are
 * none if the numbers are not finite or if neighbouring multiples are the same double. */
cli_ticks cli_ticks_of(double from, double to, double step);

#endif
