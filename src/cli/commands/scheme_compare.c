/* SPDX-License-Identifier: BSD-3-Clause
 * odetape scheme compare: prints a table with one row per scheme. */
#include <math.h>
#include <stdio.h>

#include "cli/frame/claims.h"
#include "cli/frame/message.h"
#include "cli/frame/page.h"
#include "cli/frame/schemes.h"

static double worst_gain(const ot_tableau_info *info)
{
    double worst = info->gain_sum;
    for (int i = 0; i < info->stages; i++)
        if (info->stage[i].live && info->stage[i].gain_sum > worst) worst = info->stage[i].gain_sum;
    return worst;
}

typedef struct row {
    const char *name, *order_text;
    double claimed, order, stages, evaluations, error_norm, real, real_per_evaluation, imaginary,
        imaginary_per_evaluation, gain, buffers;
} row;

#define AT(member) .offset = offsetof(row, member)

static const ot__column columns[] = {
    { "name", "name", OT__CELL_TEXT, AT(name), .width = -4 },
    { "claimed", "claim", OT__CELL_COUNT, AT(claimed), .wide = true },
    { NULL, "order", OT__CELL_TEXT, AT(order_text), .width = 5 },
    { "order", NULL, OT__CELL_COUNT, AT(order) },
    { "stages", "stages", OT__CELL_COUNT, AT(stages), .wide = true },
    { "evaluations", "evaluations", OT__CELL_COUNT, AT(evaluations) },
    { "error_norm", "error norm", OT__CELL_REAL, AT(error_norm), .format = "%.4g" },
    { "real", "real", OT__CELL_REAL, AT(real), .format = "%.5g" },
    { "real_per_evaluation", "/eval", OT__CELL_REAL, AT(real_per_evaluation), .wide = true,
      .format = "%.4g" },
    { "imaginary", "imaginary", OT__CELL_REAL, AT(imaginary), .format = "%.5g" },
    { "imaginary_per_evaluation", "/eval", OT__CELL_REAL, AT(imaginary_per_evaluation),
      .wide = true, .format = "%.4g" },
    { "gain", "gain", OT__CELL_REAL, AT(gain), .format = "%.5g" },
    { "buffers", "buffers", OT__CELL_COUNT, AT(buffers) },
};
static const ot__table table = OT__TABLE("schemes", columns);

/* Writes the proved order.  "~5" is an order that holds within the rounding of the coefficients,
 * "?" one that they have too few digits to decide. */
static void write_order(const ot_proof *p, char order[16])
{
    const bool beyond = p->order > OT_ORDER_MOST;
    snprintf(order, 16, "%s%d",
             beyond          ? ">"
             : p->within > 0 ? "~"
                             : "",
             beyond ? OT_ORDER_MOST : p->order);
    if (p->undecided) snprintf(order, 16, "?");
}

static ot_status print_row(ot__page *p, const ot_scheme *s)
{
    const ot_tableau *const t = ot_scheme_tableau(s);
    ot_order_report r;
    ot_tableau_info info;
    cli_claims claims;
    char order[16];
    OT_TRY(cli_claims_of(s, &claims));
    OT_TRY(ot_tableau_order(t, 1, &r)); /* fails if nothing can be proved */
    OT_TRY(ot_tableau_describe(t, &info));
    const int next = claims.proof[0].order + 1;
    write_order(&claims.proof[0], order);
    ot__page_row(p, &(row){ .name = ot_scheme_name(s),
                            .order_text = order,
                            .claimed = r.claimed,
                            .order = cli_claims_number(&claims, 0),
                            .stages = info.stages,
                            .evaluations = info.evaluations,
                            .error_norm = next <= r.examined ? r.at[next].norm : NAN,
                            .real = info.real,
                            .real_per_evaluation = info.real / info.evaluations,
                            .imaginary = info.imaginary,
                            .imaginary_per_evaluation = info.imaginary / info.evaluations,
                            .gain = worst_gain(&info),
                            .buffers = info.buffers > 0 ? info.buffers : NAN });
    if (info.buffers == 0)
        cli_note_once("buffers", "buffers are - where the coefficients have too many digits for "
                                 "their rank, which counts the buffers, to be found exactly");
    if (claims.proof[0].order >= r.examined)
        cli_note_once("norm", "an error norm is - where the next order is above the highest that "
                              "is examined");
    return OT_OK;
}

static ot_status print_table(ot__page *p, char **operands)
{
    cli_schemes schemes;
    ot_status status = cli_schemes_open(operands, &schemes);
    ot__page_table(p, &table);
    for (int i = 0; status == OT_OK && i < schemes.n; i++)
        status = print_row(p, schemes.scheme[i]);
    cli_schemes_close(&schemes);
    return status;
}

static ot_status run(void *settings, char **operands)
{
    (void)settings;
    ot__page page;
    cli_page_open(&page);
    return ot__page_close(&page, print_table(&page, operands));
}

const cli_command cli_scheme_compare = {
    .name = "scheme compare",
    .operands = "NAME|FILE ...",
    .n_operands = 1,
    .more_operands = CLI_SCHEMES_MOST - 1,
    .summary = "compare schemes in one table",
    .detail =
        "Claim and order are those of b (~: within the rounding of the coefficients).  The\n"
        "error norm is that of the next order.  The stability intervals are on the real and the\n"
        "imaginary axis, each also per evaluation.  The gain is the largest one of a stage's\n"
        "input or the output.  The buffers have the size of x.  - is what cannot be determined:\n"
        "the norm of an order that is not examined, and the buffers of coefficients with very\n"
        "many digits; ? is an order for which the decimals have too few digits.",
    .json = true,
    .wide = true,
    .run = run,
};
