/* SPDX-License-Identifier: BSD-3-Clause
 * Sorts the learned numbers of runs into panels.  The kind of a number is the last part of its name
 * that is not an index: h of "blocks.3.h", a of "blocks.3.a.2.1". */
#include "cli/runs/learned.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/frame/message.h"

/* ---- kinds ---- */

static bool is_index(const char *part, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (!isdigit((unsigned char)part[i])) return false;
    return true;
}

static void kind_of(const char *name, char *kind, size_t size)
{
    const char *last = name;
    size_t length = strlen(name);
    for (const char *part = name; part;) {
        const char *const dot = strchr(part, '.');
        const size_t n = dot ? (size_t)(dot - part) : strlen(part);
        if (!is_index(part, n)) {
            last = part;
            length = n;
        }
        part = dot ? dot + 1 : NULL;
    }
    snprintf(kind, size, "%.*s", (int)(length < size ? length : size - 1), last);
}

/* What readers of the paper know the kinds by. */
static const struct {
    const char *kind, *title;
} titles[] = {
    { "h", "h, step sizes" },
    { "a", "a, coefficients of tableaux" },
    { "b", "b, weights of tableaux" },
};

void cli_panel_title(const cli_panel *p, char *text, size_t size)
{
    const char *title = p->evaluations ? "evaluations of f per batch" : p->kind;
    for (size_t i = 0; i < sizeof titles / sizeof titles[0] && !p->evaluations; i++)
        if (strcmp(titles[i].kind, p->kind) == 0) title = titles[i].title;
    const int n = snprintf(text, size, "%s", title);
    if (p->n > CLI_NAMED_LINES && n >= 0 && (size_t)n < size)
        snprintf(text + n, size - (size_t)n, ": %d lines, %d named", p->n, CLI_NAMED_LINES);
}

/* ---- lines ---- */

/* Returns the run of a group that has the most learned numbers; those of an interrupted run may be
 * missing. */
static const ot_history *fullest(const cli_group_of_runs *g)
{
    const ot_history *most = g->run[0]->history;
    for (int i = 1; i < g->n; i++)
        if (g->run[i]->history->scalars > most->scalars) most = g->run[i]->history;
    return most;
}

static ot_status add_line(cli_panel *p, const char *name, int place)
{
    cli_learned_line *const more = realloc(p->line, ((size_t)p->n + 1) * sizeof *more);
    if (!more) return cli_no_memory();
    p->line = more;
    p->line[p->n++] = (cli_learned_line){ name, place };
    return OT_OK;
}

/* Returns the panel of a kind of the group whose panels begin at `first`.  It may be new; NULL:
 * there is no place for it. */
static cli_panel *panel_of(cli_learned *l, int first, const cli_panel *wanted)
{
    for (int i = first; i < l->n; i++)
        if (strcmp(l->panel[i].kind, wanted->kind) == 0) return &l->panel[i];
    if (l->n == CLI_MOST_PANELS) return NULL;
    l->panel[l->n] = *wanted;
    return &l->panel[l->n++];
}

/* The position of a kind among the panels of a group: those with a title first. */
static size_t rank_of(const cli_panel *p)
{
    size_t i = 0;
    while (i < sizeof titles / sizeof titles[0] && strcmp(titles[i].kind, p->kind) != 0)
        i++;
    return i;
}

/* Sorts the panels from `first` on; those of equal rank stay in the order of the journal. */
static void sort_panels(cli_learned *l, int first)
{
    for (int i = first + 1; i < l->n; i++)
        for (int k = i; k > first && rank_of(&l->panel[k]) < rank_of(&l->panel[k - 1]); k--) {
            const cli_panel other = l->panel[k];
            l->panel[k] = l->panel[k - 1];
            l->panel[k - 1] = other;
        }
}

static ot_status add_scalars(cli_learned *l, const cli_group_of_runs *g, int number)
{
    const ot_history *const h = fullest(g);
    const int first = l->n;
    char missing[sizeof l->panel[0].kind] = ""; /* the kind counted last in left_out */
    for (int i = 0; i < h->scalars; i++) {
        cli_panel wanted = { .group = g, .number = number };
        kind_of(h->scalar[i].name, wanted.kind, sizeof wanted.kind);
        cli_panel *const p = panel_of(l, first, &wanted);
        if (p) {
            OT_TRY(add_line(p, h->scalar[i].name, i));
        } else if (strcmp(missing, wanted.kind) != 0) {
            l->left_out++;
            memcpy(missing, wanted.kind, sizeof missing);
        }
    }
    sort_panels(l, first);
    return OT_OK;
}

/* The lines of a panel of evaluations. */
enum { TRAIN, TEST, BACKWARD, PASSES };
static const char *const passes[PASSES] = {
    [TRAIN] = "training images",
    [TEST] = "test images",
    [BACKWARD] = "training images, backward",
};

static long evaluations_of(const ot_epoch_result *e, int pass)
{
    if (pass == BACKWARD) return e->train_control.backward_evaluations;
    return pass == TRAIN ? e->train_control.evaluations : e->test_control.evaluations;
}

/* Whether an epoch of the group counts evaluations of a pass. */
static bool counts(const cli_group_of_runs *g, int pass)
{
    for (int i = 0; i < g->n; i++)
        for (int e = 0; e < g->run[i]->history->epochs; e++)
            if (evaluations_of(&g->run[i]->history->epoch[e], pass) > 0) return true;
    return false;
}

