/* SPDX-License-Identifier: BSD-3-Clause
 * odetape scheme check: proves the order of a scheme, and prints what follows from its
 * coefficients: stability, gains and buffers. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/status.h"
#include "cli/commands/tree.h"
#include "cli/frame/message.h"
#include "cli/frame/options.h"
#include "cli/frame/print.h"
#include "cli/frame/schemes.h"
#include "odetape.h"

struct settings {
    int claim;        /* -1: not given */
    double tolerance; /* -1: not given */
};

static const ot_option options[] = {
    { .name = "claim",
      .kind = OT_OPTION_INT,
      .argument = "N",
      .least = 0,
      .most = OT_ORDER_MOST,
      .offset = offsetof(struct settings, claim),
      .help = "exit with 0 only if the order of b is exactly N" },
    { .name = "tolerance",
      .kind = OT_OPTION_REAL,
      .argument = "X",
      .least = 0,
      .most = 1,
      .offset = offsetof(struct settings, tolerance),
      .help = "how much a condition may be missed by, for rounded coefficients" },
    { 0 },
};

static const cli_group groups[] = {
    { "Check options", options, 0 },
    { 0 },
};

/* ---- the proof ---- */

static int conditions_up_to(const ot_order_report *r, int order)
{
    int n = 0;
    for (int p = 1; p <= order; p++)
        n += r->at[p].count;
    return n;
}

/* Whether the conditions of the order hold exactly, and not within rounding only. */
static bool is_exact(const ot_order_report *r)
{
    return r->order >= r->claimed || r->order == r->rounded;
}

static int order_of(const ot_order_report *r)
{
    return is_exact(r) ? r->order : r->rounded;
}

/* Whether the order is less than claimed.  Orders above OT_ORDER_MOST are not examined. */
static bool is_less(const ot_order_report *r)
{
    return order_of(r) < r->claimed && order_of(r) <= OT_ORDER_MOST && !r->undecided;
}

/* Prints why the conditions hold within rounding only. */
static void print_rounding(const ot_order_report *r, bool given)
{
    if (given)
        printf(": the tolerance is larger");
    else if (r->digits > 0)
        printf(": its decimals have %d digits", r->digits);
    else
        printf(": its fractions are rounded");
}

static void print_verdict(const char *name, const ot_order_report *r, bool given)
{
    const bool beyond = order_of(r) > OT_ORDER_MOST, exact = is_exact(r);
    const int order = beyond ? OT_ORDER_MOST : order_of(r);
    if (r->undecided) {
        cli_print(stdout, "%s: too few digits to decide whether the order is %d\n", name,
                  r->claimed);
        return;
    }
    cli_print(stdout, "%s: order %s%d", name, beyond ? "at least " : "", order);
    if (!exact) printf(" within %.2g", r->within);
    if (is_less(r)) printf(", NOT %d as claimed", r->claimed);
    if (order_of(r) > r->claimed) printf(", more than the claimed %d", r->claimed);
    const int n = conditions_up_to(r, order);
    if (!exact) print_rounding(r, given);
    if (exact && n == 1) printf(": its condition is exactly met");
    if (exact && n > 1) printf(": all %d conditions are exactly met", n);
    if (beyond && r->claimed > order) printf("; whether it is %d is not decided", r->claimed);
    putchar('\n');
}

/* Prints the orders that fail, up to the last one that was examined. */
static void print_residuals(const ot_order_report *r)
{
    for (int p = order_of(r) + 1; p <= r->examined; p++)
        if (r->at[p].count > 0)
            printf("    order %2d: %3d of %3d conditions fail, largest residual %.4g, "
                   "error norm %.4g\n",
                   p, r->at[p].failed, r->at[p].count, r->at[p].residual, r->at[p].norm);
}

static void print_failing(const ot_order_report *r)
{
    for (int i = 0; i < r->n_failing; i++) {
        const ot_condition *const c = &r->failing[i];
        cli_print(stdout, "    fails: expected %s, found %s, difference %s\n", c->expected,
                  c->found, c->difference);
        cli_tree_print(c, "        ");
    }
}

static void print_proof(const ot_tableau *t, const ot_order_report *report, bool given)
{
    for (int row = 0; row < ot_tableau_rows(t); row++) {
        const ot_order_report *const r = &report[row];
        print_verdict(ot_tableau_row_name(t, row), r, given);
        print_residuals(r);
        if (row == 0 || is_less(r)) print_failing(r);
    }
}

/* ---- the repair ---- */

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

