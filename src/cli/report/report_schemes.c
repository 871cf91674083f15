/* SPDX-License-Identifier: BSD-3-Clause
 * The section on the schemes of the networks, whose texts are in the metadata of the weights.  The
 * stability region |R(z)| <= 1 is shaded row by row on a grid; its edge is found by marching
 * squares. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "cli/frame/claims.h"
#include "cli/frame/schemes.h"
#include "cli/report/html.h"
#include "cli/report/region.h"
#include "cli/report/report.h"
#include "cli/report/structure.h"
#include "cli/report/svg.h"

enum { WIDEST_TABLE = 7 }; /* in stages; larger tableaux are written as lists */

/* ---- which ----------------------------------------------------------------------------------- */

static bool is_there(const cli_schemes *all, const char *text)
{
    for (int i = 0; i < all->n; i++) {
        const char *const known = ot_scheme_text(all->scheme[i]);
        if (strcmp(known ? known : ot_scheme_name(all->scheme[i]), text) == 0) return true;
    }
    return false;
}

/* Adds the schemes without a tableau of the network in a file.  Their names are their text. */
static ot_status collect_others(const char *weights, cli_schemes *all)
{
    ot_net *net = NULL;
    const ot_scheme *s;
    ot_status status = ot_net_open(weights, 1, &net);
    for (int i = 0; status == OT_OK && (s = ot_net_scheme(net, i)) != NULL; i++) {
        if (ot_scheme_tableau(s) || all->n == CLI_SCHEMES_MOST) continue;
        if (is_there(all, ot_scheme_name(s))) continue;
        status = ot_scheme_open(ot_scheme_name(s), &all->scheme[all->n]);
        all->n += status == OT_OK;
    }
    ot_net_free(net);
    return status;
}

static void collect_from(FILE *to, cli_schemes *all, cli_reported *run)
{
    ot_safetensors *file = NULL;
    ot_status status = cli_report_weights(run, &file);
    const char *const weights = run->weights;
    for (int i = 0; status == OT_OK && ot_safetensors_key(file, i); i++) {
        const char *const text = ot_safetensors_value(file, i);
        if (strncmp(ot_safetensors_key(file, i), "scheme.", 7) != 0) continue;
        if (all->n == CLI_SCHEMES_MOST || is_there(all, text)) continue;
        status = ot_scheme_parse(text, weights, &all->scheme[all->n]);
        if (status == OT_OK) all->n++;
    }
    if (status == OT_OK) status = collect_others(weights, all);
    cli_html_record_failure(status);
    if (status != OT_OK)
        cli_html_missing(to, "The schemes of %s cannot be read: %s", weights, ot_message());
    ot_safetensors_close(file);
}

/* ---- the tableau ----------------------------------------------------------------------------- */

/* Writes a text and frees it.  NULL stands for memory that ran out; also in write_term. */
static void write_exact(FILE *to, char *text)
{
    if (!text) cli_html_record_failure(OT_ENOMEM);
    cli_html_put(to, "%s", text ? text : "");
    free(text);
}

static void write_weights_row(FILE *to, const ot_tableau *t, int row, int stages)
{
    fputs("<tr>", to);
    cli_html_element(to, "th", "%s", ot_tableau_row_name(t, row));
    for (int j = 0; j < stages; j++) {
        fputs("<td>", to);
        write_exact(to, ot_tableau_weight(t, row, j));
        fputs("</td>", to);
    }
    fputs("</tr>\n", to);
}

static void write_grid(FILE *to, const ot_scheme *s)
{
    const ot_tableau *const t = ot_scheme_tableau(s);
    const int stages = ot_scheme_stages(s);
    fputs("<table><tr><th><var>c</var></th>", to);
    for (int j = 0; j < stages; j++)
        fprintf(to, "<th><var>k</var><sub>%d</sub></th>", j + 1);
    fputs("</tr>\n", to);
    for (int i = 0; i < stages; i++) {
        fprintf(to, "<tr><th>%s</th>", OT__ROUNDED(ot_scheme_c(s, i), 10));
        for (int j = 0; j < stages; j++) {
            fputs("<td>", to);
            if (j < i) write_exact(to, ot_tableau_a(t, i, j));
            fputs("</td>", to);
        }
        fputs("</tr>\n", to);
    }
    for (int row = 0; row < ot_tableau_rows(t); row++)
        write_weights_row(to, t, row, stages);
    fputs("</table>\n", to);
}

