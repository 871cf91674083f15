/* SPDX-License-Identifier: BSD-3-Clause
 * odetape scheme compare: schemes as rows of one table. */
#include <stdio.h>
#include <string.h>

#include "cli/frame/message.h"
#include "cli/frame/schemes.h"
#include "cli/frame/print.h"

static double worst_gain(const ot_tableau_info *info)
{
    double worst = info->gain_sum;
    for (int i = 0; i < info->stages; i++)
        if (info->stage[i].live && info->stage[i].gain_sum > worst) worst = info->stage[i].gain_sum;
    return worst;
}

static ot_status print_row(const ot_scheme *s, int width)
{
    const ot_tableau *const t = ot_scheme_tableau(s);
    ot_order_report r;
    ot_tableau_info info;
    ot_status status = ot_tableau_order(t, 1, &r);
    if (status == OT_OK) status = ot_tableau_describe(t, &info);
    if (status != OT_OK) return status;
    cli_print(stdout, "%-*s %5d %5d %6d %11d %10.4g %8.6g %7.4g %9.6g %7.4g %8.5g ", width,
              ot_scheme_name(s), r.claimed, r.order, info.stages, info.evaluations,
              r.at[r.order + 1].norm, info.real, info.real / info.evaluations, info.imaginary,
              info.imaginary / info.evaluations, worst_gain(&info));
    printf(info.buffers > 0 ? "%7d\n" : "      ?\n", info.buffers);
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

static int run(const cli_command *self, void *settings, char **operands)
{
    (void)settings;
    cli_schemes schemes;
    ot_status status = cli_schemes_open(operands, &schemes);
    if (status == OT_OK) status = print_table(&schemes);
    cli_schemes_close(&schemes);
    return status == OT_OK ? 0 : cli_fail_status(self, status);
}

const cli_command cli_scheme_compare = {
    .name = "scheme compare",
    .operands = "NAME|FILE ...",
    .n_operands = 1,
    .more_operands = CLI_SCHEMES_MOST - 1,
    .summary = "compare schemes in one table",
    .detail =
        "Claimed and proved order of b, error norm of the next order, stability intervals on\n"
        "the two axes and their share an evaluation, largest gain of a stage's input or of\n"
        "the output, states that must be kept.",
    .run = run,
};
