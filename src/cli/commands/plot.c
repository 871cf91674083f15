/* SPDX-License-Identifier: BSD-3-Clause
 * odetape plot: draws curves of trainings over epochs.  A line is the mean over the runs that
 * differ only in their seed; the band around it goes from the least to the greatest value.  Lines
 * differ in dashes, marks and shades, so that they can be distinguished in black and white. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/frame/message.h"
#include "cli/frame/options.h"
#include "cli/frame/text.h"
#include "cli/plots/gnuplot.h"
#include "cli/plots/learned_plot.h"
#include "cli/runs/metrics.h"
#include "cli/plots/textplot.h"
#include "cli/frame/print.h"

struct settings {
    const char *out;
    bool terminal, learned;
};

static const ot_option options[] = {
    { .name = "out",
      .letter = 'o',
      .kind = OT_OPTION_TEXT,
      .argument = "FILE",
      .offset = offsetof(struct settings, out),
      .help = "picture to write, .svg or .png; .dat and .gp go next to it" },
    { .name = "terminal",
      .kind = OT_OPTION_SWITCH,
      .offset = offsetof(struct settings, terminal),
      .help = "print the curves as text instead; gnuplot is not needed" },
    { .name = "learned",
      .kind = OT_OPTION_SWITCH,
      .offset = offsetof(struct settings, learned),
      .help = "learned numbers (h, k, alpha, a, b) and evaluations instead" },
    { 0 },
};

static const cli_group groups[] = {
    { "Curve options", options, 0 },
    { 0 },
};

typedef struct figure {
    cli_plot_files files;
    cli_runs runs;
    int curves; /* how many are drawn */
    cli_curve curve[CLI_CURVES];
    char terminal[128]; /* the argument of gnuplot's `set terminal` */
    int legend, height; /* heights of legend and whole picture, in pixels of an SVG */
} figure;

static void write_curve(FILE *to, const cli_group_of_runs *g, cli_curve curve)
{
    const double unit = cli_curve_unit(curve);
    for (int e = 0; e < g->epochs || e == 0; e++) { /* at least one line: gnuplot needs it */
        const cli_spread s = cli_group_spread(g, curve, e);
        if (s.n == 0)
            fprintf(to, "%d nan nan nan nan 0\n", e + 1);
        else
            fprintf(to, "%d %.8g %.8g %.8g %.8g %d\n", e + 1, unit * s.mean, unit * s.least,
                    unit * s.most, unit * s.deviation, s.n);
    }
}

static void write_dat(FILE *to, void *user)
{
    const figure *const f = user;
    const cli_runs *const all = &f->runs;
    fputs("# One block per curve: epoch, mean, least, greatest, standard deviation of the sample, "
          "seeds.\n# Accuracy is in %.\n",
          to);
    for (int i = 0; i < f->curves; i++)
        for (int g = 0; g < all->groups; g++) {
            fprintf(to, "%s# %s: ", i + g ? "\n\n" : "", cli_curve_titles[f->curve[i]]);
            cli_plot_comment(to, all->group[g].label);
            fputc('\n', to);
            write_curve(to, &all->group[g], f->curve[i]);
        }
}

static void write_title(FILE *to, const cli_runs *all, int group)
{
    char title[256];
    cli_group_title(all, group, title, sizeof title);
    cli_plot_quote(to, title);
}

static const char *const shades[] = { "#000000", "#c04000", "#0060b0", "#009070" };
enum { SHADES = sizeof shades / sizeof shades[0], DASHES = 5, MARKS = 7 };

/* `panel` counts the curves that are drawn, as the blocks of the data do. */
static void write_bands(FILE *to, const cli_runs *all, int panel)
{
    for (int g = 0; g < all->groups; g++)
        if (all->group[g].n > 1)
            fprintf(to,
                    "dat index %d using 1:3:4 with filledcurves lc rgb '%s' fs transparent solid "
                    "0.15 noborder notitle, \\\n     ",
                    panel * all->groups + g, shades[g % SHADES]);
}

