/* SPDX-License-Identifier: BSD-3-Clause
 * Charts of curves in plain characters, for terminals, logs and pipes. */
#ifndef OT_CLI_PLOTS_TEXTPLOT_H
#define OT_CLI_PLOTS_TEXTPLOT_H

#include "cli/runs/metrics.h"

/* Prints charts of test accuracy and losses, `width` characters wide, with one letter per group. */
void cli_textplot(const cli_runs *all, int width);

#endif
