/* SPDX-License-Identifier: BSD-3-Clause
 * odetape scheme slope: measures the order of a scheme.  It integrates a smooth system with n = 1,
 * 2, 4, ... steps of size length/n.  The measured order is the power of the step size with which
 * the error falls. */
#include <math.h>
#include <stdio.h>

#include "cli/frame/claims.h"
#include "cli/commands/systems.h"
#include "cli/frame/message.h"
#include "cli/frame/print.h"

struct settings {
    int system, doublings;
    double length;
};

/* Smaller errors are rounding errors: three digits cancel in the rows of Verner's tableau. */
static const double ROUND_OFF = 2e-12;

#define FIELD(member) .offset = offsetof(struct settings, member)

static const ot_option options[] = {
    CLI_ODE_OPTION(system),
    CLI_LENGTH_OPTION(length, 100),
    { .name = "doublings",
      .kind = OT_OPTION_INT,
      .argument = "N",
      .least = 1,
      .most = 16,
      FIELD(doublings),
      .help = "halve the steps at most N times" },
    { 0 },
};

static const cli_group groups[] = { { "Slope options", options, 0 }, { 0 } };

/* Steps that are too long for the system make the state grow without end. */
static void print_error(int blocks, double step, double error)
{
    printf("%8d %12.6g ", blocks, step);
    if (isfinite(error))
        printf("%12.4e", error);
    else
        cli_print(stdout, "%12s", "overflow");
}

/* Prints a line for each number of steps.  *slope is that of the last two errors in a row that are
 * finite and above ROUND_OFF. */
static ot_status refine(const struct settings *s, cli_integration *in, double *slope)
{
    double exact[CLI_MOST_STATE], before = 0;
    ot_status status = cli_system_solution(s->system, s->length, exact);
    cli_print(stdout, "%8s %12s %12s %8s\n", "blocks", "step", "error", "slope");
    for (int k = 0; status == OT_OK && k <= s->doublings; k++) {
        const int blocks = 1 << k;
        double y[CLI_MOST_STATE];
        cli_system_start(s->system, y);
        status = ot_stepper_fixed(in->stepper, s->length, blocks, y);
        if (status != OT_OK) break;
        const double error = cli_distance(in->n, y, exact);
        print_error(blocks, s->length / blocks, error);
        if (error < ROUND_OFF) {
            cli_print(stdout, " %8s\n", "rounding");
            break;
        }
        if (before > 0 && isfinite(error)) printf(" %8.3f", *slope = log2(before / error));
        putchar('\n');
        before = isfinite(error) ? error : 0;
    }
    return status;
}

static void print_result(const ot_scheme *scheme, int system, double slope, const char *order)
{
    char measured[32] = "not measured";
    if (isfinite(slope)) snprintf(measured, sizeof measured, "%.2f", slope);
    cli_print(stdout, "%s on %s: slope %s, order %s\n", ot_scheme_name(scheme),
              cli_system_names[system], measured, order);
}

static ot_status run(void *settings, char **operands)
{
    const struct settings *const s = settings;
    cli_integration in;
    double slope = NAN;
    ot_status status = cli_integration_open(operands[0], s->system, &in);
    if (status != OT_OK) return status;
    cli_claims claims;
    cli_order order;
    status = cli_claims_of(in.scheme, &claims);
    if (status == OT_OK) status = refine(s, &in, &slope);
    if (status == OT_OK)
        print_result(in.scheme, s->system, slope, cli_claims_order(&claims, in.scheme, 0, &order));
    cli_integration_close(&in);
    return status;
}

const cli_command cli_scheme_slope = {
    .name = "scheme slope",
    .operands = "NAME|FILE",
    .n_operands = 1,
    .summary = "measure the order of a scheme on a smooth system",
    .detail =
        "All stages and blocks share one f, in double.  Errors are differences to Verner 8(9)\n"
        "with fine steps.",
    .groups = groups,
    .defaults = &(const struct settings){ .length = 2, .doublings = 12 },
    .settings_size = sizeof(struct settings),
    .run = run,
};
