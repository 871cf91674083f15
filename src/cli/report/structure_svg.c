/* SPDX-License-Identifier: BSD-3-Clause
 * Draws a structure as an arc diagram: its nodes stand in the order of the tape on one line, so
 * that time goes to the right.  A node that reads its neighbour has an arrow from it.  What it
 * reads from further left arrives in an arc, above the line if it is a result of f, otherwise
 * below.  Sums have their factors where all of a row's have room; a factor of 1 is not written. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "base/memory.h"
#include "base/status.h"
#include "cli/report/html.h"
#include "cli/report/structure.h"

const char cli_structure_style[] =
    ".g-line{fill:none;stroke:#000;stroke-width:1}.g-late{stroke:#777}"
    ".g-head{fill:#000;stroke:none}.g-node{fill:#fff;stroke:#000;stroke-width:1.2}"
    ".g-f{fill:#dce6f2}.g-ghost{stroke-dasharray:3 2}.g-text{fill:#000}"
    ".g-halo{fill:none;stroke:#fff;stroke-width:3}"
    "@media screen and (prefers-color-scheme:dark){.g-line,.g-node{stroke:#ddd}"
    ".g-late{stroke:#999}.g-head,.g-text{fill:#ddd}.g-node{fill:#1b1b1b}.g-f{fill:#2b4058}"
    ".g-halo{stroke:#1b1b1b}}\n";

enum { RADIUS = 11, HIGH = 22, GAP = 20, MARGIN = 14, HEADING = 22, BRACKET = 30 };
static const double CHARACTER = 6.2; /* width of a small character */
/* A node where it is drawn.  A ghost repeats a node of an earlier row. */
typedef struct spot {
    int node;
    bool ghost;
    double x, half; /* its middle, and half its width */
} spot;

typedef struct line {
    const cli_structure *g;
    const char *heading;
    int from, end; /* its segments */
    bool networks; /* rows of a network name their image size */
    int n;         /* spots: ghosts first */
    spot *at;
    bool factors;    /* whether factors have room */
    double up, down; /* of its arcs */
    double width, y; /* of its line of nodes */
} line;

/* ---- text ------------------------------------------------------------------------------------ */

/* Writes a factor: a whole number, a fraction with a denominator below 10^5, or three digits. */
static void write_factor(char text[32], double c)
{
    for (int d = 1; d < 100000; d++) {
        const double n = nearbyint(c * d);
        if (n == 0 || fabs(c * d - n) > 2e-15 * d * fmax(1, fabs(c)) || fabs(n) > 99999) continue;
        snprintf(text, 32, d > 1 ? "%s%.0f/%d" : "%s%.0f", c < 0 ? "\u2212" : "", fabs(n), d);
        return;
    }
    snprintf(text, 32, "%s%.3g", c < 0 ? "\u2212" : "", fabs(c));
}

static bool has_factor(const cli_edge *e)
{
    return e->factor != 1 && !isnan(e->factor);
}

static double factor_width(const cli_edge *e)
{
    char text[32];
    if (!has_factor(e)) return 0;
    write_factor(text, e->factor);
    return CHARACTER * (double)strlen(text) + 4;
}

/* Whether a node is what its block leaves. */
static bool is_result(const cli_structure *g, int node)
{
    const cli_segment *const s = &g->segment[g->node[node].segment];
    return node == s->first + s->n - 1;
}

static int blocks_of(const cli_structure *g)
{
    int n = 0;
    for (int s = 0; s < g->n_segments; s++)
        n += g->segment[s].block >= 0;
    return n;
}

/* The letter of a state and its index; -1: none. */
static const char *state_name(const line *l, int node, int *index)
{
    const cli_structure *const g = l->g;
    const cli_segment *const s = &g->segment[g->node[node].segment];
    *index = -1;
    if (!is_result(g, node)) return "+";
    if (s->block < 0) return "x";
    if (!l->networks && g->node[node].segment == g->n_segments - 1) return "y";
    if (l->networks || blocks_of(g) > 1) *index = s->block + s->times;
    return "x";
}

