/* SPDX-License-Identifier: BSD-3-Clause
 * Draws one chart per curve on a grid of ASCII characters, which every terminal and pager shows. */
#include "cli/plots/textplot.h"
#include "cli/frame/print.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { ROWS = 14, MARGIN = 9, LEAST = 48, MOST_COLUMNS = 300 };

static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

static char letter(int group)
{
    return letters[(size_t)group % (sizeof letters - 1)];
}

typedef struct chart {
    int columns;
    double low, high;
    char at[ROWS][MOST_COLUMNS];
} chart;

static void find_range(chart *c, const cli_runs *all, cli_curve curve)
{
    c->low = INFINITY;
    c->high = -INFINITY;
    for (int g = 0; g < all->groups; g++)
        for (int e = 0; e < all->group[g].epochs; e++) {
            const double v = cli_group_spread(&all->group[g], curve, e).mean;
            c->low = fmin(c->low, v);
            c->high = fmax(c->high, v);
        }
    if (!(c->low <= c->high)) c->low = 0, c->high = 1;
    if (c->high - c->low < 1e-6) c->low -= 5e-7, c->high += 5e-7;
}

/* Returns a group's mean at an epoch, interpolated linearly between whole epochs. */
static double mean_at(const cli_runs *all, int g, cli_curve curve, double epoch)
{
    const int e = (int)epoch;
    const double v = cli_group_spread(&all->group[g], curve, e).mean;
    if (epoch - e < 1e-9) return v;
    return v + (epoch - e) * (cli_group_spread(&all->group[g], curve, e + 1).mean - v);
}

static void draw(chart *c, const cli_runs *all, cli_curve curve)
{
    memset(c->at, ' ', sizeof c->at);
    const int last = all->epochs - 1;
    for (int g = 0; g < all->groups; g++)
        for (int i = 0; i < c->columns; i++) {
            const double v = mean_at(all, g, curve, (double)last * i / (c->columns - 1));
            if (!isfinite(v)) continue;
            const double up = (v - c->low) / (c->high - c->low) * (ROWS - 1);
            char *const place = &c->at[ROWS - 1 - (int)lround(fmax(0, fmin(ROWS - 1, up)))][i];
            *place = *place == ' ' ? letter(g) : '*';
        }
}

static void print(const chart *c, cli_curve curve, int epochs)
{
    const double unit = cli_curve_unit(curve);
    cli_print(stdout, "%s%s\n", cli_curve_titles[curve], unit > 1 ? ", %" : "");
    for (int i = 0; i < ROWS; i++) {
        int length = c->columns;
        while (length > 0 && c->at[i][length - 1] == ' ')
            length--;
        const double v = unit * (c->high - (c->high - c->low) * i / (ROWS - 1));
        if (i % 3 == 0 || i == ROWS - 1)
            cli_print(stdout, "%*.4g |%.*s\n", MARGIN - 2, v, length, c->at[i]);
        else
            cli_print(stdout, "%*s |%.*s\n", MARGIN - 2, "", length, c->at[i]);
    }
    cli_print(stdout, "%*s +", MARGIN - 2, "");
    for (int i = 0; i < c->columns; i++)
        putchar('-');
    cli_print(stdout, "\n%*s1%*d epochs\n\n", MARGIN, "", c->columns - 8, epochs);
}

void cli_textplot(const cli_runs *all, int width)
{
    static chart c; /* large */
    const int room = (width > LEAST ? width : 30) - MARGIN;
    c.columns = room < MOST_COLUMNS ? room : MOST_COLUMNS;
    cli_curve shown[CLI_CURVES];
    const int curves = cli_curves_shown(all, shown);
    for (int i = 0; i < curves; i++) {
        find_range(&c, all, shown[i]);
        draw(&c, all, shown[i]);
        print(&c, shown[i], all->epochs);
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
