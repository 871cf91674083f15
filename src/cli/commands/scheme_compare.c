/* SPDX-License-Identifier: BSD-3-Clause
 * odetape scheme compare: prints a table with one row per scheme. */
#include <stdio.h>
#include <string.h>

#include "cli/frame/claims.h"
#include "cli/frame/message.h"
#include "cli/frame/print.h"
#include "cli/frame/schemes.h"

static double worst_gain(const ot_tableau_info *info)
{
    double worst = info->gain_sum;
    for (int i = 0; i < info->stages; i++)
        if (info->stage[i].live && info->stage[i].gain_sum > worst) worst = info->stage[i].gain_sum;
    return worst;
}

/* Writes the proved order and the error norm of the next order.  "~5" is an order that holds within
 * the rounding of the coefficients, "?" one that they have too few digits to decide. */
static void write_order(const cli_claims *c, const ot_order_report *r, char order[16],
                        char norm[16])
{
    const ot_proof *const p = &c->proof[0];
    const bool beyond = p->order > OT_ORDER_MOST;
    snprintf(order, 16, "%s%d",
             p->undecided    ? "?"
             : beyond        ? ">"
             : p->within > 0 ? "~"
                             : "",
             beyond ? OT_ORDER_MOST : p->order);
    if (p->undecided) order[1] = 0;
    if (p->order < r->examined)
        snprintf(norm, 16, "%.4g", r->at[p->order + 1].norm);
    else
        snprintf(norm, 16, "?");
}

static ot_status print_row(const ot_scheme *s, int width)
{
    const ot_tableau *const t = ot_scheme_tableau(s);
    ot_order_report r;
    ot_tableau_info info;
    cli_claims claims;
    char order[16], norm[16];
    ot_status status = cli_claims_of(s, &claims);
    if (status == OT_OK) status = ot_tableau_order(t, 1, &r); /* fails if nothing can be proved */
    if (status == OT_OK) status = ot_tableau_describe(t, &info);
    if (status != OT_OK) return status;
    write_order(&claims, &r, order, norm);
    cli_print(stdout, "%-*s %5d %5s %6d %11d %10s %8.6g %7.4g %9.6g %7.4g %8.5g ", width,
              ot_scheme_name(s), r.claimed, order, info.stages, info.evaluations, norm, info.real,
              info.real / info.evaluations, info.imaginary, info.imaginary / info.evaluations,
              worst_gain(&info));
    printf(info.buffers > 0 ? "%7d\n" : "      ?\n", info.buffers);
    if (info.buffers == 0)
        cli_note_once("buffers", "buffers are ? where the coefficients have too many digits for "
                                 "their rank, which counts the buffers, to be found exactly");
    if (claims.proof[0].order >= r.examined)
        cli_note_once("norm", "an error norm is ? where the next order is above the highest that "
                              "is examined");
    return OT_OK;
}

static ot_status print_table(const cli_schemes *s)
{
    int width = (int)strlen("name");
    for (int i = 0; i < s->n; i++) {
        const int length = (int)strlen(ot_scheme_name(s->scheme[i]));
        if (length > width) width = length;
    }
    cli_print(stdout,
              "%-*s claim order stages evaluations error norm     real   /eval imaginary   /eval "
              "    gain buffers\n",
              width, "name");
    ot_status status = OT_OK;
    for (int i = 0; i < s->n && status == OT_OK; i++)
        status = print_row(s->scheme[i], width);
    return status;
}

static ot_status run(void *settings, char **operands)
{
    (void)settings;
    cli_schemes schemes;
    ot_status status = cli_schemes_open(operands, &schemes);
    if (status == OT_OK) status = print_table(&schemes);
    cli_schemes_close(&schemes);
    return status;
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
        "input or the output.  The buffers have the size of x.  ? is what cannot be determined: "
        "an\n"
        "order for which the decimals have too few digits, the norm of an order that is not\n"
        "examined, and the buffers of coefficients with very many digits.",
    .run = run,
};