static void put_symbol(FILE *to, const spot *p, double y, const char *letter, int index)
{
    fprintf(to,
            "<text class=\"g-text\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\" "
            "font-style=\"%s\" font-family=\"serif\" font-size=\"15\">%s",
            p->x, y + 4.5, *letter == '+' ? "normal" : "italic", letter);
    if (index >= 0)
        fprintf(to, "<tspan dy=\"3\" font-size=\"%d\" font-style=\"normal\">%d</tspan>",
                index > 9 ? 8 : 10, index);
    fputs("</text>", to);
}

/* ---- layout ---------------------------------------------------------------------------------- */

static bool is_boxed(const cli_node *n)
{
    return n->kind == CLI_NODE_PART || n->kind == CLI_NODE_OP;
}

static double half_width(const line *l, const spot *p)
{
    const cli_node *const n = &l->g->node[p->node];
    if (p->ghost || n->kind == CLI_NODE_SUM) return RADIUS;
    return is_boxed(n) ? (CHARACTER * (double)strlen(n->label) + 10) / 2 : 14;
}

static int spot_of(const line *l, int node)
{
    for (int i = 0; i < l->n; i++)
        if (l->at[i].node == node) return i;
    return -1;
}

static bool is_in(const line *l, int node)
{
    const int s = l->g->node[node].segment;
    return s >= l->from && s < l->end;
}

static void each_edge(line *l, void (*use)(line *l, const cli_edge *e, void *user), void *user)
{
    for (int i = 0; i < l->g->n_edges; i++)
        if (is_in(l, l->g->edge[i].to)) use(l, &l->g->edge[i], user);
}

static void add_ghost(line *l, const cli_edge *e, void *user)
{
    (void)user;
    if (!is_in(l, e->from) && spot_of(l, e->from) < 0)
        l->at[l->n++] = (spot){ .node = e->from, .ghost = true };
}

static void add_spots(line *l)
{
    const cli_segment *const last = &l->g->segment[l->end - 1];
    each_edge(l, add_ghost, NULL);
    for (int node = l->g->segment[l->from].first; node < last->first + last->n; node++)
        l->at[l->n++] = (spot){ .node = node };
}

static void widen(line *l, const cli_edge *e, void *user)
{
    double *const gap = user;
    const int a = spot_of(l, e->from), b = spot_of(l, e->to);
    if (l->factors && b == a + 1) gap[b] = fmax(gap[b], factor_width(e) + 14);
}

static bool begins_block(const line *l, int i)
{
    return i > 0 && !l->at[i].ghost && !l->at[i - 1].ghost &&
           l->g->node[l->at[i].node].segment != l->g->node[l->at[i - 1].node].segment;
}

static void set_places(line *l, double *gap)
{
    double x = MARGIN;
    for (int i = 0; i < l->n; i++)
        gap[i] = begins_block(l, i) ? GAP + 8 : GAP;
    each_edge(l, widen, gap);
    for (int i = 0; i < l->n; i++) {
        spot *const p = &l->at[i];
        p->half = half_width(l, p);
        if (i > 0) x += gap[i];
        p->x = x + p->half;
        x += 2 * p->half;
    }
    l->width = x + MARGIN;
}

typedef struct arc {
    double x1, x2, height;
    bool above, straight;
} arc;

static arc arc_of(const line *l, const cli_edge *e)
{
    const int a = spot_of(l, e->from), b = spot_of(l, e->to);
    const spot *const from = &l->at[a], *const to = &l->at[b];
    arc r = { from->x, to->x, 10 + 0.15 * (to->x - from->x), false, b == a + 1 };
    r.above = l->g->node[e->from].kind == CLI_NODE_EVALUATION;
    return r;
}

static void measure(line *l, const cli_edge *e, void *user)
{
    (void)user;
    const arc a = arc_of(l, e);
    double *const most = a.above ? &l->up : &l->down;
    if (!a.straight) *most = fmax(*most, a.height + (l->factors && has_factor(e) ? 6 : 0));
}

/* The factors of arcs, as boxes that must not overlap.  A line with more than MOST_FACTORS of them
 * would not be readable, and gets none. */
enum { MOST_FACTORS = 20 };
typedef struct boxes {
    int n;
    struct {
        double x, y, half;
    } box[MOST_FACTORS];
    bool overlap;
} boxes;

