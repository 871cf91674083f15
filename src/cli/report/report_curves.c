/* SPDX-License-Identifier: BSD-3-Clause
 * The curves that odetape plot also draws: a line is the mean over seeds, and its band goes from
 * the least to the greatest value. */
#include <math.h>

#include "base/decimal.h"
#include "cli/report/html.h"
#include "cli/report/report.h"
#include "cli/report/svg.h"

/* Losses above it are cut.  A training above 10 ln(10) = 23 has diverged, and its losses would
 * flatten all other curves. */
static const double CUT = 25;

static double unit(int curve)
{
    return cli_curve_unit((cli_curve)curve);
}

/* Sets the range of the axis.  Returns whether values are cut off. */
static bool find_range(const cli_runs *all, int curve, cli_scale *y)
{
    double most = -INFINITY;
    y->from = INFINITY;
    y->to = -INFINITY;
    for (int g = 0; g < all->groups; g++)
        for (int e = 0; e < all->group[g].epochs; e++) {
            const cli_spread s = cli_group_spread(&all->group[g], (cli_curve)curve, e);
            if (s.n == 0) continue;
            most = fmax(most, unit(curve) * s.most);
            y->from = fmin(y->from, fmin(unit(curve) * s.least, CUT));
            y->to = fmax(y->to, unit(curve) * s.most);
        }
    const bool cut = unit(curve) == 1 && most > CUT;
    if (cut) y->to = CUT;
    if (!(y->from <= y->to)) y->from = 0, y->to = 1;
    /* The range is never so narrow that the numbers at the axis get long. */
    const double margin = fmax(0.05 * (y->to - y->from), unit(curve) > 1 ? 0.5 : 0.01);
    y->from -= margin;
    y->to += margin;
    return cut;
}

/* Draws a polygon for each stretch of epochs with values: forward along the greatest, back along
 * the least. */
static void write_band(FILE *to, const cli_chart *c, const cli_runs *all, int group, int curve)
{
    const cli_group_of_runs *const g = &all->group[group];
    for (int from = 0, end; from < g->epochs; from = end + 1) {
        end = from;
        while (end < g->epochs && cli_group_spread(g, (cli_curve)curve, end).n > 0)
            end++;
        if (end - from < 2) continue;
        fputs("<path", to);
        cli_svg_band(to, group);
        fputs(" d=\"", to);
        for (int e = from; e < end; e++)
            fprintf(to, "%s%.2f %.2f", e > from ? "L" : "M", cli_chart_x(c, e + 1),
                    cli_chart_y(c, unit(curve) * cli_group_spread(g, (cli_curve)curve, e).most));
        for (int e = end - 1; e >= from; e--)
            fprintf(to, "L%.2f %.2f", cli_chart_x(c, e + 1),
                    cli_chart_y(c, unit(curve) * cli_group_spread(g, (cli_curve)curve, e).least));
        fputs("z\"/>\n", to);
    }
}

static void write_line(FILE *to, const cli_chart *c, const cli_runs *all, int g, int curve)
{
    const cli_group_of_runs *const group = &all->group[g];
    const int every = all->epochs / 12 + 1;
    bool joined = false;
    fputs("<path", to);
    cli_svg_stroke(to, g);
    fputs(" d=\"", to);
    for (int e = 0; e < group->epochs; e++) {
        const double v = unit(curve) * cli_group_spread(group, (cli_curve)curve, e).mean;
        if (isfinite(v))
            fprintf(to, "%s%.2f %.2f", joined ? "L" : "M", cli_chart_x(c, e + 1),
                    cli_chart_y(c, v));
        joined = isfinite(v);
    }
    fputs("\"/>\n", to);
    for (int e = 0; e < group->epochs; e += every) {
        const double v = unit(curve) * cli_group_spread(group, (cli_curve)curve, e).mean;
        if (isfinite(v)) cli_svg_mark(to, g, cli_chart_x(c, e + 1), cli_chart_y(c, v));
    }
}

