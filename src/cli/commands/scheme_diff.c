/* SPDX-License-Identifier: BSD-3-Clause
 * odetape scheme diff: prints the coefficients in which two schemes differ, as exact numbers. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/frame/message.h"
#include "cli/frame/schemes.h"
#include "cli/frame/print.h"

typedef struct tally {
    int differ;
    bool no_memory; /* for the text of a coefficient */
} tally;

/* A coefficient as text in new memory.  there: the tableau has this coefficient. */
typedef struct entry {
    bool there;
    char *text;
} entry;

/* Prints a line if two coefficients differ, and frees their texts.  A missing one counts as 0. */
static void compare(tally *sum, const char *name, entry x, entry y)
{
    const bool same = strcmp(x.text ? x.text : "0", y.text ? y.text : "0") == 0;
    sum->no_memory |= (x.there && !x.text) || (y.there && !y.text);
    sum->differ += !same;
    if (!same && !sum->no_memory)
        cli_print(stdout, "%-12s %s  |  %s\n", name, x.text ? x.text : "-", y.text ? y.text : "-");
    free(x.text);
    free(y.text);
}

static int row_called(const ot_tableau *t, const char *name)
{
    for (int row = 0; row < ot_tableau_rows(t); row++)
        if (strcmp(ot_tableau_row_name(t, row), name) == 0) return row;
    return -1;
}

static entry weight_of(const ot_scheme *s, int row, int i)
{
    const bool there = row >= 0 && i < ot_scheme_stages(s);
    return (entry){ there, there ? ot_tableau_weight(ot_scheme_tableau(s), row, i) : NULL };
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

/* Compares rows of weights by their names: first those of s, then those that only t has. */
static tally compare_all(const ot_scheme *s, const ot_scheme *t)
{
    const ot_tableau *const of_s = ot_scheme_tableau(s), *const of_t = ot_scheme_tableau(t);
    const int m = ot_scheme_stages(s), n = ot_scheme_stages(t);
    tally sum = { .differ = m != n };
    if (m != n) cli_print(stdout, "%-12s %d  |  %d\n", "stages", m, n);
    compare_stages(&sum, s, t);
    for (int row = 0; row < ot_tableau_rows(of_s); row++) {
        const char *const name = ot_tableau_row_name(of_s, row);
        compare_weights(&sum, name, s, row, t, row_called(of_t, name));
    }
    for (int row = 0; row < ot_tableau_rows(of_t); row++) {
        const char *const name = ot_tableau_row_name(of_t, row);
        if (row_called(of_s, name) < 0) compare_weights(&sum, name, s, -1, t, row);
    }
    return sum;
}

static ot_status run(void *settings, char **operands)
{
    (void)settings;
    cli_schemes schemes;
    tally sum = { 0 };
    const ot_status status = cli_schemes_open(operands, &schemes);
    if (status == OT_OK) sum = compare_all(schemes.scheme[0], schemes.scheme[1]);
    cli_schemes_close(&schemes);
    if (status != OT_OK) return status;
    if (sum.no_memory) return cli_no_memory();
    return cli_answer(sum.differ == 0);
}

const cli_command cli_scheme_diff = {
    .name = "scheme diff",
    .operands = "NAME|FILE NAME|FILE",
    .n_operands = 2,
    .summary = "name the coefficients in which two schemes differ",
    .detail =
        "One line per coefficient, exact; - if a scheme has none.  Exit status 1 if they differ.",
    .run = run,
};
