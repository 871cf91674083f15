/* SPDX-License-Identifier: BSD-3-Clause
 * odetape scheme check: proves the order of a scheme, and prints what follows from its
 * coefficients: stability, gains and buffers. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/status.h"
#include "cli/commands/repair.h"
#include "cli/commands/tree.h"
#include "cli/frame/message.h"
#include "cli/frame/options.h"
#include "cli/frame/page.h"
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

/* ---- the proof in JSON ---- */

typedef struct proof_row {
    const char *weights, *expected, *found, *difference, *tree;
    double order, claimed, within, conditions, failed, residual, norm;
    bool exact, undecided;
} proof_row;

#define AT(member) .offset = offsetof(proof_row, member)

static const ot__column weight_columns[] = {
    { "weights", NULL, OT__CELL_TEXT, AT(weights) },
    { "order", NULL, OT__CELL_COUNT, AT(order) },
    { "claimed", NULL, OT__CELL_COUNT, AT(claimed) },
    { "exact", NULL, OT__CELL_FLAG, AT(exact) },
    { "within", NULL, OT__CELL_REAL, AT(within) },
    { "undecided", NULL, OT__CELL_FLAG, AT(undecided) },
};
static const ot__column order_columns[] = {
    { "weights", NULL, OT__CELL_TEXT, AT(weights) },
    { "order", NULL, OT__CELL_COUNT, AT(order) },
    { "conditions", NULL, OT__CELL_COUNT, AT(conditions) },
    { "failed", NULL, OT__CELL_COUNT, AT(failed) },
    { "residual", NULL, OT__CELL_REAL, AT(residual) },
    { "norm", NULL, OT__CELL_REAL, AT(norm) },
};
static const ot__column failing_columns[] = {
    { "weights", NULL, OT__CELL_TEXT, AT(weights) },
    { "expected", NULL, OT__CELL_TEXT, AT(expected) },
    { "found", NULL, OT__CELL_TEXT, AT(found) },
    { "difference", NULL, OT__CELL_TEXT, AT(difference) },
    { "tree", NULL, OT__CELL_LIST, AT(tree) },
};
static const ot__table weight_table = OT__TABLE("weights", weight_columns);
static const ot__table order_table = OT__TABLE("orders", order_columns);
static const ot__table failing_table = OT__TABLE("failing", failing_columns);

static void put_orders(ot__page *p, const char *name, const ot_order_report *r)
{
    for (int order = 1; order <= r->examined; order++)
        if (r->at[order].count > 0)
            ot__page_row(p, &(proof_row){ .weights = name,
                                          .order = order,
                                          .conditions = r->at[order].count,
                                          .failed = r->at[order].failed,
                                          .residual = r->at[order].residual,
                                          .norm = r->at[order].norm });
}

/* A tree as the levels of its nodes, the root first: "[0,1,2]". */
static void put_failing(ot__page *p, const char *name, const ot_order_report *r)
{
    for (int i = 0; i < r->n_failing; i++) {
        const ot_condition *const c = &r->failing[i];
        char tree[8 * OT_ORDER_MOST + 32];
        size_t used = 0;
        for (int k = 0; k < c->nodes && used < sizeof tree; k++)
            used += (size_t)snprintf(tree + used, sizeof tree - used, "%s%d", k ? "," : "[",
                                     c->level[k]);
        if (used < sizeof tree) snprintf(tree + used, sizeof tree - used, "]");
        ot__page_row(p, &(proof_row){ .weights = name,
                                      .expected = c->expected,
                                      .found = c->found,
                                      .difference = c->difference,
                                      .tree = tree });
    }
}

static void put_proof(ot__page *p, const ot_tableau *t, const ot_order_report *report)
{
    const int rows = ot_tableau_rows(t);
    ot__page_table(p, &weight_table);
    for (int i = 0; i < rows; i++)
        ot__page_row(p, &(proof_row){ .weights = ot_tableau_row_name(t, i),
                                      .order = order_of(&report[i]) > OT_ORDER_MOST
                                                   ? OT_ORDER_MOST
                                                   : order_of(&report[i]),
                                      .claimed = report[i].claimed,
                                      .exact = is_exact(&report[i]),
                                      .within = report[i].within,
                                      .undecided = report[i].undecided });
    ot__page_table(p, &order_table);
    for (int i = 0; i < rows; i++)
        put_orders(p, ot_tableau_row_name(t, i), &report[i]);
    ot__page_table(p, &failing_table);
    for (int i = 0; i < rows; i++)
        put_failing(p, ot_tableau_row_name(t, i), &report[i]);
}