/* Marks where the learning rate drops: between the last epoch before and the first one after. */
static void write_drops(FILE *to, const cli_runs *all)
{
    int drop[CLI_MOST_DROPS];
    const int n = cli_runs_drops(all, drop);
    for (int i = 0; i < n; i++)
        fprintf(to,
                "set arrow from %d.5, graph 0 to %d.5, graph 1 nohead back dt 3 lw 1.5 lc rgb "
                "'#606060'\n",
                drop[i], drop[i]);
}

static void write_panel(FILE *to, const figure *f, int panel)
{
    const cli_runs *const all = &f->runs;
    const cli_curve curve = f->curve[panel];
    fprintf(to, "\nset title '%s'\nset ylabel '%s'\n", cli_curve_titles[curve],
            cli_curve_unit(curve) > 1 ? "accuracy, %" : "loss (cross-entropy, nats)");
    fputs("plot ", to);
    write_bands(to, all, panel);
    const int every = all->epochs / 12 + 1;
    for (int g = 0; g < all->groups; g++)
        fprintf(to,
                "%sdat index %d using 1:2 with linespoints lw 2 dt %d pt %d pi %d lc rgb "
                "'%s' notitle",
                g ? ", \\\n     " : "", panel * all->groups + g, g % DASHES + 1, g % MARKS * 2 + 1,
                every, shades[g % SHADES]);
    fputc('\n', to);
}

/* The legend is a panel below the curves with one line per group, since labels may be long. */
static void write_legend(FILE *to, const cli_runs *all, double share)
{
    char common[128];
    fprintf(to,
            "\nset origin 0, 0\nset size 1, %.4f\nunset title\nunset border\nunset tics\n"
            "unset xlabel\nunset ylabel\nunset grid\nunset arrow\nset margins 0, 0, 0, 0\n"
            "set xrange [0:1]\nset yrange [0:1]\n"
            "set key inside left top Left reverse samplen 5 maxcols 1 width 0\nplot ",
            share);
    for (int g = 0; g < all->groups; g++) {
        fprintf(to, "%sNaN with linespoints lw 2 dt %d pt %d lc rgb '%s' title ",
                g ? ", \\\n     " : "", g % DASHES + 1, g % MARKS * 2 + 1, shades[g % SHADES]);
        write_title(to, all, g);
    }
    cli_runs_common(all, common, sizeof common);
    if (*common) fputs(", \\\n     NaN with lines lc rgb '#ffffff' title ", to);
    if (*common) cli_plot_quote(to, common);
    fputs("\nunset multiplot\n", to);
}

/* Panels are in rows of two. */
static int rows_of(const figure *f)
{
    return (f->curves + 1) / 2;
}

/* Makes legend and picture higher for more curves. */
static void choose_size(figure *f)
{
    const bool svg = strncmp(f->files.terminal, "svg", 3) == 0;
    const double size = svg ? 1 : 1.25;
    f->legend = 20 + 24 * (f->runs.groups + 1);
    f->height = 400 * rows_of(f) + f->legend;
    snprintf(f->terminal, sizeof f->terminal, "%s size %.0f,%.0f font \"sans,15\" noenhanced%s",
             svg ? "svg" : "pngcairo", 1000 * size, f->height * size,
             svg ? " background rgb \"white\"" : "");
    f->files.terminal = f->terminal;
}

static void write_script(FILE *to, void *user)
{
    const figure *const f = user;
    const bool svg = strncmp(f->files.terminal, "svg", 3) == 0;
    const double share = (double)f->legend / f->height, row = (1 - share) / rows_of(f);
    const double last = f->runs.epochs > 1 ? f->runs.epochs : 2, margin = 0.03 * (last - 1);
    fprintf(
        to,
        "# Curves of trainings.\nset multiplot\nunset key\n"
        "set xlabel 'epoch'\nset grid lc rgb '#d0d0d0' lt 1\nset xrange [%.6g:%.6g]\n"
        "set autoscale noextend\nset offsets 0, 0, graph 0.05, graph 0.05 # no mark on the frame\n"
        "set size 0.5, %.4f\n",
        1 - margin, last + margin, row);
    write_drops(to, &f->runs);
    fprintf(to, "set pointsize %.1f\n%s", svg ? 0.8 : 1.6,
            f->runs.epochs <= 10 ? "set xtics 1 # whole epochs\n" : "");
    for (int i = 0; i < f->curves; i++) {
        fprintf(to, "\nset origin %.1f, %.4f", 0.5 * (i % 2),
                share + row * (rows_of(f) - 1 - i / 2));
        write_panel(to, f, i);
    }
    write_legend(to, &f->runs, share);
}