static void add_box(line *l, const cli_edge *e, void *user)
{
    boxes *const all = user;
    const arc a = arc_of(l, e);
    const double x = (a.x1 + a.x2) / 2, y = a.above ? a.height : -a.height;
    const double half = factor_width(e) / 2;
    if (!has_factor(e) || a.straight) return;
    if (all->n == MOST_FACTORS) all->overlap = true;
    for (int i = 0; i < all->n; i++)
        if (fabs(all->box[i].y - y) < 11 && fabs(all->box[i].x - x) < all->box[i].half + half)
            all->overlap = true;
    if (all->overlap) return;
    all->box[all->n].x = x, all->box[all->n].y = y, all->box[all->n++].half = half;
}

static ot_status lay_out(line *l)
{
    boxes all = { .n = 0 };
    l->at = ot__new((size_t)l->g->n_nodes + 1, sizeof *l->at);
    double *const gap = ot__new((size_t)l->g->n_nodes + 1, sizeof *gap);
    if (l->at && gap) {
        add_spots(l);
        l->factors = true;
        set_places(l, gap);
        each_edge(l, add_box, &all);
        l->factors = !all.overlap;
        if (all.overlap) set_places(l, gap);
        each_edge(l, measure, NULL);
    }
    ot__free(gap);
    return l->at && gap ? OT_OK : OT_ENOMEM;
}

/* ---- drawing --------------------------------------------------------------------------------- */

static void write_title(FILE *to, const line *l, const cli_edge *e)
{
    char text[32];
    const cli_node *const a = &l->g->node[e->from], *const b = &l->g->node[e->to];
    fputs("<title>", to);
    cli_html_put(to, "%s to %s", a->kind == CLI_NODE_EVALUATION ? "f" : a->label,
                 b->kind == CLI_NODE_EVALUATION ? "f" : b->label);
    if (isnan(e->factor)) fputs(", with a learned factor", to);
    if (!isnan(e->factor)) write_factor(text, e->factor);
    if (!isnan(e->factor) && b->kind == CLI_NODE_SUM) fprintf(to, ", times %s", text);
    fputs("</title>", to);
}

static void write_straight(FILE *to, const line *l, const cli_edge *e)
{
    const spot *const a = &l->at[spot_of(l, e->from)], *const b = &l->at[spot_of(l, e->to)];
    fprintf(to,
            "<path class=\"g-line\" d=\"M%.1f %.1fH%.1f\"/><path class=\"g-head\" "
            "d=\"M%.1f %.1fl-6 -3v6z\"/>",
            a->x + a->half, l->y, b->x - b->half - 4, b->x - b->half, l->y);
}

static double side_of(const line *l, const arc *a)
{
    return a->above ? l->y - HIGH / 2.0 : l->y + HIGH / 2.0;
}

static void write_edge(line *l, const cli_edge *e, void *user)
{
    FILE *const to = user;
    const arc a = arc_of(l, e);
    const double y = side_of(l, &a);
    fputs("<g class=\"g-edge\">", to);
    write_title(to, l, e);
    if (a.straight)
        write_straight(to, l, e);
    else
        fprintf(to,
                "<path class=\"g-line%s\" d=\"M%.1f %.1fA%.1f %.1f 0 0 %d %.1f %.1f\"/>"
                "<path class=\"g-head\" d=\"M%.1f %.1fl-3 %dh6z\"/>",
                a.above ? "" : " g-late", a.x1, y, (a.x2 - a.x1) / 2, a.height, a.above, a.x2, y,
                a.x2, y, a.above ? -6 : 6);
    fputs("</g>\n", to);
}

