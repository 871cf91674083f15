/* SPDX-License-Identifier: BSD-3-Clause
 * The picture of learned numbers and of evaluations over epochs. */
#ifndef OT_CLI_PLOTS_LEARNED_PLOT_H
#define OT_CLI_PLOTS_LEARNED_PLOT_H

#include "cli/plots/gnuplot.h"
#include "cli/runs/learned.h"

/* Draws all panels, which are at least one, to the files that cli_plot_open has named.  Returns
 * CLI_EUNAVAILABLE if gnuplot is missing or fails. */
ot_status cli_learned_plot(const cli_plot_files *files, const cli_runs *all, const cli_learned *l);

#endif
