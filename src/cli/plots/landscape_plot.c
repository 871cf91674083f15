/* SPDX-License-Identifier: BSD-3-Clause
 * Draws landscapes as Li et al. 2018 do: contours at 0.1, 0.6, 1.1, ... up to 10, and a surface
 * with a logarithmic axis of losses up to 10.  If fewer than five of these levels are within the
 * range of losses, as before training, about ten round numbers within the range are used
 * instead. */
#include "cli/plots/landscape_plot.h"

#include <math.h>
#include <stdio.h>

#include "cli/frame/message.h"
#include "cli/frame/options.h"
#include "cli/plots/gnuplot.h"
#include "cli/frame/print.h"
#include "cli/frame/ticks.h"

enum { LEAST_CONTOURS = 5, WANTED_CONTOURS = 10, WANTED_TICKS = 5 };
static const double FIRST = 0.1, STEP = 0.5, HIGHEST = 10.0;
static const double RESOLUTION = 1e-8; /* numbers are written with nine digits */

typedef struct picture {
    const char *name; /* of its files, without ending */
    void (*script)(FILE *to, const cli_picture *g);
} picture;

/* The user pointer of the callbacks in cli_plot_source. */
typedef struct drawing {
    const cli_picture *g;
    const picture *picture;
} drawing;

typedef struct range {
    double least, most;
} range;

static range losses(const ot_landscape *l)
{
    range r = { INFINITY, -INFINITY };
    for (int k = 0; k < l->points[0] * l->points[1]; k++)
        if (isfinite(l->loss[k])) {
            r.least = fmin(r.least, l->loss[k]);
            r.most = fmax(r.most, l->loss[k]);
        }
    return r;
}

/* ---- numbers ---- */

static void write_number(FILE *to, double x)
{
    if (isfinite(x))
        fprintf(to, " %.9g", x);
    else
        fputs(" nan", to);
}

static void write_dat(FILE *to, void *user)
{
    const cli_picture *const g = ((const drawing *)user)->g;
    const ot_landscape *const l = g->l;
    fputs("# ", to);
    cli_plot_comment(to, g->title);
    fprintf(to, "\n# a,%s loss, accuracy\n", l->n_axes == 2 ? " b," : "");
    for (int k = 0; k < l->points[0] * l->points[1]; k++) {
        if (l->n_axes == 2 && k > 0 && k % l->points[1] == 0) fputc('\n', to);
        write_number(to, l->at[0][k / l->points[1]]);
        if (l->n_axes == 2) write_number(to, l->at[1][k % l->points[1]]);
        write_number(to, l->loss[k]);
        write_number(to, l->accuracy[k]);
        fputc('\n', to);
    }
    if (!g->path) return;
    fputs("\n\n# the course of the training: a, b\n", to);
    for (int i = 0; i < g->path->n; i++)
        fprintf(to, " %.9g %.9g\n", g->path->x[i], g->path->y[i]);
}

/* ---- scripts ---- */

typedef struct levels {
    double from, step, to;
} levels;

static levels choose_levels(range r)
{
    const double top = r.least < HIGHEST ? fmin(r.most, HIGHEST) : r.most;
    if (r.least < HIGHEST && top - r.least >= LEAST_CONTOURS * STEP)
        return (levels){ FIRST, STEP, HIGHEST };
    const double step = cli_ticks_step(top - r.least, WANTED_CONTOURS);
    return (levels){ ceil(r.least / step) * step, step, top };
}

/* Which levels have a number: the lowest three, which lie closest to each other in a narrow valley,
 * and every third. */
static void write_labelled(FILE *to, levels v)
{
    fprintf(to,
            "level(z) = int((z - %.9g)/%.9g + 0.5)\n"
            "labelled(z) = level(z) < 3 || level(z) %% 3 == 0\n",
            v.from, v.step);
}

/* From dark to light with steadily increasing lightness, so that it is readable in grey. */
static const char palette[] =
    "set palette defined (0 '#000000', 0.35 '#14407c', 0.7 '#2a8aa0', 1 '#9bbf3c')\n";

