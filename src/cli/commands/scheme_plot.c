/* SPDX-License-Identifier: BSD-3-Clause
 * odetape scheme plot: draws the stability regions |R(z)| <= 1 of schemes.  gnuplot gets log10 |R|
 * on a grid and draws the line where it is 0.  Lines differ in dashes, and then in width, so that
 * they can be distinguished in black and white.  With --graph it draws the structures of schemes
 * instead, without gnuplot. */
#include <complex.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "cli/frame/message.h"
#include "cli/frame/options.h"
#include "cli/frame/schemes.h"
#include "cli/plots/gnuplot.h"
#include "cli/frame/print.h"
#include "cli/report/region.h"
#include "cli/report/structure.h"

struct settings {
    const char *out;
    bool graph;
};

static const ot_option options[] = {
    { .name = "out",
      .letter = 'o',
      .kind = OT_OPTION_TEXT,
      .argument = "FILE",
      .offset = offsetof(struct settings, out),
      .help = "picture to write, .svg or .png; .dat and .gp go next to it" },
    { .name = "graph",
      .kind = OT_OPTION_SWITCH,
      .offset = offsetof(struct settings, graph),
      .help = "draw states, evaluations and connections instead, .svg" },
    { 0 },
};

static const cli_group groups[] = {
    { "Plot options", options, 0 },
    { 0 },
};

/* Schemes with the same polynomial R have one region, and one curve. */
typedef struct curve {
    char *polynomial;
    char names[256]; /* of all of them: "rk4, gill4" */
    ot_stability r;
} curve;

typedef struct figure {
    cli_plot_files files;
    cli_schemes schemes;
    int n;
    curve curve[CLI_SCHEMES_MOST];
    cli_region all; /* the rectangle that contains all regions */
} figure;

/* Adds a scheme to the curve of its polynomial.  Polynomials are exact, so equal ones have the same
 * text. */
static ot_status add_scheme(figure *f, const ot_scheme *s)
{
    char *polynomial = NULL;
    OT_TRY(ot_tableau_polynomial(ot_scheme_tableau(s), 0, &polynomial));
    int i = 0;
    while (i < f->n && strcmp(f->curve[i].polynomial, polynomial) != 0)
        i++;
    curve *const c = &f->curve[i];
    if (i < f->n) {
        const size_t used = strlen(c->names);
        snprintf(c->names + used, sizeof c->names - used, ", %s", ot_scheme_name(s));
        free(polynomial);
        return OT_OK;
    }
    f->n++;
    c->polynomial = polynomial;
    snprintf(c->names, sizeof c->names, "%s", ot_scheme_name(s));
    return ot_tableau_stability(ot_scheme_tableau(s), 0, &c->r);
}

static ot_status prepare(figure *f)
{
    ot_status status = OT_OK;
    for (int i = 0; i < f->schemes.n && status == OT_OK; i++)
        status = add_scheme(f, f->schemes.scheme[i]);
    for (int i = 0; i < f->n && status == OT_OK; i++)
        cli_region_cover(&f->all, &f->curve[i].r);
    cli_region_widen(&f->all);
    return status;
}

static void write_dat(FILE *to, void *user)
{
    enum { N = 200 };
    const figure *const f = user;
    for (int s = 0; s < f->n; s++) {
        fputs(s ? "\n\n# " : "# ", to);
        cli_plot_comment(to, f->curve[s].names);
        fputs(": Re z, Im z, log10 |R(z)| within -1 to 1\n", to);
        for (int i = 0; i <= N; i++) {
            const double x = f->all.left + (f->all.right - f->all.left) * i / N;
            if (i > 0) fputc('\n', to);
            for (int j = 0; j <= N; j++) {
                const double y = f->all.top * (2.0 * j / N - 1);
                const double value =
                    log10(cli_stability_modulus(&f->curve[s].r, x + I * y) + 1e-300);
                fprintf(to, "%.5g %.5g %.5g\n", x, y, fmax(-1, fmin(1, value)));
            }
        }
    }
}

static void write_contours(FILE *to, const figure *f)
{
    fputs("set contour base\nunset surface\nset cntrparam levels discrete 0\n", to);
    for (int s = 0; s < f->n; s++)
        fprintf(to, "set table $region%d\nsplot dat index %d with lines\nunset table\n", s, s);
    fputs("unset contour\n\n", to);
}

