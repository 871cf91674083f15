/* SPDX-License-Identifier: BSD-3-Clause
 * The picture of a program's memory: which bytes of its arena hold what during which steps. */
#ifndef OT_CLI_PLOTS_ARENA_PLOT_H
#define OT_CLI_PLOTS_ARENA_PLOT_H

#include "cli/frame/command.h"
#include "odetape.h"

/* Draws the plan of a network to a file, .svg or .png.  OT_EINVAL if the network is several
 * programs, which have an arena each, or if the name ends otherwise; CLI_EUNAVAILABLE if gnuplot is
 * missing or fails. */
ot_status cli_arena_plot(const ot_net *net, const ot_execution *e, const char *image);

#endif