/* Writes a term of a list "k1: 1/2, k3: 1/6", unless its coefficient is 0. */
static void write_term(FILE *to, char *coefficient, int j, bool *any)
{
    if (!coefficient) cli_html_record_failure(OT_ENOMEM);
    if (coefficient && strcmp(coefficient, "0") != 0) {
        fputs(*any ? ", " : "", to);
        cli_html_put(to, "k%d: %s", j + 1, coefficient);
        *any = true;
    }
    free(coefficient);
}

static void write_list(FILE *to, const ot_scheme *s)
{
    const ot_tableau *const t = ot_scheme_tableau(s);
    const int stages = ot_scheme_stages(s);
    fputs("<table><tr><th>stage</th><th>c</th><th>coefficients that are not 0</th></tr>\n", to);
    for (int i = 0; i < stages; i++) {
        bool any = false;
        fprintf(to, "<tr><th>k%d</th><td>%s</td><td class=\"path\">", i + 1,
                OT__ROUNDED(ot_scheme_c(s, i), 10));
        for (int j = 0; j < i; j++)
            write_term(to, ot_tableau_a(t, i, j), j, &any);
        fputs("</td></tr>\n", to);
    }
    for (int row = 0; row < ot_tableau_rows(t); row++) {
        bool any = false;
        fputs("<tr>", to);
        cli_html_element(to, "th", "%s", ot_tableau_row_name(t, row));
        fputs("<td></td><td class=\"path\">", to);
        for (int j = 0; j < stages; j++)
            write_term(to, ot_tableau_weight(t, row, j), j, &any);
        fputs("</td></tr>\n", to);
    }
    fputs("</table>\n", to);
}

/* ---- the region ------------------------------------------------------------------------------ */

enum { CELLS = 160 };

typedef struct lattice {
    const cli_chart *c;
    double x[CELLS + 1], y[CELLS + 1];
    double v[CELLS + 1][CELLS + 1]; /* |R| - 1 at x[i], y[j] in v[j][i] */
} lattice;

static void fill_lattice(lattice *l, const cli_chart *c, const ot_stability *s)
{
    l->c = c;
    for (int i = 0; i <= CELLS; i++) {
        l->x[i] = c->x.from + (c->x.to - c->x.from) * i / CELLS;
        l->y[i] = c->y.from + (c->y.to - c->y.from) * i / CELLS;
    }
    for (int j = 0; j <= CELLS; j++)
        for (int i = 0; i <= CELLS; i++)
            l->v[j][i] = fmin(4, cli_stability_modulus(s, l->x[i] + I * l->y[j])) - 1;
}

/* Shades, in each row of cells, the stretches of cells whose left corners are in the region. */
static void write_shade(FILE *to, const lattice *l)
{
    fputs("<path fill=\"#d8d8d8\" d=\"", to);
    for (int j = 0; j < CELLS; j++)
        for (int i = 0, end; i < CELLS; i = end + 1) {
            end = i;
            while (end < CELLS && l->v[j][end] <= 0 && l->v[j + 1][end] <= 0)
                end++;
            if (end == i) continue;
            const double top = cli_chart_y(l->c, l->y[j + 1]), low = cli_chart_y(l->c, l->y[j]);
            fprintf(to, "M%.1f %.1fH%.1fV%.1fH%.1fz", cli_chart_x(l->c, l->x[i]), top,
                    cli_chart_x(l->c, l->x[end]), low + 0.2, cli_chart_x(l->c, l->x[i]));
        }
    fputs("\"/>\n", to);
}

/* Finds where the region's edge crosses the side of cell (i, j) from corner a to the next one;
 * returns false if it does not.  Corners are numbered around the cell. */
static bool crosses(const lattice *l, int i, int j, int a, double *x, double *y)
{
    static const int right[] = { 0, 1, 1, 0 }, up[] = { 0, 0, 1, 1 };
    const int b = (a + 1) % 4;
    const double u = l->v[j + up[a]][i + right[a]], v = l->v[j + up[b]][i + right[b]];
    if ((u <= 0) == (v <= 0)) return false;
    const double t = u / (u - v);
    *x = l->x[i + right[a]] + t * (l->x[i + right[b]] - l->x[i + right[a]]);
    *y = l->y[j + up[a]] + t * (l->y[j + up[b]] - l->y[j + up[a]]);
    return true;
}

