/* SPDX-License-Identifier: BSD-3-Clause
 * Draws the panels of learned numbers with gnuplot, two in a row.  The colour of a line says how
 * deep in the network its number is; named lines have marks, and are in the panel's key. */
#include "cli/plots/learned_plot.h"

#include <string.h>

enum {
    WIDTH = 640,
    HEIGHT = 380,
    LEGEND_LINE = 24, /* in pixels of an SVG */
    LONGEST_NAME = 24
}; /* in characters */

typedef struct figure {
    cli_plot_files files;
    const cli_runs *all;
    const cli_learned *learned;
    int columns, rows;
    int legend, height; /* heights of the legend and of the whole picture */
} figure;

/* ---- numbers ---- */

static void write_line(FILE *to, const cli_panel *p, int line)
{
    for (int e = 0; e < p->group->epochs || e == 0; e++) { /* gnuplot needs at least one line */
        const cli_spread s = cli_panel_spread(p, line, e);
        if (s.n == 0)
            fprintf(to, "%d nan nan nan nan 0\n", e + 1);
        else
            fprintf(to, "%d %.8g %.8g %.8g %.8g %d\n", e + 1, s.mean, s.least, s.most, s.deviation,
                    s.n);
    }
}

static void write_numbers(FILE *to, void *user)
{
    const cli_learned *const l = ((const figure *)user)->learned;
    fputs("# One block per line of a panel: epoch, mean, least, greatest, standard deviation of "
          "the sample, seeds.\n",
          to);
    for (int i = 0; i < l->n; i++)
        for (int line = 0; line < l->panel[i].n; line++) {
            const cli_panel *const p = &l->panel[i];
            fputs(i + line ? "\n\n# " : "# ", to);
            cli_plot_comment(to, p->group->label);
            fputs(": ", to);
            cli_plot_comment(to, p->evaluations ? "evaluations per batch, " : "");
            cli_plot_comment(to, p->line[line].name);
            fputc('\n', to);
            write_line(to, p, line);
        }
}

/* ---- script ---- */

/* Writes a name into the key.  A name that is too long loses its beginning, because names of one
 * panel differ at their ends. */
static void write_name(FILE *to, const char *name)
{
    char cut[LONGEST_NAME + 4] = "...";
    const size_t length = strlen(name);
    if (length > LONGEST_NAME)
        memcpy(cut + 3, name + length - (LONGEST_NAME - 3), LONGEST_NAME - 2);
    cli_plot_quote(to, length > LONGEST_NAME ? cut : name);
}

static void write_lines(FILE *to, const cli_panel *p, int index)
{
    char colour[8];
    const int every = p->group->epochs / 12 + 1;
    fputs("plot ", to);
    for (int line = 0; line < p->n && cli_panel_has_bands(p); line++) {
        cli_panel_colour(p, line, colour);
        fprintf(to,
                "dat index %d using 1:3:4 with filledcurves lc rgb '%s' fs transparent solid 0.15 "
                "noborder notitle, \\\n     ",
                index + line, colour);
    }
    for (int line = 0; line < p->n; line++) {
        const int named = cli_panel_named(p, line);
        cli_panel_colour(p, line, colour);
        fprintf(to, "%sdat index %d using 1:2 with ", line ? ", \\\n     " : "", index + line);
        if (named < 0) {
            fprintf(to, "lines lw 1 lc rgb '%s' notitle", colour);
            continue;
        }
        fprintf(to, "linespoints lw 2 pt %d pi %d lc rgb '%s' title ", named % 7 * 2 + 1, every,
                colour);
        write_name(to, p->line[line].name);
    }
    fputc('\n', to);
}