static void write_lines(FILE *to, const figure *f)
{
    static const char *const shades[] = { "#000000", "#c04000", "#0060b0", "#009070" };
    enum { SHADES = sizeof shades / sizeof shades[0], DASHES = 5 };
    for (int s = 0; s < f->n; s++) {
        fprintf(to, "%s$region%d using 1:2 with lines lw %d dt %d lc rgb '%s' title ",
                s ? ", \\\n     " : "plot ", s, 2 + 2 * (s / DASHES), s % DASHES + 1,
                shades[s % SHADES]);
        cli_plot_quote(to, f->curve[s].names);
    }
    fputc('\n', to);
}

static void write_script(FILE *to, void *user)
{
    const figure *const f = user;
    fputs("# The regions |R(z)| <= 1 around 0.\n", to);
    write_contours(to, f);
    fprintf(to,
            "set title 'Regions of stability, |R(z)| <= 1'\n"
            "set xlabel \"Re z\\n \"\nset ylabel 'Im z'\n" /* a second line keeps the key off */
            "set size ratio -1\nset grid lc rgb '#d0d0d0' lt 1\n"
            "set xzeroaxis lt 1 lc rgb '#606060'\nset yzeroaxis lt 1 lc rgb '#606060'\n"
            "set key below left Left reverse samplen 5 maxcols 1\n"
            "set xrange [%.5g:%.5g]\nset yrange [%.5g:%.5g]\n",
            f->all.left, f->all.right, -f->all.top, f->all.top);
    write_lines(to, f);
}

static ot_status draw(figure *f)
{
    ot_status status = prepare(f);
    if (status != OT_OK) return status;
    const cli_plot_source source = { write_dat, write_script, f };
    status = cli_plot_save(&f->files, &source);
    if (status == OT_OK) status = cli_plot_draw(&f->files, &source);
    if (status != OT_OK) return status;
    cli_print(stdout, "%s: %d region%s; numbers in %s, script in %s\n", f->files.image, f->n,
              f->n == 1 ? "" : "s", f->files.dat, f->files.gp);
    return OT_OK;
}

/* ---- structures ---- */

typedef struct graphs {
    int n;
    cli_structure graph[CLI_SCHEMES_MOST];
    cli_structure_row row[CLI_SCHEMES_MOST];
} graphs;

static ot_status write_graphs(FILE *to, void *user)
{
    const graphs *const g = user;
    return cli_structure_write(to, g->n, g->row, true);
}

static ot_status draw_graphs(char *const operands[], const char *file, graphs *g)
{
    ot_scheme *scheme[CLI_SCHEMES_MOST] = { NULL };
    ot_status status = cli_structure_check_name(file);
    for (g->n = 0; operands[g->n] && status == OT_OK;) {
        ot_scheme **const s = &scheme[g->n];
        status = ot_scheme_open(operands[g->n], s);
        if (status == OT_OK) status = cli_structure_of_scheme(*s, &g->graph[g->n]);
        if (status != OT_OK) break;
        g->row[g->n] = (cli_structure_row){ ot_scheme_name(*s), &g->graph[g->n] };
        g->n++;
    }
    if (status == OT_OK) status = ot__file_fill(file, write_graphs, g);
    if (status == OT_OK) cli_print(stdout, "%s: %d scheme%s\n", file, g->n, g->n == 1 ? "" : "s");
    for (int i = 0; i < CLI_SCHEMES_MOST; i++) {
        cli_structure_free(&g->graph[i]);
        ot_scheme_free(scheme[i]);
    }
    return status;
}

static ot_status run(void *settings, char **operands)
{
    const struct settings *const s = settings;
    static figure f; /* too large for the stack; used once */
    static graphs g;
    if (s->graph) return draw_graphs(operands, s->out, &g);
    ot_status status = cli_plot_open(&f.files, s->out);
    if (status != OT_OK) return status;
    status = cli_schemes_open(operands, &f.schemes);
    if (status == OT_OK) status = draw(&f);
    for (int i = 0; i < f.n; i++)
        free(f.curve[i].polynomial);
    cli_schemes_close(&f.schemes);
    return status;
}

const cli_command cli_scheme_plot = {
    .name = "scheme plot",
    .operands = "NAME|FILE ...",
    .n_operands = 1,
    .more_operands = CLI_SCHEMES_MOST - 1,
    .summary = "draw regions of stability, or structures",
    .detail = "Exit status 69 if gnuplot is not installed; its script is still written.",
    .groups = groups,
    .required = "out",
    .defaults = &(const struct settings){ 0 },
    .settings_size = sizeof(struct settings),
    .run = run,
};
