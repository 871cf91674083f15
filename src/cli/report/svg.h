/* SPDX-License-Identifier: BSD-3-Clause
 * A chart with two axes as an SVG within a page: cli_chart_open, then whatever is drawn in pixels
 * of the area between the axes and cut at its edges, then cli_chart_close. */
#ifndef OT_CLI_REPORT_SVG_H
#define OT_CLI_REPORT_SVG_H

#include <stdbool.h>
#include <stdio.h>

typedef struct cli_scale {
    double from, to;
    const char *title;
    bool whole; /* marked at whole numbers only */
} cli_scale;

typedef struct cli_chart {
    const char *title;
    double width, height; /* of the area between the axes */
    cli_scale x, y;
} cli_chart;

void cli_chart_open(FILE *to, const cli_chart *c);
void cli_chart_close(FILE *to);

double cli_chart_x(const cli_chart *c, double x);
double cli_chart_y(const cli_chart *c, double y); /* downwards */

/* How the i-th of several lines looks: stroke and dashes, to be put into an element.  They can be
 * told apart in black and white, with cli_svg_mark. */
void cli_svg_stroke(FILE *to, int i);
void cli_svg_mark(FILE *to, int i, double x, double y);
/* A piece of the i-th line, for a legend. */
void cli_svg_sample(FILE *to, int i);

#endif
