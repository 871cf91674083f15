/* SPDX-License-Identifier: BSD-3-Clause
 * odetape scheme diff: prints the coefficients in which two schemes differ, as exact numbers. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/frame/message.h"
#include "cli/frame/page.h"
#include "cli/frame/schemes.h"
#include "cli/frame/print.h"

typedef struct row {
    const char *coefficient, *first, *second;
} row;

#define AT(member) .offset = offsetof(row, member)

static const ot__column columns[] = {
    { "coefficient", NULL, OT__CELL_TEXT, AT(coefficient) },
    { "first", NULL, OT__CELL_TEXT, AT(first) },
    { "second", NULL, OT__CELL_TEXT, AT(second) },
};
static const ot__table table = OT__TABLE("coefficients", columns);

typedef struct tally {
    ot__page page;
    int differ;
    bool no_memory; /* for the text of a coefficient */
} tally;

/* A coefficient as text in new memory.  there: the tableau has this coefficient. */
typedef struct entry {
    bool there;
    char *text;
} entry;

/* Exact numbers are never cut, so a text has lines in place of columns. */
static void print_difference(ot__page *p, const row *r)
{
    ot__page_row(p, r);
    if (!p->json)
        cli_print(stdout, "%-12s %s  |  %s\n", r->coefficient, r->first ? r->first : "-",
                  r->second ? r->second : "-");
}

/* Prints a line if two coefficients differ, and frees their texts.  A missing one counts as 0. */
static void compare(tally *sum, const char *name, entry x, entry y)
{
    const bool same = strcmp(x.text ? x.text : "0", y.text ? y.text : "0") == 0;
    sum->no_memory |= (x.there && !x.text) || (y.there && !y.text);
    sum->differ += !same;
    if (!same && !sum->no_memory) print_difference(&sum->page, &(row){ name, x.text, y.text });
    free(x.text);
    free(y.text);
}

static int row_called(const ot_tableau *t, const char *name)
{
    for (int i = 0; i < ot_tableau_rows(t); i++)
        if (strcmp(ot_tableau_row_name(t, i), name) == 0) return i;
    return -1;
}

static entry weight_of(const ot_scheme *s, int weights, int i)
{
    const bool there = weights >= 0 && i < ot_scheme_stages(s);
    return (entry){ there, there ? ot_tableau_weight(ot_scheme_tableau(s), weights, i) : NULL };
}

static entry a_of(const ot_scheme *s, int i, int j)
{
    const bool there = i < ot_scheme_stages(s);
    return (entry){ there, there ? ot_tableau_a(ot_scheme_tableau(s), i, j) : NULL };
}

static int most_stages(const ot_scheme *s, const ot_scheme *t)
{
    const int m = ot_scheme_stages(s), n = ot_scheme_stages(t);
    return m > n ? m : n;
}

static void compare_weights(tally *sum, const char *name, const ot_scheme *s, int s_row,
                            const ot_scheme *t, int t_row)
{
    char label[64];
    for (int i = 0; i < most_stages(s, t); i++) {
        snprintf(label, sizeof label, "%s[%d]", name, i + 1);
        compare(sum, label, weight_of(s, s_row, i), weight_of(t, t_row, i));
    }
}

static void compare_stages(tally *sum, const ot_scheme *s, const ot_scheme *t)
{
    char label[64];
    for (int i = 1; i < most_stages(s, t); i++)
        for (int j = 0; j < i; j++) {
            snprintf(label, sizeof label, "a[%d,%d]", i + 1, j + 1);
            compare(sum, label, a_of(s, i, j), a_of(t, i, j));
        }
}

static void compare_counts(tally *sum, int m, int n)
{
    char first[16], second[16];
    snprintf(first, sizeof first, "%d", m);
    snprintf(second, sizeof second, "%d", n);
    sum->differ += m != n;
    if (m != n) print_difference(&sum->page, &(row){ "stages", first, second });
}

/* Compares rows of weights by their names: first those of s, then those that only t has. */
static void compare_all(tally *sum, const ot_scheme *s, const ot_scheme *t)
{
    const ot_tableau *const of_s = ot_scheme_tableau(s), *const of_t = ot_scheme_tableau(t);
    ot__page_table(&sum->page, &table);
    compare_counts(sum, ot_scheme_stages(s), ot_scheme_stages(t));
    compare_stages(sum, s, t);
    for (int i = 0; i < ot_tableau_rows(of_s); i++) {
        const char *const name = ot_tableau_row_name(of_s, i);
        compare_weights(sum, name, s, i, t, row_called(of_t, name));
    }
    for (int i = 0; i < ot_tableau_rows(of_t); i++) {
        const char *const name = ot_tableau_row_name(of_t, i);
        if (row_called(of_s, name) < 0) compare_weights(sum, name, s, -1, t, i);
    }
}

static ot_status run(void *settings, char **operands)
{
    (void)settings;
    cli_schemes schemes;
    tally sum = { .differ = 0 };
    cli_page_open(&sum.page);
    ot_status status = cli_schemes_open(operands, &schemes);
    if (status == OT_OK) compare_all(&sum, schemes.scheme[0], schemes.scheme[1]);
    if (status == OT_OK && sum.no_memory) status = cli_no_memory();
    cli_schemes_close(&schemes);
    status = ot__page_close(&sum.page, status);
    return status == OT_OK ? cli_answer(sum.differ == 0) : status;
}

const cli_command cli_scheme_diff = {
    .name = "scheme diff",
    .operands = "NAME|FILE NAME|FILE",
    .n_operands = 2,
    .summary = "name the coefficients in which two schemes differ",
    .detail =
        "One line per coefficient, exact; - if a scheme has none.  Exit status 1 if they differ.",
    .json = true,
    .run = run,
};