/* Marks where the learning rate drops, between two epochs. */
static void write_drops(FILE *to, const cli_chart *c, const cli_runs *all)
{
    int drop[CLI_MOST_DROPS];
    const int n = cli_runs_drops(all, drop);
    for (int i = 0; i < n; i++)
        fprintf(to, "<path class=\"drop\" d=\"M%.2f 0v%.2f\"/>\n", cli_chart_x(c, drop[i] + 0.5),
                c->height);
}

static void write_panel(FILE *to, const cli_runs *all, int curve)
{
    char title[64];
    const bool accuracy = unit(curve) > 1;
    const double last = all->epochs > 1 ? all->epochs : 2;
    const double margin = 0.02 * (last - 1); /* so that marks at the edges are visible */
    cli_chart c = { .title = title,
                    .width = 440,
                    .height = 250,
                    .x = { 1 - margin, last + margin, "epoch", true },
                    .y = { .title = accuracy ? "accuracy, %" : "loss (cross-entropy, nats)" } };
    const bool cut = find_range(all, curve, &c.y);
    snprintf(title, sizeof title, cut ? "%s, cut at %s" : "%s", cli_curve_titles[curve],
             OT__REAL(CUT));
    cli_chart_open(to, &c);
    write_drops(to, &c, all);
    for (int g = 0; g < all->groups; g++)
        if (all->group[g].n > 1) write_band(to, &c, all, g, curve);
    for (int g = 0; g < all->groups; g++)
        write_line(to, &c, all, g, curve);
    cli_chart_close(to);
}

static void write_legend(FILE *to, const cli_runs *all)
{
    char title[256], common[128];
    fputs("<ul class=\"legend\">\n", to);
    for (int g = 0; g < all->groups; g++) {
        fputs("<li>", to);
        cli_svg_sample(to, g);
        cli_group_title(all, g, title, sizeof title);
        cli_html_put(to, "%s", title);
        fputs("</li>\n", to);
    }
    cli_runs_common(all, common, sizeof common);
    if (*common) cli_html_element(to, "li", "%s", common);
    fputs("</ul>\n", to);
}

static void write_number(FILE *to, double v)
{
    if (isfinite(v))
        fprintf(to, "<td class=\"n\">%.*f</td>", fabs(v) < 1 ? 4 : 2, v);
    else
        fputs("<td class=\"n\">-</td>", to);
}

/* Writes a table of the numbers of one group's curves. */
static void write_numbers(FILE *to, const cli_group_of_runs *g, int curves, const cli_curve curve[])
{
    fputs("<details><summary>The numbers of each epoch</summary>\n<div class=\"wide\"><table>\n"
          "<tr><th>epoch</th>",
          to);
    for (int i = 0; i < curves; i++)
        fprintf(to, "<th>%s%s</th>", cli_curve_titles[curve[i]], unit(curve[i]) > 1 ? ", %" : "");
    fputs("</tr>\n", to);
    for (int e = 0; e < g->epochs; e++) {
        fprintf(to, "<tr><td class=\"n\">%d</td>", e + 1);
        for (int i = 0; i < curves; i++)
            write_number(to, unit(curve[i]) * cli_group_spread(g, curve[i], e).mean);
        fputs("</tr>\n", to);
    }
    fputs("</table></div></details>\n", to);
}

void cli_report_curves(FILE *to, const cli_page *r)
{
    const cli_runs *const all = &r->curves;
    cli_html_section(to, "Curves");
    if (all->n == 0) {
        cli_html_missing(to, "There is no curve: no run has finished an epoch yet.");
        return;
    }
    cli_curve shown[CLI_CURVES];
    const int curves = cli_curves_shown(all, shown);
    fputs("<div class=\"panels\">\n", to);
    for (int i = 0; i < curves; i++)
        write_panel(to, all, shown[i]);
    fputs("</div>\n", to);
    write_legend(to, all);
    if (all->n < r->n)
        cli_html_missing(to, "%d of %d runs are not in the curves: they have no epoch yet.",
                         r->n - all->n, r->n);
    if (all->groups == 1) write_numbers(to, &all->group[0], curves, shown);
}