static void write_contour(FILE *to, const cli_picture *g)
{
    const levels v = choose_levels(losses(g->l));
    fprintf(to,
            "set contour base\nunset surface\n"
            "set cntrparam levels incremental %.9g,%.9g,%.9g\n",
            v.from, v.step, v.to + 1e-9 * v.step);
    fputs("set table $contours\nsplot dat index 0 using 1:2:3 with lines\nunset table\n\n", to);
    fputs(palette, to);
    write_labelled(to, v);
    /* Colours, and dashes of every other level, go by the number of a level, so that low levels
     * differ as much as high ones. */
    fprintf(to,
            "set size square\nunset colorbox\nset cbrange [0:%.0f]\n"
            "set style textbox opaque noborder margins 0.3,0.3 fillcolor rgb '#ffffff'\n"
            "set xrange [%.9g:%.9g]\nset yrange [%.9g:%.9g]\n"
            "set key tmargin center horizontal\n"
            "plot $contours using 1:(level($3) %% 2 == 0 ? $2 : 1/0):(level($3)) with lines lw 2 "
            "lc palette notitle, \\\n"
            "     $contours using 1:(level($3) %% 2 == 1 ? $2 : 1/0):(level($3)) with lines lw 1.4 "
            "dt 2 lc palette notitle, \\\n"
            "     $contours using 1:(labelled($3) ? $2 : 1/0):(sprintf('%%g', $3)) every 90::%d "
            "with labels boxed font ',13' notitle",
            fmax(1, floor((fmin(v.to, losses(g->l).most) - v.from) / v.step)), g->l->at[0][0],
            g->l->at[0][g->l->points[0] - 1], g->l->at[1][0], g->l->at[1][g->l->points[1] - 1],
            g->l->points[1] / 4);
    if (g->path)
        fputs(", \\\n     dat index 1 using 1:2 with linespoints lw 2 dt 2 pt 7 ps 0.8 lc rgb "
              "'#c00000' title 'the course of the training'",
              to);
    fputc('\n', to);
}

/* Sets the marks of a logarithmic axis.  gnuplot marks only powers of ten, and there may be none
 * between two losses.  So the marks are round steps if the range is within one decade, 1, 2 and 5
 * times powers of ten within three decades, and powers of ten otherwise. */
static void write_ticks(FILE *to, const char *axis, range r)
{
    static const double parts[] = { 1.0, 2.0, 5.0 };
    const double ratio = r.most / r.least;
    const cli_ticks t =
        cli_ticks_of(r.least, r.most, cli_ticks_step(r.most - r.least, WANTED_TICKS));
    const double first = floor(log10(r.least));
    const int decades = (int)ceil(log10(r.most) - log10(r.least)) + 1; /* below 640 */
    const int most = ratio > 1000.0 ? 1 : 3;
    const double margin = 1e-6; /* keeps the extreme losses inside despite rounding */
    fprintf(to, "set %srange [%.9g:%.9g]\nset %stics (", axis, r.least * (1.0 - margin),
            r.most * (1.0 + margin), axis);
    const char *between = "";
    if (ratio < 10.0)
        for (int i = 0; i < t.n; i++, between = ", ")
            fprintf(to, "%s%.6g", between, (t.first + i) * t.step);
    else
        for (int d = 0; d <= decades; d++)
            for (int k = 0; k < most; k++, between = ", ")
                fprintf(to, "%s%g", between, parts[k] * pow(10.0, first + d));
    fputs(")\n", to);
}

