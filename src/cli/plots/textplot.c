/* SPDX-License-Identifier: BSD-3-Clause
 * Draws charts of curves on a grid of ASCII characters, which every terminal and pager shows. */
#include "cli/plots/textplot.h"
#include "cli/frame/print.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/decimal.h"
#include "cli/frame/ticks.h"

enum { ROWS = 14, MARGIN = 9, LEAST = 48, MOST_COLUMNS = 300 };

static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

static char letter(int group)
{
    return letters[(size_t)group % (sizeof letters - 1)];
}

/* The lines of a chart, and their values at whole epochs, from 0; NAN: missing. */
typedef struct lines {
    int n, epochs;
    double (*at)(const struct lines *l, int line, int epoch);
    const cli_runs *all; /* what `at` reads: a curve of the runs, */
    cli_curve curve;
    const cli_panel *panel; /* or lines of a panel */
} lines;

typedef struct chart {
    int columns, rows;
    double low, high;
    char at[ROWS][MOST_COLUMNS];
} chart;

static void find_range(chart *c, const lines *l)
{
    c->low = INFINITY;
    c->high = -INFINITY;
    for (int k = 0; k < l->n; k++)
        for (int e = 0; e < l->epochs; e++) {
            const double v = l->at(l, k, e);
            if (!isfinite(v)) continue;
            c->low = fmin(c->low, v);
            c->high = fmax(c->high, v);
        }
    if (!(c->low <= c->high)) c->low = 0, c->high = 1;
    if (c->high - c->low < 1e-6) c->low -= 5e-7, c->high += 5e-7;
}

/* Returns the value of a line at an epoch, interpolated linearly between whole epochs. */
static double value_between(const lines *l, int line, double epoch)
{
    const int e = (int)epoch;
    const double v = l->at(l, line, e);
    if (epoch - e < 1e-9) return v;
    return v + (epoch - e) * (l->at(l, line, e + 1) - v);
}

static void draw(chart *c, const lines *l)
{
    memset(c->at, ' ', sizeof c->at);
    const int last = l->epochs - 1;
    for (int k = 0; k < l->n; k++)
        for (int i = 0; i < c->columns; i++) {
            const double v = value_between(l, k, (double)last * i / (c->columns - 1));
            if (!isfinite(v)) continue;
            const double up = (v - c->low) / (c->high - c->low) * (c->rows - 1);
            char *const place =
                &c->at[c->rows - 1 - (int)lround(fmax(0, fmin(c->rows - 1, up)))][i];
            *place = *place == ' ' ? letter(k) : '*';
        }
}

/* Widens the range of a chart to round numbers in the unit that is printed, and chooses as many
 * rows as fit so that each of these numbers has a row.  Returns how many rows they are apart. */
static int round_axis(chart *c, double unit)
{
    enum { WANTED = 5 };
    const double step = cli_ticks_step(unit * (c->high - c->low), WANTED), slack = 1e-9;
    const double low = floor(unit * c->low / step + slack);
    const double high = ceil(unit * c->high / step - slack);
    const int every = (int)fmax(1, floor((ROWS - 1) / (high - low)));
    c->low = low * step / unit;
    c->high = high * step / unit;
    c->rows = every * (int)(high - low) + 1;
    return every;
}

/* Prints a chart; the numbers at its axis, one in `every` rows, are multiplied by `unit`. */
static void print(const chart *c, double unit, int epochs, int every)
{
    for (int i = 0; i < c->rows; i++) {
        int length = c->columns;
        while (length > 0 && c->at[i][length - 1] == ' ')
            length--;
        const double v = unit * (c->high - (c->high - c->low) * i / (c->rows - 1));
        if (i % every == 0)
            cli_print(stdout, "%*.4g |%.*s\n", MARGIN - 2, fabs(v) < 1e-9 * fabs(c->high) ? 0 : v,
                      length, c->at[i]);
        else
            cli_print(stdout, "%*s |%.*s\n", MARGIN - 2, "", length, c->at[i]);
    }
    cli_print(stdout, "%*s +", MARGIN - 2, "");
    for (int i = 0; i < c->columns; i++)
        putchar('-');
    cli_print(stdout, "\n%*s1%*d epochs\n\n", MARGIN, "", c->columns - 8, epochs);
}