/* Prints the change of one coefficient that makes all claims true, if a claim is false. */
static ot_status print_repair(const ot_tableau *t, const ot_order_report *report)
{
    ot_repair r;
    bool less = false;
    for (int row = 0; row < ot_tableau_rows(t); row++)
        less |= is_less(&report[row]);
    if (!less) return OT_OK;
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

/* ---- the stages ---- */

static void print_stages(const ot_tableau_info *info)
{
    printf("stage         c  order   sum |a|  root a^2     real  imaginary  buffers\n");
    for (int i = 0; i < info->stages; i++) {
        const ot_stage_info *const s = &info->stage[i];
        printf("%5d %9.6g ", i + 1, s->c);
        if (i == 0) /* its input is x */
            cli_print(stdout, "%6s %9s %9s %8s %10s", "-", "-", "-", "-", "-");
        else
            printf("%6d %9.6g %9.6g %8.6g %10.6g", s->order, s->gain_sum, s->gain_square, s->real,
                   s->imaginary);
        if (!s->live)
            cli_print(stdout, "  %s\n", s->used ? "for embedded weights only" : "has no effect");
        else if (s->buffers > 0)
            printf(" %8d\n", s->buffers);
        else
            cli_print(stdout, " %8s\n", "?");
    }
    cli_print(stdout, "    b %9s %6s %9.6g %9.6g %8.6g %10.6g", "", "", info->gain_sum,
              info->gain_square, info->real, info->imaginary);
    if (info->buffers > 0) printf(" %8d", info->buffers);
    putchar('\n');
}

/* Prints what the gains and buffers mean for a training. */
static void print_cost(const ot_tableau *t, const ot_tableau_info *info)
{
    static const double FLOAT32_ROUNDING = 0x1p-24;
    int most = 0;
    for (int i = 1; i < info->stages; i++)
        if (info->stage[i].live && info->stage[i].gain_sum > info->stage[most].gain_sum) most = i;
    const ot_stage_info *const s = &info->stage[most];
    if (most > 0)
        printf("gain: independent sub-nets add about %.4g times the size of one f to the input of "
               "stage %d\n      one shared f adds at most %.4g times; float32 rounds that by %.1e "
               "of one f\n",
               s->gain_square, most + 1, s->gain_sum, FLOAT32_ROUNDING * s->gain_sum);
    if (info->buffers == 0)
        puts("buffers: ?, because the coefficients have too many digits for their rank, which "
             "counts "
             "the\n         buffers, to be found exactly");
    if (info->buffers > 0) {
        printf("buffers: %d of the size of x are enough for b", info->buffers);
        if (info->pair_buffers > 0)
            cli_print(stdout, ", %d for b and %s", info->pair_buffers, ot_tableau_row_name(t, 1));
        putchar('\n');
    }
}

static ot_status print_polynomial(const ot_tableau *t)
{
    char *text = NULL;
    const ot_status status = ot_tableau_polynomial(t, 0, &text);
    if (status == OT_OK) cli_print(stdout, "R(z) = %s\n", text);
    free(text);
    return status;
}

static ot_status print_analysis(const ot_tableau *t)
{
    ot_tableau_info info;
    const ot_status status = ot_tableau_describe(t, &info);
    if (status != OT_OK) return status;
    putchar('\n');
    print_stages(&info);
    if (info.stages > 1) printf("stage order %d", info.order);
    if (info.fsal)
        cli_print(stdout, "%sthe last stage of a step is the first of the next",
                  info.stages > 1 ? "; " : "");
    if (info.stages > 1) putchar('\n');
    print_cost(t, &info);
    return print_polynomial(t);
}

/* ---- the command ---- */

/* Whether the claim is true: with --claim, the order of b is exactly that; otherwise each row has
 * at least the order that the scheme's text claims. */
static bool is_true(const ot_tableau *t, const ot_order_report *report, int claim)
{
    if (claim >= 0) return order_of(&report[0]) == claim && !report[0].undecided;
    for (int row = 0; row < ot_tableau_rows(t); row++)
        if (is_less(&report[row]) || report[row].undecided) return false;
    return true;
}

static ot_status check(const struct settings *s, const ot_scheme *scheme)
{
    const ot_tableau *const t = ot_scheme_tableau(scheme);
    const int rows = ot_tableau_rows(t);
    ot_order_report *const report = calloc((size_t)rows, sizeof *report);
    const bool given = s->tolerance >= 0;
    ot_status status = OT_OK;
    bool claimed = true;
    if (!report)
        status = ot__fail(OT_ENOMEM, "there is no memory for a proof");
    else
        status = given ? ot_tableau_order_within(t, s->tolerance, rows, report)
                       : ot_tableau_order(t, rows, report);
    if (status == OT_OK) {
        cli_print(stdout, "%s: %s\n%d stages, of which b depends on %d\n\n", ot_scheme_name(scheme),
                  ot_scheme_title(scheme), ot_scheme_stages(scheme), ot_scheme_evaluations(scheme));
        print_proof(t, report, given);
        claimed = is_true(t, report, s->claim);
        if (!given) status = print_repair(t, report);
        if (status == OT_OK) status = print_analysis(t);
    }
    free(report);
    return status == OT_OK ? cli_answer(claimed) : status;
}

static ot_status run(void *settings, char **operands)
{
    ot_scheme *scheme = NULL;
    ot_status status = cli_scheme_with_tableau(operands[0], &scheme);
    if (status != OT_OK) return status;
    status = check(settings, scheme);
    ot_scheme_free(scheme);
    return status;
}

const cli_command cli_scheme_check = {
    .name = "scheme check",
    .operands = "NAME|FILE",
    .n_operands = 1,
    .summary = "prove the order of a scheme and analyse it",
    .detail = "Exit status 1 if b or embedded weights have a lower order than the text claims.\n"
              "With --claim, exit status 1 unless b has exactly that order.",
    .groups = groups,
    .defaults = &(const struct settings){ .claim = -1, .tolerance = -1 },
    .settings_size = sizeof(struct settings),
    .run = run,
};
