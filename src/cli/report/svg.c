/* SPDX-License-Identifier: BSD-3-Clause
 * Draws axes, their marks and lines as SVG.  Lines differ in dashes and marks, not only in
 * colour. */
#include "cli/report/svg.h"

#include <math.h>

#include "base/decimal.h"
#include "cli/report/html.h"
#include "cli/frame/ticks.h"

enum { LEFT = 64, RIGHT = 16, TOP = 30, BOTTOM = 50, WANTED_TICKS = 6 };

static const char *const shades[] = { "#000000", "#c04000", "#0060b0", "#009070" };
static const char *const dashes[] = { "none", "9 4", "2 3", "10 3 2 3", "5 5" };
enum { SHADES = sizeof shades / sizeof shades[0], DASHES = sizeof dashes / sizeof dashes[0] };

/* ---- axes ------------------------------------------------------------------------------------ */

static double part(const cli_scale *s, double v)
{
    return (v - s->from) / (s->to - s->from);
}

double cli_chart_x(const cli_chart *c, double x)
{
    return c->width * part(&c->x, x);
}

double cli_chart_y(const cli_chart *c, double y)
{
    return c->height * (1 - part(&c->y, y));
}

static cli_ticks ticks_of(const cli_scale *s)
{
    const double step = cli_ticks_step(s->to - s->from, WANTED_TICKS);
    return cli_ticks_of(s->from, s->to, s->whole ? fmax(1, step) : step);
}

static void write_ticks_x(FILE *to, const cli_chart *c)
{
    const cli_ticks t = ticks_of(&c->x);
    for (int i = 0; i < t.n; i++) {
        const double value = (t.first + i) * t.step;
        const double at = LEFT + cli_chart_x(c, value);
        fprintf(to,
                "<path class=\"grid\" stroke=\"#d0d0d0\" d=\"M%.2f %dv%.2f\"/>"
                "<text x=\"%.2f\" y=\"%.2f\" text-anchor=\"middle\">%s</text>\n",
                at, TOP, c->height, at, TOP + c->height + 18,
                OT__ROUNDED(value == 0 ? 0 : value, 6));
    }
}

static void write_ticks_y(FILE *to, const cli_chart *c)
{
    const cli_ticks t = ticks_of(&c->y);
    for (int i = 0; i < t.n; i++) {
        const double value = (t.first + i) * t.step;
        const double at = TOP + cli_chart_y(c, value);
        fprintf(to,
                "<path class=\"grid\" stroke=\"#d0d0d0\" d=\"M%d %.2fh%.2f\"/>"
                "<text x=\"%d\" y=\"%.2f\" text-anchor=\"end\">%s</text>\n",
                LEFT, at, c->width, LEFT - 6, at + 5, OT__ROUNDED(value == 0 ? 0 : value, 6));
    }
}

static void write_titles(FILE *to, const cli_chart *c)
{
    const double middle = TOP + c->height / 2;
    fprintf(to, "<text x=\"%d\" y=\"20\" font-weight=\"bold\">", LEFT);
    cli_html_text(to, c->title);
    fprintf(to, "</text>\n<text x=\"%.2f\" y=\"%.2f\" text-anchor=\"middle\">", LEFT + c->width / 2,
            TOP + c->height + 40);
    cli_html_text(to, c->x.title);
    fprintf(to,
            "</text>\n<text x=\"14\" y=\"%.2f\" text-anchor=\"middle\" transform=\"rotate(-90 14 "
            "%.2f)\">",
            middle, middle);
    cli_html_text(to, c->y.title);
    fputs("</text>\n", to);
}

void cli_chart_open(FILE *to, const cli_chart *c)
{
    const double width = LEFT + c->width + RIGHT, height = TOP + c->height + BOTTOM;
    fprintf(to,
            "<svg class=\"chart\" width=\"%.0f\" height=\"%.0f\" viewBox=\"0 0 %.0f %.0f\" "
            "font-size=\"14\" "
            "font-family=\"sans-serif\" role=\"img\" aria-label=\"",
            width, height, width, height);
    cli_html_text(to, c->title);
    fprintf(to, "\">\n<rect width=\"%.0f\" height=\"%.0f\" fill=\"#ffffff\"/>\n", width, height);
    write_ticks_x(to, c);
    write_ticks_y(to, c);
    write_titles(to, c);
    fprintf(to,
            "<rect x=\"%d\" y=\"%d\" width=\"%.2f\" height=\"%.2f\" fill=\"none\" "
            "stroke=\"#000000\"/>\n"
            "<svg x=\"%d\" y=\"%d\" width=\"%.2f\" height=\"%.2f\">\n",
            LEFT, TOP, c->width, c->height, LEFT, TOP, c->width, c->height);
}

void cli_chart_close(FILE *to)
{
    fputs("</svg>\n</svg>\n", to);
}

/* ---- lines ----------------------------------------------------------------------------------- */

void cli_svg_stroke(FILE *to, int i)
{
    fprintf(to,
            " fill=\"none\" stroke=\"%s\" stroke-dasharray=\"%s\" stroke-width=\"2\" "
            "stroke-linejoin=\"round\"",
            shades[i % SHADES], dashes[i % DASHES]);
}

void cli_svg_band(FILE *to, int i)
{
    fprintf(to, " fill=\"%s\" fill-opacity=\"0.15\"", shades[i % SHADES]);
}

void cli_svg_mark_in(FILE *to, int i, const char *colour, double x, double y)
{
    static const char *const marks[] = { "m-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z",
                                         "m-4 -4h8v8h-8z",
                                         "m0 -5l5 9h-10z",
                                         "m-5 0l5 -6l5 6l-5 6z",
                                         "m-4 -4l8 8m0 -8l-8 8",
                                         "m0 5l5 -9h-10z",
                                         "m-5 0h10m-5 -5v10" };
    enum { MARKS = sizeof marks / sizeof marks[0] };
    fprintf(to, "<path fill=\"#ffffff\" stroke=\"%s\" stroke-width=\"1.5\" d=\"M%.2f %.2f%s\"/>\n",
            colour, x, y, marks[i % MARKS]);
}

void cli_svg_mark(FILE *to, int i, double x, double y)
{
    cli_svg_mark_in(to, i, shades[i % SHADES], x, y);
}

void cli_svg_sample(FILE *to, int i)
{
    fputs(
        "<svg class=\"chart\" width=\"64\" height=\"16\" viewBox=\"0 0 64 16\"><path d=\"M2 8H62\"",
        to);
    cli_svg_stroke(to, i);
    fputs("/>", to);
    cli_svg_mark(to, i, 32, 8);
    fputs("</svg>", to);
}