static void write_edge(FILE *to, const lattice *l)
{
    fputs("<path fill=\"none\" stroke=\"#000000\" stroke-width=\"1.6\" stroke-linecap=\"round\" "
          "d=\"",
          to);
    for (int j = 0; j < CELLS; j++)
        for (int i = 0; i < CELLS; i++)
            for (int a = 0, n = 0; a < 4; a++) {
                double x, y;
                if (!crosses(l, i, j, a, &x, &y)) continue;
                fprintf(to, "%s%.1f %.1f", n++ % 2 ? "L" : "M", cli_chart_x(l->c, x),
                        cli_chart_y(l->c, y));
            }
    fputs("\"/>\n", to);
}

static void write_region(FILE *to, const ot_stability *s)
{
    static lattice l; /* large */
    enum { WIDTH = 320, HIGHEST = 420 };
    cli_region r = { 0 };
    cli_region_cover(&r, s);
    cli_region_widen(&r);
    const double high = 2 * r.top / (r.right - r.left) * WIDTH;
    const double shrink = fmin(1, HIGHEST / high);
    const cli_chart c = { .title = "Region |R(z)| at most 1, shaded",
                          .width = WIDTH * shrink,
                          .height = high * shrink,
                          .x = { r.left, r.right, "Re z", false },
                          .y = { -r.top, r.top, "Im z", false } };
    fill_lattice(&l, &c, s);
    cli_chart_open(to, &c);
    write_shade(to, &l);
    fprintf(to, "<path stroke=\"#606060\" d=\"M%.1f 0v%.1fM0 %.1fh%.1f\"/>\n", cli_chart_x(&c, 0),
            c.height, cli_chart_y(&c, 0), c.width);
    write_edge(to, &l);
    cli_chart_close(to);
}

/* ---- a scheme -------------------------------------------------------------------------------- */

/* Writes "4, all conditions hold exactly", or a false claim with the condition that refutes it. */
static void write_order(FILE *to, const cli_claims *c, const ot_scheme *s, int row)
{
    const ot_proof *const p = c->proof ? &c->proof[row] : NULL;
    cli_order order;
    cli_claims_order(c, s, row, &order);
    if (!p)
        cli_html_element(to, "td", "%s: %s", order.text, c->why);
    else if (p->refuted)
        cli_html_element(to, "td", "%s, NOT %d as its text claims: order %d is missed by %s",
                         order.text, p->claimed, p->fails, OT__ROUNDED(p->missed_by, 3));
    else if (p->order == 0)
        cli_html_element(to, "td", "0: order 1 is missed by %s", OT__ROUNDED(p->missed_by, 3));
    else if (p->within > 0 || p->order > OT_ORDER_MOST)
        cli_html_element(to, "td", "%s", order.text);
    else
        cli_html_element(to, "td", "%s, all conditions hold exactly", order.text);
}

static void write_orders(FILE *to, const ot_scheme *s)
{
    cli_claims c;
    const ot_status status = cli_claims_of(s, &c);
    cli_html_record_failure(status);
    for (int row = 0; status == OT_OK && row < c.rows; row++) {
        fputs("<tr>", to);
        if (row == 0)
            fputs("<th>order</th>", to);
        else
            cli_html_element(to, "th", "order of %s",
                             ot_tableau_row_name(ot_scheme_tableau(s), row));
        write_order(to, &c, s, row);
        fputs("</tr>\n", to);
    }
}

static void write_interval(FILE *to, const char *title, double length)
{
    fprintf(to, "<tr><th>%s</th><td>", title);
    if (isfinite(length))
        fprintf(to, "%s", OT__ROUNDED(length, 6));
    else
        fputs("infinite", to);
    fputs("</td></tr>\n", to);
}

static void write_polynomial(FILE *to, char *text)
{
    if (!text) cli_html_record_failure(OT_ENOMEM);
    cli_html_formula(to, text ? text : "");
    free(text);
}

static void write_facts(FILE *to, const ot_scheme *s, const ot_stability *stability)
{
    fputs("<table>", to);
    write_orders(to, s);
    fprintf(to,
            "<tr><th>stages</th><td>%d, of which %d are evaluated</td></tr>\n"
            "<tr><th><var>R</var>(<var>z</var>)</th><td class=\"path math\">",
            ot_scheme_stages(s), ot_scheme_evaluations(s));
    char *polynomial = NULL;
    const ot_status status = ot_tableau_polynomial(ot_scheme_tableau(s), 0, &polynomial);
    cli_html_record_failure(status);
    if (status == OT_OK)
        write_polynomial(to, polynomial);
    else
        cli_html_text(to, ot_message());
    fputs("</td></tr>\n", to);
    write_interval(to, "stable to -x on the real axis, x", stability->real);
    write_interval(to, "stable to y i on the imaginary axis, y", stability->imaginary);
    fputs("</table>\n", to);
}