/* Writes a factor twice: a wide stroke in the colour of the paper keeps lines off it. */
static void write_edge_factor(line *l, const cli_edge *e, void *user)
{
    static const char *const layers[] = { "g-halo", "g-text" };
    FILE *const to = user;
    char text[32];
    const arc a = arc_of(l, e);
    const spot *const from = &l->at[spot_of(l, e->from)], *const at = &l->at[spot_of(l, e->to)];
    if (!l->factors || !has_factor(e)) return;
    const double x = (from->x + from->half + at->x - at->half) / 2;
    const double top = side_of(l, &a) + (a.above ? -a.height : a.height) + 3.5;
    write_factor(text, e->factor);
    for (int i = 0; i < 2; i++)
        fprintf(to, "<text class=\"%s\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">%s</text>",
                layers[i], a.straight ? x : (a.x1 + a.x2) / 2, a.straight ? l->y - 4 : top, text);
    fputc('\n', to);
}

static void write_state(FILE *to, const line *l, const spot *p)
{
    int index;
    const char *const name = state_name(l, p->node, &index);
    fprintf(to, "<circle class=\"g-node%s\" cx=\"%.1f\" cy=\"%.1f\" r=\"%d\"/>",
            p->ghost ? " g-ghost" : "", p->x, l->y, RADIUS);
    put_symbol(to, p, l->y, name, index);
}

static void write_node(FILE *to, const line *l, const spot *p)
{
    const cli_node *const n = &l->g->node[p->node];
    const bool f = n->kind == CLI_NODE_EVALUATION;
    const int evaluations = l->g->segment[n->segment].evaluations;
    fprintf(to, "<g class=\"%s\">",
            p->ghost                  ? "ghost"
            : f                       ? "evaluation"
            : n->kind == CLI_NODE_SUM ? "state"
                                      : "op");
    if (p->ghost || n->kind == CLI_NODE_SUM) {
        write_state(to, l, p);
        fputs("</g>\n", to);
        return;
    }
    fprintf(to,
            "<rect class=\"g-node%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%d\" "
            "rx=\"%d\"/>",
            f ? " g-f" : "", p->x - p->half, l->y - HIGH / 2.0, 2 * p->half, HIGH, f ? 2 : 8);
    if (f) {
        put_symbol(to, p, l->y, "f", evaluations > 1 ? n->evaluation + 1 : -1);
    } else {
        fprintf(to, "<text class=\"g-text\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">", p->x,
                l->y + 3.5);
        cli_html_text(to, n->label);
        fputs("</text>", to);
    }
    fputs("</g>\n", to);
}

/* Says which blocks the nodes of a segment are. */
static void name_blocks(const line *l, const cli_segment *s, char text[64])
{
    const bool last = s == &l->g->segment[l->g->n_segments - 1];
    const int first = s->block + 1;
    if (l->networks && s->times > 1)
        snprintf(text, 64, "blocks %d\u2013%d", first, first + s->times - 1);
    else if (l->networks)
        snprintf(text, 64, "block %d", first);
    else
        snprintf(text, 64, "%s", s->times > 1 ? "each block" : last ? "last block" : "");
    if (!l->networks && s->times == 1 && !last) snprintf(text, 64, "block %d", first);
    if (!l->networks && s->times > 1 && first > 1) snprintf(text, 64, "block %d and on", first);
}

static void write_bracket(FILE *to, const line *l, const cli_segment *s)
{
    char text[64];
    const spot *const a = &l->at[spot_of(l, s->first)], *const b =
                                                            &l->at[spot_of(l, s->first + s->n - 1)];
    const double y = l->y + HIGH / 2.0 + l->down + 8;
    name_blocks(l, s, text);
    fprintf(to, "<g class=\"block\"><title>%d block%s, %d evaluation%s of f in each</title>",
            s->times, s->times == 1 ? "" : "s", s->evaluations, s->evaluations == 1 ? "" : "s");
    if (l->networks || blocks_of(l->g) > 1)
        fprintf(
            to,
            "<path class=\"g-line\" d=\"M%.1f %.1fv4H%.1fv-4\"/><text class=\"g-text\" x=\"%.1f\" "
            "y=\"%.1f\" text-anchor=\"middle\">%s</text>",
            a->x - a->half, y, b->x + b->half, (a->x + b->x) / 2, y + 16, text);
    fputs("</g>\n", to);
}

