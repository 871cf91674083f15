/* SPDX-License-Identifier: BSD-3-Clause
 * odetape scheme diff: the coefficients in which two schemes differ, exactly. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/message.h"
#include "cli/schemes.h"

/* One line if the texts differ; NULL is an entry that is not there, as good as 0.  Takes the texts
 * over. */
static int compare(const char *name, char *x, char *y)
{
    const bool same = strcmp(x ? x : "0", y ? y : "0") == 0;
    if (!same) printf("%-12s %s  |  %s\n", name, x ? x : "-", y ? y : "-");
    free(x);
    free(y);
    return !same;
}

static int row_called(const ot_tableau *t, const char *name)
{
    for (int row = 0; row < ot_tableau_rows(t); row++)
        if (strcmp(ot_tableau_row_name(t, row), name) == 0) return row;
    return -1;
}

static int compare_weights(const char *name, int stages, const ot_tableau *s, int s_row,
                           const ot_tableau *t, int t_row)
{
    char label[64];
    int n = 0;
    for (int i = 0; i < stages; i++) {
        snprintf(label, sizeof label, "%s[%d]", name, i + 1);
        n += compare(label, ot_tableau_weight(s, s_row, i), ot_tableau_weight(t, t_row, i));
    }
    return n;
}

static int compare_stages(int stages, const ot_tableau *s, const ot_tableau *t)
{
    char label[64];
    int n = 0;
    for (int i = 1; i < stages; i++)
        for (int j = 0; j < i; j++) {
            snprintf(label, sizeof label, "a[%d,%d]", i + 1, j + 1);
            n += compare(label, ot_tableau_a(s, i, j), ot_tableau_a(t, i, j));
        }
    return n;
}

/* Rows of weights by their names, those of s and then those that only t has. */
static int compare_all(const ot_scheme *left, const ot_scheme *right)
{
    const ot_tableau *const s = ot_scheme_tableau(left), *const t = ot_scheme_tableau(right);
    const int m = ot_scheme_stages(left), n = ot_scheme_stages(right), stages = m > n ? m : n;
    if (m != n) printf("%-12s %d  |  %d\n", "stages", m, n);
    int differ = (m != n) + compare_stages(stages, s, t);
    for (int row = 0; row < ot_tableau_rows(s); row++) {
        const char *const name = ot_tableau_row_name(s, row);
        differ += compare_weights(name, stages, s, row, t, row_called(t, name));
    }
    for (int row = 0; row < ot_tableau_rows(t); row++) {
        const char *const name = ot_tableau_row_name(t, row);
        if (row_called(s, name) < 0) differ += compare_weights(name, stages, s, -1, t, row);
    }
    return differ;
}

static int run(const cli_command *self, void *settings, char **operands)
{
    (void)settings;
    cli_schemes schemes;
    int differ = 0;
    const ot_status status = cli_schemes_open(operands, &schemes);
    if (status == OT_OK) differ = compare_all(schemes.scheme[0], schemes.scheme[1]);
    cli_schemes_close(&schemes);
    if (status != OT_OK) return cli_fail_status(self, status);
    return differ > 0 ? CLI_NEGATIVE : 0;
}

const cli_command cli_scheme_diff = {
    .name = "scheme diff",
    .operands = "NAME|FILE NAME|FILE",
    .n_operands = 2,
    .summary = "name the coefficients in which two schemes differ",
    .detail =
        "One line a coefficient, exactly; - where a scheme has none.  Exit status 1 when they\n"
        "differ.",
    .run = run,
};