static void write_fact(FILE *to, const char *title, const char *text)
{
    fputs("<tr>", to);
    cli_html_element(to, "th", "%s", title);
    cli_html_element(to, "td", "%s", text);
    fputs("</tr>\n", to);
}

static void write_structure(FILE *to, const ot_scheme *s)
{
    cli_structure g;
    const ot_status status = cli_structure_of_scheme(s, &g);
    const cli_structure_row row = { "", &g };
    cli_html_record_failure(status);
    if (status != OT_OK) {
        cli_html_missing(to, "There is no picture of its structure: %s", ot_message());
        return;
    }
    fputs("<figure class=\"structure\">\n", to);
    cli_html_record_failure(cli_structure_write(to, 1, &row, false));
    cli_html_element(to, "figcaption",
                     "Its structure: states, evaluations of f, and sums with "
                     "their factors");
    fputs("</figure>\n", to);
    cli_structure_free(&g);
}

/* A scheme without a tableau. */
static void write_kind(FILE *to, const ot_scheme *s)
{
    const ot_about *const about = &ot_scheme_table(s)->about;
    cli_html_element(to, "h3", "%s", ot_scheme_name(s));
    fputs("<table>", to);
    if (about->equation) {
        fputs("<tr><th>equation</th><td class=\"math\">", to);
        cli_html_formula(to, about->equation);
        fputs("</td></tr>\n", to);
    }
    if (about->reference) write_fact(to, "reference", about->reference);
    fprintf(to, "<tr><th>evaluations per block</th><td>%d</td></tr>\n</table>\n",
            ot_scheme_evaluations(s));
    write_structure(to, s);
}

static void write_tableau(FILE *to, const ot_scheme *s)
{
    ot_stability stability;
    const ot_status status = ot_tableau_stability(ot_scheme_tableau(s), 0, &stability);
    const char *const title = ot_scheme_title(s);
    cli_html_element(to, "h3", "%s%s%s", ot_scheme_name(s), title && *title ? ": " : "",
                     title ? title : "");
    fputs("<div class=\"side\">\n<div>\n<div class=\"wide\">\n", to);
    if (ot_scheme_stages(s) <= WIDEST_TABLE)
        write_grid(to, s);
    else
        write_list(to, s);
    fputs("</div>\n", to);
    cli_html_record_failure(status);
    if (status != OT_OK) {
        cli_html_missing(to, "Its stability is not known: %s", ot_message());
        fputs("</div>\n</div>\n", to);
        return;
    }
    write_facts(to, s, &stability);
    fputs("</div>\n<figure>\n", to);
    write_region(to, &stability);
    fputs("</figure>\n</div>\n", to);
    write_structure(to, s);
    fputs("<details><summary>The tableau as text that odetape reads</summary>\n", to);
    fputs("<pre>", to);
    cli_html_text(to, ot_scheme_text(s));
    fputs("</pre></details>\n", to);
}

static void write_formulas(FILE *to)
{
    fputs("<p class=\"math\">", to);
    cli_html_formula(to,
                     "k_i = f_i(x + sum_j a_ij k_j),   y = x + sum_i b_i k_i,   c_i = sum_j a_ij");
    fputs("</p>\n<p>Coefficients are exact; ", to);
    cli_html_formula(to, "c_i");
    fputs(" is rounded to ten digits. For ", to);
    cli_html_formula(to, "f(x) = lambda x");
    fputs(", a step multiplies ", to);
    cli_html_formula(to, "x");
    fputs(" by ", to);
    cli_html_formula(to, "R(z), z = h lambda");
    fputs(".</p>\n", to);
}

void cli_report_schemes(FILE *to, const cli_page *r)
{
    cli_schemes all = { 0 };
    int without = 0, tableaux = 0;
    cli_html_section(to, "Tableaux and regions of stability");
    for (int i = 0; i < r->n; i++)
        if (r->run[i].weights)
            collect_from(to, &all, &r->run[i]);
        else
            without++;
    for (int i = 0; i < all.n; i++)
        tableaux += ot_scheme_tableau(all.scheme[i]) != NULL;
    if (without > 0)
        cli_html_missing(to, "The schemes of %d of %d runs are missing: %s.", without, r->n,
                         cli_weights_missing(r->rule));
    if (tableaux > 0) write_formulas(to);
    for (int i = 0; i < all.n; i++)
        (ot_scheme_tableau(all.scheme[i]) ? write_tableau : write_kind)(to, all.scheme[i]);
    cli_schemes_close(&all);
}