static void print_lines(const lines *l, double unit, int width)
{
    static chart c; /* large */
    const int room = (width > LEAST ? width : 30) - MARGIN;
    c.columns = room < MOST_COLUMNS ? room : MOST_COLUMNS;
    find_range(&c, l);
    const int every = round_axis(&c, unit);
    draw(&c, l);
    print(&c, unit, l->epochs, every);
}

static double curve_at(const lines *l, int line, int epoch)
{
    return cli_group_spread(&l->all->group[line], l->curve, epoch).mean;
}

void cli_textplot(const cli_runs *all, int width)
{
    cli_curve shown[CLI_CURVES];
    const int curves = cli_curves_shown(all, shown);
    for (int i = 0; i < curves; i++) {
        const double unit = cli_curve_unit(shown[i]);
        const lines l = { all->groups, all->epochs, curve_at, all, shown[i], NULL };
        cli_print(stdout, "%s%s\n", cli_curve_titles[shown[i]], unit > 1 ? ", %" : "");
        print_lines(&l, unit, width);
    }
    for (int g = 0; g < all->groups; g++) {
        const cli_group_of_runs *const group = &all->group[g];
        const cli_spread s = cli_group_spread(group, CLI_TEST_ACCURACY, group->epochs - 1);
        const int indent = printf("%c  ", letter(g));
        cli_print(stdout, "%.*s\n%*stest accuracy ",
                  width > LEAST ? width - indent : LEAST - indent, group->label, indent, "");
        printf(s.n > 0 ? "%.2f %%" : "missing", 100 * s.mean);
        if (s.n > 1) printf(" +- %.2f", 100 * s.deviation);
        cli_print(stdout, ", %d seed%s", s.n, s.n == 1 ? "" : "s");
        if (cli_group_diverged(group)) printf("; %d DIVERGED", cli_group_diverged(group));
        putchar('\n');
    }
    if (all->groups > 1) puts("*  several curves");
}

/* ---- learned numbers ---- */

/* Returns the index in the panel of a line of its chart, which has the named lines only. */
static int named_line(const cli_panel *p, int named)
{
    int line = 0;
    while (cli_panel_named(p, line) != named)
        line++;
    return line;
}

static double number_at(const lines *l, int line, int epoch)
{
    return cli_panel_spread(l->panel, named_line(l->panel, line), epoch).mean;
}

static void print_panel(const cli_panel *p, int width)
{
    char title[96];
    const int n = p->n < CLI_NAMED_LINES ? p->n : CLI_NAMED_LINES;
    const lines l = { n, p->group->epochs, number_at, NULL, 0, p };
    cli_panel_title(p, title, sizeof title);
    cli_print(stdout, "%s\n", title);
    print_lines(&l, 1, width);
    for (int k = 0; k < n; k++) {
        const int line = named_line(p, k);
        const cli_spread s = cli_panel_spread(p, line, p->group->epochs - 1);
        cli_print(stdout, "%c  %s ", letter(k), p->line[line].name);
        cli_print(stdout, s.n > 0 ? "%s\n" : "missing\n", OT__ROUNDED(s.mean, 6));
    }
    puts("");
}

void cli_textplot_learned(const cli_runs *all, const cli_learned *l, int width)
{
    for (int i = 0; i < l->n; i++) {
        const cli_panel *const p = &l->panel[i];
        if (all->groups > 1 && (i == 0 || l->panel[i - 1].group != p->group))
            cli_print(stdout, "%.*s\n\n", width > LEAST ? width : LEAST, p->group->label);
        print_panel(p, width);
    }
    puts("*  several lines");
}