/* ---- the stages ---- */

/* A stage, or the result, which has no number. */
typedef struct stage_row {
    const char *stage, *effect, *buffers_text;
    double number, c, order, gain_sum, gain_square, real, imaginary, buffers;
} stage_row;

#undef AT
#define AT(member) .offset = offsetof(stage_row, member)

static const ot__column stage_columns[] = {
    { NULL, "stage", OT__CELL_TEXT, AT(stage), .width = 5 },
    { "stage", NULL, OT__CELL_COUNT, AT(number) },
    { "c", "c", OT__CELL_REAL, AT(c), .width = 9, .format = "%.6g" },
    { "order", "order", OT__CELL_COUNT, AT(order) },
    { "gain_sum", "sum |a|", OT__CELL_REAL, AT(gain_sum), .width = 9, .format = "%.6g" },
    { "gain_square", "root a^2", OT__CELL_REAL, AT(gain_square), .width = 9, .format = "%.6g" },
    { "real", "real", OT__CELL_REAL, AT(real), .width = 8, .format = "%.6g" },
    { "imaginary", "imaginary", OT__CELL_REAL, AT(imaginary), .format = "%.6g" },
    { NULL, "buffers", OT__CELL_TEXT, AT(buffers_text), .width = 8 },
    { "buffers", NULL, OT__CELL_COUNT, AT(buffers) },
    { "effect", NULL, OT__CELL_TEXT, AT(effect) },
};
static const ot__table stage_table = OT__TABLE("stages", stage_columns);

static double known_count(int n)
{
    return n > 0 ? n : NAN;
}

static void print_stage(ot__page *p, const ot_tableau_info *info, int i)
{
    const ot_stage_info *const s = &info->stage[i];
    const bool first = i == 0; /* its input is x */
    char stage[16], buffers[24];
    snprintf(stage, sizeof stage, "%d", i + 1);
    snprintf(buffers, sizeof buffers, s->buffers > 0 ? "%d" : "?", s->buffers);
    ot__page_row(p, &(stage_row){ .stage = stage,
                                  .number = i + 1,
                                  .c = s->c,
                                  .order = first ? NAN : s->order,
                                  .gain_sum = first ? NAN : s->gain_sum,
                                  .gain_square = first ? NAN : s->gain_square,
                                  .real = first ? NAN : s->real,
                                  .imaginary = first ? NAN : s->imaginary,
                                  .buffers = s->live ? known_count(s->buffers) : NAN,
                                  .buffers_text = s->live   ? buffers
                                                  : s->used ? "embedded only"
                                                            : "no effect",
                                  .effect = s->live   ? "result"
                                            : s->used ? "embedded"
                                                      : "none" });
}

static void print_stages(ot__page *p, const ot_tableau_info *info)
{
    char buffers[24];
    snprintf(buffers, sizeof buffers, info->buffers > 0 ? "%d" : "?", info->buffers);
    ot__page_table(p, &stage_table);
    for (int i = 0; i < info->stages; i++)
        print_stage(p, info, i);
    ot__page_row(p, &(stage_row){ .stage = "b",
                                  .number = NAN,
                                  .c = NAN,
                                  .order = NAN,
                                  .gain_sum = info->gain_sum,
                                  .gain_square = info->gain_square,
                                  .real = info->real,
                                  .imaginary = info->imaginary,
                                  .buffers = known_count(info->buffers),
                                  .buffers_text = buffers,
                                  .effect = "result" });
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
             "counts the\n         buffers, to be found exactly");
    if (info->buffers > 0) {
        printf("buffers: %d of the size of x are enough for b", info->buffers);
        if (info->pair_buffers > 0)
            cli_print(stdout, ", %d for b and %s", info->pair_buffers, ot_tableau_row_name(t, 1));
        putchar('\n');
    }
}

typedef struct facts {
    const char *name, *title, *polynomial;
    double stages, evaluations, stage_order, buffers, pair_buffers;
    bool fsal, claim_holds;
} facts;

#undef AT
#define AT(member) .offset = offsetof(facts, member)

