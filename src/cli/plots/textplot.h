/* SPDX-License-Identifier: BSD-3-Clause
 * Charts of curves in plain characters, for terminals, logs and pipes. */
#ifndef OT_CLI_PLOTS_TEXTPLOT_H
#define OT_CLI_PLOTS_TEXTPLOT_H

#include "cli/runs/learned.h"

/* Prints charts of test accuracy and losses, `width` characters wide, with one letter per group. */
void cli_textplot(const cli_runs *all, int width);
/* Prints a chart per panel of learned numbers, and the last value of each of its lines.  A panel
 * with many lines shows the named ones only. */
void cli_textplot_learned(const cli_runs *all, const cli_learned *l, int width);

#endif