static ot_status draw(figure *f)
{
    const cli_plot_source source = { write_dat, write_script, f };
    f->curves = cli_curves_shown(&f->runs, f->curve);
    choose_size(f);
    ot_status status = cli_plot_save(&f->files, &source);
    if (status == OT_OK) status = cli_plot_draw(&f->files, &source);
    if (status != OT_OK) return status;
    cli_print(stdout, "%s: %d run%s, %d curve%s per panel; numbers in %s, script in %s\n",
              f->files.image, f->runs.n, f->runs.n == 1 ? "" : "s", f->runs.groups,
              f->runs.groups == 1 ? "" : "s", f->files.dat, f->files.gp);
    return OT_OK;
}

/* Says what --learned would draw, if there is anything. */
static ot_status note_learned(const cli_runs *all)
{
    cli_learned l;
    const ot_status status = cli_learned_find(all, &l);
    if (l.n > 0)
        cli_note_once("--learned",
                      "the runs have learned numbers or controlled steps; --learned draws them");
    cli_learned_free(&l);
    return status;
}

static void note_left_out(int panels)
{
    char sentence[80];
    snprintf(sentence, sizeof sentence, "%d more panels have no place; give fewer runs", panels);
    cli_note_once("panels", sentence);
}

static ot_status draw_learned(const struct settings *s, const figure *f)
{
    cli_learned l;
    ot_status status = cli_learned_find(&f->runs, &l);
    if (status == OT_OK && l.n == 0)
        status = ot__fail(OT_EINVAL, "the runs have no learned numbers and no controlled steps; "
                                     "leave out --learned");
    if (status == OT_OK && s->out) status = cli_learned_plot(&f->files, &f->runs, &l);
    if (status == OT_OK && s->out)
        cli_print(stdout, "%s: %d panel%s; numbers in %s, script in %s\n", f->files.image, l.n,
                  l.n == 1 ? "" : "s", f->files.dat, f->files.gp);
    if (status == OT_OK && s->terminal)
        cli_textplot_learned(&f->runs, &l, cli_columns(STDOUT_FILENO));
    if (status == OT_OK && l.left_out > 0) note_left_out(l.left_out);
    cli_learned_free(&l);
    return status;
}

static ot_status draw_curves(const struct settings *s, figure *f)
{
    ot_status status = s->out ? draw(f) : OT_OK;
    if (s->terminal) cli_textplot(&f->runs, cli_columns(STDOUT_FILENO));
    return status == OT_OK ? note_learned(&f->runs) : status;
}

static ot_status run(void *settings, char **operands)
{
    const struct settings *const s = settings;
    static figure f; /* too large for the stack; used once */
    if (s->terminal == (s->out != NULL))
        return ot__fail(OT_EINVAL, "either --out FILE.svg or --terminal must be given");
    ot_status status = s->out ? cli_plot_open(&f.files, s->out) : OT_OK;
    if (status == OT_OK) status = cli_runs_open(&f.runs, operands);
    if (status == OT_OK) status = s->learned ? draw_learned(s, &f) : draw_curves(s, &f);
    cli_runs_close(&f.runs);
    return status;
}

const cli_command cli_plot = {
    .name = "plot",
    .operands = "RUN ...",
    .n_operands = 1,
    .more_operands = CLI_MOST_RUNS - 1,
    .summary = "draw the curves of trainings with gnuplot, or as text",
    .detail =
        "RUN is a directory that odetape train has written.  Runs that differ only in their\n"
        "seed become one line, their mean, with a band from the least to the greatest value.\n"
        "Exit status 69 if gnuplot is not installed; its script is still written.",
    .groups = groups,
    .defaults = &(const struct settings){ 0 },
    .settings_size = sizeof(struct settings),
    .run = run,
};
