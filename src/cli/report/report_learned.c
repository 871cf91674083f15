/* SPDX-License-Identifier: BSD-3-Clause
 * The panels that odetape plot --learned also draws: learned numbers and evaluations over epochs.
 */
#include <math.h>

#include "cli/report/html.h"
#include "cli/report/report.h"
#include "cli/report/svg.h"
#include "cli/runs/learned.h"

/* Draws a polygon for each stretch of epochs with values: forward along the greatest, back along
 * the least. */
static void write_band(FILE *to, const cli_chart *c, const cli_panel *p, int line)
{
    char colour[8];
    cli_panel_colour(p, line, colour);
    for (int from = 0, end; from < p->group->epochs; from = end + 1) {
        end = from;
        while (end < p->group->epochs && cli_panel_spread(p, line, end).n > 0)
            end++;
        if (end - from < 2) continue;
        fprintf(to, "<path fill=\"%s\" fill-opacity=\"0.15\" d=\"", colour);
        for (int e = from; e < end; e++)
            fprintf(to, "%s%.2f %.2f", e > from ? "L" : "M", cli_chart_x(c, e + 1),
                    cli_chart_y(c, cli_panel_spread(p, line, e).most));
        for (int e = end - 1; e >= from; e--)
            fprintf(to, "L%.2f %.2f", cli_chart_x(c, e + 1),
                    cli_chart_y(c, cli_panel_spread(p, line, e).least));
        fputs("z\"/>\n", to);
    }
}

static void write_line(FILE *to, const cli_chart *c, const cli_panel *p, int line)
{
    char colour[8];
    bool joined = false;
    const int named = cli_panel_named(p, line), every = p->group->epochs / 12 + 1;
    cli_panel_colour(p, line, colour);
    fprintf(to, "<path fill=\"none\" stroke=\"%s\" stroke-width=\"%d\" d=\"", colour,
            named < 0 ? 1 : 2);
    for (int e = 0; e < p->group->epochs; e++) {
        const double v = cli_panel_spread(p, line, e).mean;
        if (isfinite(v))
            fprintf(to, "%s%.2f %.2f", joined ? "L" : "M", cli_chart_x(c, e + 1),
                    cli_chart_y(c, v));
        joined = isfinite(v);
    }
    fputs("\"/>\n", to);
    for (int e = 0; e < p->group->epochs && named >= 0; e += every) {
        const double v = cli_panel_spread(p, line, e).mean;
        if (isfinite(v))
            cli_svg_mark_in(to, named, colour, cli_chart_x(c, e + 1), cli_chart_y(c, v));
    }
}

static void write_key(FILE *to, const cli_panel *p)
{
    char colour[8];
    fputs("<ul class=\"legend\">\n", to);
    for (int line = 0; line < p->n; line++) {
        const int named = cli_panel_named(p, line);
        if (named < 0) continue;
        cli_panel_colour(p, line, colour);
        fprintf(to,
                "<li><svg class=\"chart\" width=\"40\" height=\"16\" viewBox=\"0 0 40 16\"><path "
                "d=\"M2 8H38\" "
                "stroke=\"%s\" stroke-width=\"2\"/>",
                colour);
        cli_svg_mark_in(to, named, colour, 20, 8);
        fputs("</svg>", to);
        cli_html_put(to, "%s", p->line[line].name);
        fputs("</li>\n", to);
    }
    fputs("</ul>\n", to);
}

static void write_panel(FILE *to, const cli_panel *p)
{
    char title[96];
    const double last = p->group->epochs > 1 ? p->group->epochs : 2;
    const double margin = 0.02 * (last - 1); /* so that marks at the edges are visible */
    cli_chart c = { .title = title,
                    .width = 440,
                    .height = 250,
                    .x = { 1 - margin, last + margin, "epoch", true },
                    .y = { .title = p->evaluations ? "evaluations" : p->kind } };
    cli_panel_title(p, title, sizeof title);
    cli_panel_range(p, &c.y.from, &c.y.to);
    fputs("<div>", to);
    cli_chart_open(to, &c);
    for (int line = 0; line < p->n && cli_panel_has_bands(p); line++)
        write_band(to, &c, p, line);
    for (int line = 0; line < p->n; line++)
        write_line(to, &c, p, line);
    cli_chart_close(to);
    write_key(to, p);
    fputs("</div>\n", to);
}

/* Writes the panels of one group, which begin at i.  Returns the index after them. */
static int write_group(FILE *to, const cli_learned *l, int i)
{
    const cli_group_of_runs *const group = l->panel[i].group;
    if (group->n > 1)
        cli_html_element(to, "h3", "%s, mean of %d seeds", group->label, group->n);
    else
        cli_html_element(to, "h3", "%s", group->label);
    fputs("<div class=\"panels\">\n", to);
    for (; i < l->n && l->panel[i].group == group; i++)
        write_panel(to, &l->panel[i]);
    fputs("</div>\n", to);
    return i;
}

void cli_report_learned(FILE *to, const cli_page *r)
{
    cli_learned l;
    cli_html_record_failure(cli_learned_find(&r->curves, &l));
    if (l.n > 0) {
        cli_html_section(to, "Learned numbers and evaluations");
        cli_html_element(
            to, "p",
            "The value after each epoch.  Lines of more contrast are closer to the images.");
    }
    for (int i = 0; i < l.n;)
        i = write_group(to, &l, i);
    if (l.left_out > 0)
        cli_html_missing(to,
                         "%d more panels are left out; odetape plot --learned draws those of "
                         "fewer runs.",
                         l.left_out);
    cli_learned_free(&l);
}
