/* SPDX-License-Identifier: BSD-3-Clause
 * Prints the repair of a tableau whose claim is false. */
#include "cli/commands/repair.h"

#include <math.h>
#include <stdio.h>

#include "base/decimal.h"
#include "cli/frame/print.h"

static const char *ordinal(int n)
{
    static const char *const ending[] = { "th", "st", "nd", "rd" };
    const bool teen = n % 100 / 10 == 1;
    return ending[!teen && n % 10 < 4 ? n % 10 : 0];
}

/* Prints which claims a change makes true: that of one row, or those of all. */
static void print_claims(const ot_order_report *report, int row, int rows)
{
    if (row >= 0 || rows == 1)
        printf("the claimed order %d holds", report[row >= 0 ? row : 0].claimed);
    else if (rows == 2)
        printf("the claimed orders %d and %d hold", report[0].claimed, report[1].claimed);
    else
        printf("all claimed orders hold");
}

static void print_change(const ot_tableau *t, const ot_order_report *report, const ot_repair *r)
{
    char name[16];
    snprintf(name, sizeof name, "a%d", r->i + 1);
    cli_print(stdout, "repair: %s, %d%s entry: the file has %s; with %s ",
              r->row < 0 ? name : ot_tableau_row_name(t, r->row), r->j + 1, ordinal(r->j + 1),
              r->old, r->value);
    print_claims(report, r->row, ot_tableau_rows(t));
    if (r->others > 0)
        cli_print(stdout, "; %d other %s of one coefficient, to values further away, would do too",
                  r->others, r->others > 1 ? "changes" : "change");
    putchar('\n');
}

/* The largest difference in a condition of the claimed orders; 0 for decimals, whose digits tell
 * how they were rounded. */
static double missed_by(const ot_order_report *report, int rows)
{
    double largest = 0;
    if (report[0].digits > 0) return 0;
    for (int row = 0; row < rows; row++)
        for (int order = 0; order < report[row].claimed && order < report[row].examined; order++)
            largest = fmax(largest, report[row].at[order].residual);
    return largest;
}

/* Differences as small as these come from coefficients that are rounded, not from an error.
 * Coefficients of quotients that someone has multiplied out no longer show how they were
 * rounded. */
static const double nearly = 1e-12;

static ot_status print_nearly(double missed)
{
    /* one unit of the second digit more, for the rounding of the text */
    const double unit = pow(10, floor(log10(missed)) - 1);
    cli_print(stdout,
              "repair: none is needed if the coefficients are rounded: with --tolerance %s the "
              "claim holds\n",
              OT__ROUNDED(ceil(missed / unit + 0.01) * unit, 2));
    return OT_OK;
}

ot_status cli_repair_print(const ot_tableau *t, const ot_order_report *report)
{
    const double missed = missed_by(report, ot_tableau_rows(t));
    if (missed > 0 && missed < nearly) return print_nearly(missed);
    ot_repair r;
    const ot_status status = ot_tableau_repair(t, &r);
    if (status != OT_OK) return status;
    if (r.found) {
        print_change(t, report, &r);
        return OT_OK;
    }
    cli_print(stdout, "repair: no change of a single coefficient makes %s true",
              ot_tableau_rows(t) > 1 ? "all claims" : "the claim");
    if (r.untried > 0)
        cli_print(stdout, "; %d %s not tried", r.untried,
                  r.untried > 1 ? "coefficients were" : "coefficient was");
    putchar('\n');
    return OT_OK;
}