static void write_surface(FILE *to, const cli_picture *g)
{
    const range r = losses(g->l);
    const bool cut = r.most > HIGHEST && r.least < HIGHEST;
    const range shown = { r.least, cut ? HIGHEST : r.most };
    fputs(palette, to);
    fputs("set logscale z\nset logscale cb\nset xyplane relative 0.05\nset view 55, 35\n"
          "set pm3d depthorder border lc rgb '#202020' lw 0.4\n"
          "set xlabel rotate parallel offset 0,-1\nset ylabel rotate parallel offset 0,-1\n"
          "set xtics offset -0.5,-0.3\nset ytics offset 0.8,-0.2\nset cblabel 'loss'\n"
          "set ztics font ',12'\nset zlabel 'loss, logarithmic' rotate by 90 offset -1,0\n",
          to);
    if (shown.least > 0.0) write_ticks(to, "z", shown);
    if (shown.least > 0.0) write_ticks(to, "cb", shown);
    if (cut) fprintf(to, "set label 'cut at %g' at screen 0.03, 0.05\n", HIGHEST);
    if (cut)
        fprintf(to, "splot dat index 0 using 1:2:($3 > %g ? %g : $3) with pm3d notitle\n", HIGHEST,
                HIGHEST);
    else
        fputs("splot dat index 0 using 1:2:3 with pm3d notitle\n", to);
}

static void write_line(FILE *to, const cli_picture *g)
{
    const range r = losses(g->l);
    if (r.least > 0.0 && r.most > 20.0 * r.least) fputs("set logscale y\n", to);
    fprintf(to, "set xrange [%.9g:%.9g]\n", g->l->at[0][0], g->l->at[0][g->l->points[0] - 1]);
    fputs("set ylabel 'loss'\nset y2label 'accuracy, %'\nset y2tics\nset y2range [0:100]\n"
          "set ytics nomirror\nset grid xtics ytics lc rgb '#d0d0d0' lt 1\n"
          "set key tmargin center horizontal samplen 5\n"
          "plot dat using 1:2 with lines lw 2 lc rgb '#000000' title 'loss', \\\n"
          "     dat using 1:(100*$3) axes x1y2 with lines lw 2 dt 2 lc rgb '#c04000' "
          "title 'accuracy'\n",
          to);
}

static void write_script(FILE *to, void *user)
{
    const drawing *const d = user;
    fputs("set datafile missing 'nan'\n\nset title ", to);
    cli_plot_quote(to, d->g->title);
    fputs("\nset xlabel ", to);
    cli_plot_quote(to, d->g->label[0]);
    fputs("\nset ylabel ", to);
    cli_plot_quote(to, d->g->label[1]);
    fputc('\n', to);
    d->picture->script(to, d->g);
}

/* ---- files ---- */

static ot_status draw(const cli_picture *g, const picture *p)
{
    static const char *const endings[] = { "svg", "png" };
    cli_plot_files files;
    drawing d = { g, p };
    const cli_plot_source source = { write_dat, write_script, &d };
    for (int i = 0; i < 2; i++) {
        char image[PATH_MAX];
        snprintf(image, sizeof image, "%.*s/%s.%s", PATH_MAX - 64, g->directory, p->name,
                 endings[i]);
        ot_status status = cli_plot_open(&files, image);
        if (status == OT_OK && i == 0) status = cli_plot_save(&files, &source);
        if (status == OT_OK) status = cli_plot_draw(&files, &source);
        if (status != OT_OK) return status;
        cli_print(stdout, "          %s\n", image);
    }
    return OT_OK;
}

ot_status cli_landscape_plot(const cli_picture *g)
{
    static const picture contour = { "contour", write_contour },
                         surface = { "surface", write_surface }, line = { "line", write_line };
    const range r = losses(g->l);
    const bool differ = r.most - r.least > RESOLUTION * fmax(fabs(r.least), fabs(r.most));
    if (g->l->points[0] < 2 || (g->l->n_axes == 2 && g->l->points[1] < 2) || !differ)
        return ot__fail(CLI_NO, "there is nothing to draw: the grid has no two losses that "
                                "are numbers and differ in the first eight digits");
    if (g->l->n_axes == 1) return draw(g, &line);
    const ot_status status = draw(g, &contour);
    return status == OT_OK ? draw(g, &surface) : status;
}
