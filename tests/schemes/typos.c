/* SPDX-License-Identifier: BSD-3-Clause
 * Makes typos in tableau files and says which of them a proof of the order notices:
 *
 *     typos MOST FILE ...
 *
 * Each digit of a coefficient becomes the next one, and each coefficient's sign is turned, one at a
 * time; of a table with more than MOST such changes every n-th is tried.  A change is caught if the
 * text cannot be read or a claim is refuted.  Any other is explained by one of the reasons below.
 * Of every tenth change that is caught, the repair is compared with the table before the change.
 * Prints a line for each table and their sum. */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "odetape.h"

typedef enum outcome {
    CAUGHT,
    SAME,      /* the value is what it was: -0 */
    NO_EFFECT, /* no result depends on the stage */
    TRUE,      /* the claims are true, exactly: another method of that order */
    ROUNDED,   /* a decimal has changed by less than its digits say */
    UNCLEAR,   /* too few digits to decide */
    LOST,      /* none of these: the test fails */
    OUTCOMES
} outcome;

typedef struct counts {
    int n[OUTCOMES], restored, other, none;
} counts;

typedef struct table {
    const char *path;
    char *text;
    ot_tableau *t;
    ot_tableau_info info;
    int rows;
} table;

/* The place of a coefficient: a_ij if row < 0, otherwise weight j of the row. */
typedef struct place {
    int row, i, j;
} place;

static char *value_at(const ot_tableau *t, const place *p)
{
    return p->row < 0 ? ot_tableau_a(t, p->i, p->j) : ot_tableau_weight(t, p->row, p->j);
}

static bool is_same(const table *t, const ot_tableau *changed, const place *p)
{
    char *const a = value_at(t->t, p), *const b = value_at(changed, p);
    const bool same = a && b && strcmp(a, b) == 0;
    free(a);
    free(b);
    return same;
}

static outcome judge(const table *t, const ot_tableau *changed, const place *p)
{
    ot_proof proof[64];
    bool rounded = false, unclear = false;
    if (ot_tableau_prove(changed, t->rows, proof) != OT_OK) return LOST;
    for (int row = 0; row < t->rows; row++) {
        if (proof[row].refuted) return CAUGHT;
        rounded |= proof[row].within > 0;
        unclear |= proof[row].undecided;
    }
    if (is_same(t, changed, p)) return SAME;
    if (p->row < 0 && !t->info.stage[p->i].used) return NO_EFFECT;
    return unclear ? UNCLEAR : rounded ? ROUNDED : TRUE;
}

static void check_repair(const table *t, const ot_tableau *changed, const place *p, counts *sum)
{
    ot_repair r;
    if (ot_tableau_repair(changed, &r) != OT_OK || !r.found) {
        sum->none++;
        printf("    no repair of %s %d,%d\n", p->row < 0 ? "a" : "b", p->i + 1, p->j + 1);
        return;
    }
    char *const value = value_at(t->t, p);
    const bool here = r.row == p->row && (p->row >= 0 || r.i == p->i) && r.j == p->j;
    const bool restored = here && value && (strcmp(value, r.value) == 0 || strchr(r.value, '.'));
    sum->restored += restored;
    sum->other += !restored;
    if (!restored)
        printf("    of %s %d,%d, which was %s, the repair is %d %d,%d: %s\n",
               p->row < 0 ? "a" : "b", p->i + 1, p->j + 1, value, r.row, r.i + 1, r.j + 1, r.value);
    free(value);
}

static void try_change(const table *t, const char *text, const place *p, counts *sum)
{
    ot_tableau *changed = NULL;
    if (ot_tableau_parse(text, "typo", &changed) != OT_OK) {
        sum->n[CAUGHT]++;
        return;
    }
    const outcome o = judge(t, changed, p);
    sum->n[o]++;
    if (o == LOST) printf("    lost: %s\n", ot_message());
    if (o == CAUGHT && sum->n[CAUGHT] % 10 == 0) check_repair(t, changed, p, sum);
    ot_tableau_free(changed);
}

/* ---- changes ---- */