static void write_line(FILE *to, line *l)
{
    const double top = l->y - HIGH / 2.0 - l->up - 8;
    fprintf(to, "<text class=\"g-text\" x=\"%d\" y=\"%.1f\" font-size=\"13\" font-weight=\"bold\">",
            MARGIN, top);
    cli_html_text(to, l->heading);
    fputs("</text>\n", to);
    for (int s = l->from; s < l->end; s++)
        if (l->g->segment[s].block >= 0) write_bracket(to, l, &l->g->segment[s]);
    each_edge(l, write_edge, to);
    each_edge(l, write_edge_factor, to);
    for (int i = 0; i < l->n; i++)
        write_node(to, l, &l->at[i]);
}

/* ---- rows ------------------------------------------------------------------------------------ */

static const cli_node *last_of(const cli_structure *g, int segment)
{
    return &g->node[g->segment[segment].first + g->segment[segment].n - 1];
}

/* Whether a row begins at a segment: its images have another size than those before it. */
static bool begins_row(const cli_structure *g, int s)
{
    if (s < 2) return s == 0;
    const cli_node *const before = last_of(g, s - 1), *const now = last_of(g, s);
    return now->height > 0 && (now->height != before->height || now->width != before->width);
}

static bool is_network(const cli_structure *g)
{
    return g->node[0].kind != CLI_NODE_SUM;
}

static int count_lines(int n, const cli_structure_row rows[])
{
    int lines = 0;
    for (int i = 0; i < n; i++)
        for (int s = 0; s < rows[i].graph->n_segments; s++)
            lines += begins_row(rows[i].graph, s);
    return lines;
}

static int split(const cli_structure_row *row, line *lines)
{
    const cli_structure *const g = row->graph;
    int n = 0;
    for (int s = 0; s < g->n_segments; s++) {
        if (begins_row(g, s)) {
            lines[n] = (line){ .g = g, .from = s, .heading = n == 0 ? row->heading : "" };
            lines[n++].networks = is_network(g);
        }
        lines[n - 1].end = s + 1;
    }
    return n;
}

static double height_of(const line *l)
{
    const bool brackets = l->networks || blocks_of(l->g) > 1;
    return HEADING + l->up + HIGH + l->down + (brackets ? BRACKET : 8) + 8;
}

static void write_picture(FILE *to, int n, line lines[], bool whole)
{
    double width = 0, height = MARGIN / 2.0;
    for (int i = 0; i < n; i++) {
        lines[i].y = height + HEADING + lines[i].up + HIGH / 2.0;
        height += height_of(&lines[i]);
        width =
            fmax(width, fmax(lines[i].width, 8.0 * (double)strlen(lines[i].heading) + 2 * MARGIN));
    }
    if (whole) fputs("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n", to);
    fprintf(to, "<svg%s", whole ? " xmlns=\"http://www.w3.org/2000/svg\"" : "");
    fprintf(to,
            " width=\"%.0f\" height=\"%.0f\" viewBox=\"0 0 %.0f %.0f\" font-family=\"sans-serif\" "
            "font-size=\"11\" role=\"img\" aria-label=\"",
            width, height, width, height);
    cli_html_text(to, n > 0 && *lines[0].heading ? lines[0].heading : "Structure");
    fputs("\">\n", to);
    if (whole)
        fprintf(to,
                "<style>%s.paper{fill:#fff}@media screen and (prefers-color-scheme:dark)"
                "{.paper{fill:#1b1b1b}}</style>\n"
                "<rect class=\"paper\" width=\"100%%\" height=\"100%%\"/>\n",
                cli_structure_style);
    for (int i = 0; i < n; i++)
        write_line(to, &lines[i]);
    fputs("</svg>\n", to);
}

ot_status cli_structure_write(FILE *to, int n, const cli_structure_row rows[], bool whole)
{
    int lines = 0;
    ot_status status = OT_OK;
    line *const all = ot__new((size_t)count_lines(n, rows) + 1, sizeof *all);
    for (int i = 0; i < n && all; i++)
        lines += split(&rows[i], all + lines);
    for (int i = 0; i < lines && status == OT_OK; i++)
        status = lay_out(&all[i]);
    if (status == OT_OK && all) write_picture(to, lines, all, whole);
    for (int i = 0; i < lines; i++)
        ot__free(all[i].at);
    ot__free(all);
    return all ? status : OT_ENOMEM;
}
