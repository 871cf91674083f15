/* SPDX-License-Identifier: BSD-3-Clause
 * Curves in plain characters, for terminals, logs and pipes. */
#ifndef OT_CLI_PLOTS_TEXTPLOT_H
#define OT_CLI_PLOTS_TEXTPLOT_H

#include "cli/runs/metrics.h"

/* Test accuracy and losses of all groups, one letter a group, within so many columns. */
void cli_textplot(const cli_runs *all, int width);

#endif
