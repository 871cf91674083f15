/* SPDX-License-Identifier: BSD-3-Clause
 * A chart with two axes, as an SVG within a page.  What is written between cli_chart_open and
 * cli_chart_close has its coordinates in pixels of the area between the axes, and is cut at its
 * edges. */
#ifndef OT_CLI_REPORT_SVG_H
#define OT_CLI_REPORT_SVG_H

#include <stdbool.h>
#include <stdio.h>

typedef struct cli_scale {
    double from, to;
    const char *title;
    bool whole; /* only whole numbers are marked */
} cli_scale;

typedef struct cli_chart {
    const char *title;
    double width, height; /* of the area between the axes */
    cli_scale x, y;
} cli_chart;

void cli_chart_open(FILE *to, const cli_chart *c);
void cli_chart_close(FILE *to);

double cli_chart_x(const cli_chart *c, double x);
double cli_chart_y(const cli_chart *c, double y); /* grows downwards */

/* Writes the attributes of line i, stroke and dashes, into an element.  With the marks of
 * cli_svg_mark, lines can be distinguished in black and white. */
void cli_svg_stroke(FILE *to, int i);
/* Writes the fill of a band around line i, in its colour, into an element. */
void cli_svg_band(FILE *to, int i);
void cli_svg_mark(FILE *to, int i, double x, double y);
/* Draws the mark of line i in a colour, "#rrggbb". */
void cli_svg_mark_in(FILE *to, int i, const char *colour, double x, double y);
/* Draws a piece of line i for a legend. */
void cli_svg_sample(FILE *to, int i);

#endif