static void write_panel(FILE *to, const figure *f, int i, int index)
{
    const cli_panel *const p = &f->learned->panel[i];
    const double share = (double)HEIGHT / f->height;
    char title[96], whole[112];
    double from, to_;
    cli_panel_title(p, title, sizeof title);
    snprintf(whole, sizeof whole, "(%d) %s", p->number + 1, title);
    cli_panel_range(p, &from, &to_);
    const double left = (double)(i % f->columns) / f->columns, width = 1.0 / f->columns;
    fprintf(to, "\nset size %.4f, %.4f\nset origin %.4f, %.4f\n", width, share, left,
            1 - share * (i / f->columns + 1));
    /* The same for all, however long the names in their keys are. */
    fprintf(to, "set lmargin at screen %.4f\nset rmargin at screen %.4f\n", left + 0.11 * width,
            left + 0.6 * width);
    fprintf(to, "set key at screen %.4f, screen %.4f left top\n", left + 0.61 * width,
            1 - share * (i / f->columns + 0.11));
    fprintf(to, "set yrange [%.8g:%.8g]\nset title ", from, to_);
    cli_plot_quote(to, f->all->groups > 1 ? whole : title);
    fputc('\n', to);
    write_lines(to, p, index);
}

/* The legend is a panel at the bottom: which network a number in a title stands for. */
static void write_legend(FILE *to, const figure *f)
{
    fprintf(to,
            "\nset origin 0, 0\nset size 1, %.4f\nunset title\nunset border\nunset tics\n"
            "unset xlabel\nunset grid\nset margins 0, 0, 0, 0\nset xrange [0:1]\n"
            "set yrange [0:%d]\nunset key\n",
            (double)f->legend / f->height, f->all->groups + 1);
    for (int g = 0; g < f->all->groups; g++) {
        const cli_group_of_runs *const group = &f->all->group[g];
        char label[256];
        int n = 0;
        if (f->all->groups > 1) n = snprintf(label, sizeof label, "(%d) ", g + 1);
        n += snprintf(label + n, sizeof label - (size_t)n, "%s", group->label);
        if (group->n > 1)
            snprintf(label + n, sizeof label - (size_t)n, ", mean of %d seeds", group->n);
        fputs("set label ", to);
        cli_plot_quote(to, label);
        fprintf(to, " at 0.03, %d left\n", f->all->groups - g);
    }
    fputs("plot NaN notitle\n", to);
}

static void write_script(FILE *to, void *user)
{
    const figure *const f = user;
    const bool svg = strncmp(f->files.terminal, "svg", 3) == 0;
    fprintf(to,
            "# Learned numbers of trainings.\nset multiplot\nset key Left reverse samplen 2\nset "
            "xlabel 'epoch'\nset grid lc rgb '#d0d0d0' lt 1\n"
            "set xrange [1:%d]\nset pointsize %.1f\n%s",
            f->all->epochs > 1 ? f->all->epochs : 2, svg ? 0.8 : 1.6,
            f->all->epochs <= 10 ? "set xtics 1 # whole epochs\n" : "");
    for (int i = 0, index = 0; i < f->learned->n; index += f->learned->panel[i++].n)
        write_panel(to, f, i, index);
    write_legend(to, f);
    fputs("unset multiplot\n", to);
}

ot_status cli_learned_plot(const cli_plot_files *files, const cli_runs *all, const cli_learned *l)
{
    figure f = { .files = *files, .all = all, .learned = l };
    const bool svg = strncmp(files->terminal, "svg", 3) == 0;
    const double size = svg ? 1 : 1.25;
    const cli_plot_source source = { write_numbers, write_script, &f };
    char terminal[128];
    f.columns = l->n > 1 ? 2 : 1;
    f.rows = (l->n + f.columns - 1) / f.columns;
    f.legend = LEGEND_LINE * (all->groups + 1);
    f.height = f.rows * HEIGHT + f.legend;
    snprintf(terminal, sizeof terminal, "%s size %.0f,%.0f font \"sans,15\" noenhanced%s",
             svg ? "svg" : "pngcairo", f.columns * WIDTH * size, f.height * size,
             svg ? " background rgb \"white\"" : "");
    f.files.terminal = terminal;
    const ot_status status = cli_plot_save(&f.files, &source);
    return status == OT_OK ? cli_plot_draw(&f.files, &source) : status;
}
