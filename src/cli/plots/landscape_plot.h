/* SPDX-License-Identifier: BSD-3-Clause
 * Pictures of a landscape: contours and a surface for a plane, curves for a line.  Each is saved as
 * SVG and PNG with its numbers and script. */
#ifndef OT_CLI_PLOTS_LANDSCAPE_PLOT_H
#define OT_CLI_PLOTS_LANDSCAPE_PLOT_H

#include "cli/frame/command.h"
#include "odetape.h"

typedef struct cli_picture {
    const ot_landscape *l;
    const ot_trajectory *path; /* drawn over the contours; may be NULL */
    const char *directory;
    char title[256];
    char label[2][128]; /* of the axes */
} cli_picture;

/* Returns CLI_NO if there is nothing to draw, CLI_EUNAVAILABLE if gnuplot is missing or fails. */
ot_status cli_landscape_plot(const cli_picture *g);

#endif