/* Calls `change` for each change of a table, or only counts them.  Returns how many there are. */
typedef void change_of(const table *t, const char *text, const place *p, counts *sum);

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* The text with the sign of the coefficient at `at` turned. */
static char *turned(const char *text, const char *at)
{
    char *const out = malloc(strlen(text) + 2);
    if (!out) abort();
    const size_t n = (size_t)(at - text);
    memcpy(out, text, n);
    out[n] = '-';
    strcpy(out + n + (*at != '-'), *at == '-' ? at + 1 : at);
    return out;
}

/* The changes of one row, whose coefficients begin at `at`. */
static int change_row(const table *t, char *at, place p, int stride, int done, counts *sum)
{
    bool begins = true;
    for (p.j = 0; *at && *at != '\n' && *at != '#'; at++) {
        if (*at == ' ') continue;
        if (begins && stride > 0 && done % stride == 0) {
            char *const text = turned(t->text, at);
            try_change(t, text, &p, sum);
            free(text);
        }
        done += begins;
        begins = *at == ',';
        p.j += begins;
        if (!is_digit(*at) || done++ % (stride > 0 ? stride : 1) || stride == 0) continue;
        const char old = *at;
        *at = (char)('0' + (old - '0' + 1) % 10);
        try_change(t, t->text, &p, sum);
        *at = old;
    }
    return done;
}

/* All changes, or with stride 0 only their number. */
static int change_all(const table *t, int stride, counts *sum)
{
    int done = 0, embedded = 0;
    for (char *line = t->text; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        char *const value = line + strcspn(line, "=\n");
        if (*value != '=' || (line[0] != 'a' && line[0] != 'b' && line[0] != 'e')) continue;
        place p = { .row = -1 };
        if (line[0] == 'a') p.i = atoi(line + 1) - 1;
        if (line[0] == 'b') p.row = 0;
        if (line[0] == 'e') p.row = ++embedded;
        done = change_row(t, value + 1, p, stride, done, sum);
    }
    return done;
}

/* ---- tables ---- */

static char *read_text(const char *path)
{
    FILE *const from = fopen(path, "r");
    char *text = NULL;
    size_t size = 0;
    const bool read = from && getdelim(&text, &size, 0, from) > 0;
    if (from) fclose(from);
    if (read) return text;
    free(text);
    return NULL;
}

static void print_counts(const char *name, int of, const counts *c)
{
    int tried = 0;
    for (int k = 0; k < OUTCOMES; k++)
        tried += c->n[k];
    printf("%-36s of %6d changes tried %5d: caught %5d, same %3d, no effect %3d, true %3d, "
           "rounded %4d, unclear %3d, lost %d; repairs: the old value %d, another %d, none %d\n",
           name, of, tried, c->n[CAUGHT], c->n[SAME], c->n[NO_EFFECT], c->n[TRUE], c->n[ROUNDED],
           c->n[UNCLEAR], c->n[LOST], c->restored, c->other, c->none);
    fflush(stdout);
}

static int run(const char *path, int most, counts *sum)
{
    table t = { .path = path, .text = read_text(path) };
    counts c = { .restored = 0 };
    if (!t.text || ot_tableau_parse(t.text, path, &t.t) != OT_OK ||
        ot_tableau_describe(t.t, &t.info) != OT_OK) {
        printf("%s: %s\n", path, t.text ? ot_message() : "cannot be read");
        c.n[LOST]++;
    } else {
        t.rows = ot_tableau_rows(t.t);
        const int of = change_all(&t, 0, &c);
        change_all(&t, of / most + 1, &c);
        print_counts(strrchr(path, '/') ? strrchr(path, '/') + 1 : path, of, &c);
    }
    for (int k = 0; k < OUTCOMES; k++)
        sum->n[k] += c.n[k];
    sum->restored += c.restored;
    sum->other += c.other;
    sum->none += c.none;
    ot_tableau_free(t.t);
    free(t.text);
    return c.n[LOST];
}

int main(int argc, char **argv)
{
    counts sum = { .restored = 0 };
    int lost = 0;
    if (argc < 3 || atoi(argv[1]) < 1) {
        fprintf(stderr, "usage: typos MOST FILE ...\n");
        return 2;
    }
    for (int k = 2; k < argc; k++)
        lost += run(argv[k], atoi(argv[1]), &sum);
    print_counts("all", 0, &sum);
    return lost > 0;
}