static ot_status add_evaluations(cli_learned *l, const cli_group_of_runs *g, int number)
{
    if (!counts(g, TRAIN)) return OT_OK;
    if (l->n == CLI_MOST_PANELS) {
        l->left_out++;
        return OT_OK;
    }
    cli_panel *const p = &l->panel[l->n++];
    *p = (cli_panel){ .group = g, .number = number, .kind = "evaluations", .evaluations = true };
    for (int pass = 0; pass < PASSES; pass++)
        if (pass != BACKWARD || counts(g, pass)) OT_TRY(add_line(p, passes[pass], pass));
    return OT_OK;
}

ot_status cli_learned_find(const cli_runs *all, cli_learned *l)
{
    *l = (cli_learned){ 0 };
    for (int g = 0; g < all->groups; g++) {
        OT_TRY(add_scalars(l, &all->group[g], g));
        OT_TRY(add_evaluations(l, &all->group[g], g));
    }
    return OT_OK;
}

void cli_learned_free(cli_learned *l)
{
    for (int i = 0; i < l->n; i++)
        free(l->panel[i].line);
    *l = (cli_learned){ 0 };
}

/* ---- values ---- */

static double number(const json_t *start, const char *part, const char *key)
{
    const json_t *const value = json_object_get(json_object_get(start, part), key);
    return json_is_number(value) ? json_number_value(value) : NAN;
}

/* The journal counts over all batches of an epoch. */
static double evaluations_per_batch(const cli_run *r, int pass, int epoch)
{
    const long counted = evaluations_of(&r->history->epoch[epoch], pass);
    const double images = number(r->start, "images", pass == TEST ? "test" : "train");
    const double batches = ceil(images / number(r->start, "options", "batch"));
    return counted > 0 && batches >= 1 ? (double)counted / batches : NAN;
}

/* Runs of a group have the same numbers at the same places, unless a journal is damaged. */
static double learned_value(const ot_history *h, const cli_learned_line *line, int epoch)
{
    int i = line->place;
    if (i >= h->scalars || strcmp(h->scalar[i].name, line->name) != 0)
        for (i = 0; i < h->scalars && strcmp(h->scalar[i].name, line->name) != 0;)
            i++;
    return i < h->scalars ? h->scalar[i].value[epoch] : NAN;
}

cli_spread cli_panel_spread(const cli_panel *p, int line, int epoch)
{
    double v[CLI_MOST_RUNS];
    int n = 0;
    for (int i = 0; i < p->group->n; i++) {
        const cli_run *const r = p->group->run[i];
        if (epoch < 0 || epoch >= r->epochs) continue;
        v[n] = p->evaluations ? evaluations_per_batch(r, p->line[line].place, epoch)
                              : learned_value(r->history, &p->line[line], epoch);
        n += isfinite(v[n]) != 0;
    }
    return cli_spread_of(n, v);
}

/* ---- how lines are drawn ---- */

bool cli_panel_has_bands(const cli_panel *p)
{
    return p->group->n > 1 && p->n <= CLI_NAMED_LINES;
}

void cli_panel_range(const cli_panel *p, double *from, double *to)
{
    const bool bands = cli_panel_has_bands(p);
    *from = INFINITY;
    *to = -INFINITY;
    for (int line = 0; line < p->n; line++)
        for (int e = 0; e < p->group->epochs; e++) {
            const cli_spread s = cli_panel_spread(p, line, e);
            *from = fmin(*from, bands ? s.least : s.mean);
            *to = fmax(*to, bands ? s.most : s.mean);
        }
    /* Marks of the axis have six digits, so an axis for equal numbers is a twentieth of them. */
    const double range = *to - *from, size = fmax(fabs(*from), fabs(*to));
    const double margin = range > 1e-5 * size ? 0.05 * range : size > 0 ? 0.025 * size : 1;
    *from -= margin;
    *to += margin;
    if (isfinite(*to - *from) && *from < *to) return;
    *from = 0;
    *to = 1;
}

int cli_panel_named(const cli_panel *p, int line)
{
    if (p->n <= CLI_NAMED_LINES) return line;
    for (int i = 0; i < CLI_NAMED_LINES; i++)
        if (line == (int)((long long)i * (p->n - 1) / (CLI_NAMED_LINES - 1))) return i;
    return -1;
}

void cli_panel_colour(const cli_panel *p, int line, char text[8])
{
    static const unsigned char shade[][3] = { { 0x44, 0x01, 0x54 },
                                              { 0x3b, 0x52, 0x8b },
                                              { 0x21, 0x91, 0x8c },
                                              { 0x5e, 0xb9, 0x52 },
                                              { 0xe0, 0xb0, 0x00 } };
    enum { LAST = sizeof shade / sizeof shade[0] - 1 };
    unsigned c[3];
    const double at = p->n > 1 ? (double)LAST * line / (p->n - 1) : 0;
    const int i = at < LAST ? (int)at : LAST - 1;
    for (int k = 0; k < 3; k++)
        c[k] = (unsigned)lround(shade[i][k] + (at - i) * (shade[i + 1][k] - shade[i][k]));
    snprintf(text, 8, "#%02x%02x%02x", c[0] & 0xff, c[1] & 0xff, c[2] & 0xff);
}
