/* SPDX-License-Identifier: BSD-3-Clause
 * odetape scheme slope: measures the order of a scheme.  It integrates a smooth system with n = 1,
 * 2, 4, ... steps of size length/n.  The measured order is the power of the step size with which
 * the error falls. */
#include <math.h>
#include <stdio.h>

#include "cli/frame/claims.h"
#include "cli/commands/systems.h"
#include "cli/frame/message.h"
#include "cli/frame/page.h"
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

typedef struct row {
    double blocks, step, error, slope;
    const char *error_text, *slope_text;
} row;

#define AT(member) .offset = offsetof(row, member)

static const ot__column columns[] = {
    { "blocks", "blocks", OT__CELL_COUNT, AT(blocks), .width = 8 },
    { "step", "step", OT__CELL_REAL, AT(step), .width = 12, .format = "%.6g" },
    { NULL, "error", OT__CELL_TEXT, AT(error_text), .width = 12 },
    { "error", NULL, OT__CELL_REAL, AT(error) },
    { NULL, "slope", OT__CELL_TEXT, AT(slope_text), .width = 8 },
    { "slope", NULL, OT__CELL_REAL, AT(slope) },
};
static const ot__table table = OT__TABLE("steps", columns);

typedef struct facts {
    const char *scheme, *ode;
    double length, slope, order;
} facts;

#undef AT
#define AT(member) .offset = offsetof(facts, member)

static const ot__column fact_columns[] = {
    { "scheme", NULL, OT__CELL_TEXT, AT(scheme) }, { "ode", NULL, OT__CELL_TEXT, AT(ode) },
    { "length", NULL, OT__CELL_REAL, AT(length) }, { "slope", NULL, OT__CELL_REAL, AT(slope) },
    { "order", NULL, OT__CELL_COUNT, AT(order) },
};
static const ot__table facts_table = OT__TABLE(NULL, fact_columns);

/* Steps that are too long for the system make the state grow without end. */
static void write_error(double error, char text[16])
{
    snprintf(text, 16, isfinite(error) ? "%.4e" : "overflow", error);
}

/* Prints a line for each number of steps.  *slope is that of the last two errors in a row that are
 * finite and above ROUND_OFF. */
static ot_status refine(const struct settings *s, cli_integration *in, ot__page *p, double *slope)
{
    double exact[CLI_MOST_STATE], before = 0;
    OT_TRY(cli_system_solution(s->system, s->length, exact));
    ot__page_table(p, &table);
    for (int k = 0; k <= s->doublings; k++) {
        const int blocks = 1 << k;
        double y[CLI_MOST_STATE];
        char text[16] = "-", grown[16];
        cli_system_start(s->system, y);
        OT_TRY(ot_stepper_fixed(in->stepper, s->length, blocks, y));
        const double error = cli_distance(in->n, y, exact);
        const bool rounding = error<ROUND_OFF, measured = before> 0 && isfinite(error);
        const double here = measured && !rounding ? log2(before / error) : NAN;
        if (rounding)
            snprintf(text, sizeof text, "rounding");
        else if (measured)
            snprintf(text, sizeof text, "%.3f", *slope = here);
        write_error(error, grown);
        ot__page_row(p, &(row){ blocks, s->length / blocks, error, here, grown, text });
        if (rounding) break;
        before = isfinite(error) ? error : 0;
    }
    return OT_OK;
}

static void print_result(const ot_scheme *scheme, int system, double slope, const char *order)
{
    char measured[32] = "not measured";
    if (isfinite(slope)) snprintf(measured, sizeof measured, "%.2f", slope);
    cli_print(stdout, "%s on %s: slope %s, order %s\n", ot_scheme_name(scheme),
              cli_system_names[system], measured, order);
}

static ot_status measure(const struct settings *s, cli_integration *in, ot__page *p)
{
    double slope = NAN;
    cli_claims claims;
    cli_order order;
    OT_TRY(cli_claims_of(in->scheme, &claims));
    OT_TRY(refine(s, in, p, &slope));
    const facts all = { ot_scheme_name(in->scheme), cli_system_names[s->system], s->length, slope,
                        cli_claims_number(&claims, 0) };
    ot__page_facts(p, &facts_table, &all);
    if (ot__page_is_text(p))
        print_result(in->scheme, s->system, slope,
                     cli_claims_order(&claims, in->scheme, 0, &order));
    return OT_OK;
}

static ot_status run(void *settings, char **operands)
{
    const struct settings *const s = settings;
    cli_integration in;
    ot__page page;
    OT_TRY(cli_integration_open(operands[0], s->system, &in));
    cli_page_open(&page);
    const ot_status status = ot__page_close(&page, measure(s, &in, &page));
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
    .json = true,
    .run = run,
};