static const ot__column fact_columns[] = {
    { "name", NULL, OT__CELL_TEXT, AT(name) },
    { "title", NULL, OT__CELL_TEXT, AT(title) },
    { "claim_holds", NULL, OT__CELL_FLAG, AT(claim_holds) },
    { "number_of_stages", NULL, OT__CELL_COUNT, AT(stages) },
    { "evaluations", NULL, OT__CELL_COUNT, AT(evaluations) },
    { "stage_order", NULL, OT__CELL_COUNT, AT(stage_order) },
    { "first_same_as_last", NULL, OT__CELL_FLAG, AT(fsal) },
    { "buffers", NULL, OT__CELL_COUNT, AT(buffers) },
    { "pair_buffers", NULL, OT__CELL_COUNT, AT(pair_buffers) },
    { "polynomial", NULL, OT__CELL_TEXT, AT(polynomial) },
};
static const ot__table fact_table = OT__TABLE(NULL, fact_columns);

static void print_analysis(ot__page *p, const ot_scheme *scheme, const ot_tableau_info *info,
                           const char *polynomial, bool claimed)
{
    ot__page_facts(p, &fact_table,
                   &(facts){ .name = ot_scheme_name(scheme),
                             .title = ot_scheme_title(scheme),
                             .claim_holds = claimed,
                             .stages = info->stages,
                             .evaluations = info->evaluations,
                             .stage_order = info->stages > 1 ? info->order : NAN,
                             .fsal = info->fsal,
                             .buffers = known_count(info->buffers),
                             .pair_buffers = known_count(info->pair_buffers),
                             .polynomial = polynomial });
    if (ot__page_is_text(p)) putchar('\n');
    print_stages(p, info);
    if (!ot__page_is_text(p)) return;
    if (info->stages > 1) printf("stage order %d", info->order);
    if (info->fsal)
        cli_print(stdout, "%sthe last stage of a step is the first of the next",
                  info->stages > 1 ? "; " : "");
    if (info->stages > 1) putchar('\n');
    print_cost(ot_scheme_tableau(scheme), info);
    cli_print(stdout, "R(z) = %s\n", polynomial);
}

static ot_status analyse(ot__page *p, const ot_scheme *scheme, bool claimed)
{
    const ot_tableau *const t = ot_scheme_tableau(scheme);
    ot_tableau_info info;
    char *polynomial = NULL;
    OT_TRY(ot_tableau_describe(t, &info));
    const ot_status status = ot_tableau_polynomial(t, 0, &polynomial);
    if (status == OT_OK) print_analysis(p, scheme, &info, polynomial, claimed);
    free(polynomial);
    return status;
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

static bool is_any_less(const ot_tableau *t, const ot_order_report *report)
{
    bool less = false;
    for (int row = 0; row < ot_tableau_rows(t); row++)
        less |= is_less(&report[row]);
    return less;
}

static ot_status check(const struct settings *s, const ot_scheme *scheme, ot__page *p,
                       bool *claimed)
{
    const ot_tableau *const t = ot_scheme_tableau(scheme);
    const int rows = ot_tableau_rows(t);
    ot_order_report *const report = calloc((size_t)rows, sizeof *report);
    const bool given = s->tolerance >= 0;
    ot_status status = OT_OK;
    if (!report)
        status = ot__fail(OT_ENOMEM, "there is no memory for a proof");
    else
        status = given ? ot_tableau_order_within(t, s->tolerance, rows, report)
                       : ot_tableau_order(t, rows, report);
    if (status == OT_OK) {
        put_proof(p, t, report);
        if (ot__page_is_text(p)) {
            cli_print(stdout, "%s: %s\n%d stages, of which b depends on %d\n\n",
                      ot_scheme_name(scheme), ot_scheme_title(scheme), ot_scheme_stages(scheme),
                      ot_scheme_evaluations(scheme));
            print_proof(t, report, given);
        }
        *claimed = is_true(t, report, s->claim);
        if (!given && !p->json && is_any_less(t, report)) status = cli_repair_print(t, report);
        if (status == OT_OK) status = analyse(p, scheme, *claimed);
    }
    free(report);
    return status;
}

static ot_status run(void *settings, char **operands)
{
    ot_scheme *scheme = NULL;
    bool claimed = true;
    ot__page page;
    OT_TRY(cli_scheme_with_tableau(operands[0], &scheme));
    cli_page_open(&page);
    const ot_status status = ot__page_close(&page, check(settings, scheme, &page, &claimed));
    ot_scheme_free(scheme);
    return status == OT_OK ? cli_answer(claimed) : status;
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
    .json = true,
    .run = run,
};
