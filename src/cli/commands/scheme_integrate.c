/* SPDX-License-Identifier: BSD-3-Clause
 * odetape scheme integrate: integrates a system with steps whose error an embedded method
 * controls. */
#include <stdio.h>

#include "base/decimal.h"
#include "cli/commands/systems.h"
#include "cli/frame/message.h"
#include "cli/frame/page.h"
#include "cli/frame/print.h"

struct settings {
    int system;
    double length;
    ot_control control;
};

#define FIELD(member) .offset = offsetof(struct settings, member)

static const ot_option options[] = {
    CLI_ODE_OPTION(system),
    CLI_LENGTH_OPTION(length, 1000),
    { .name = "tolerance",
      .kind = OT_OPTION_REAL,
      .argument = "X",
      .least = 1e-15,
      .most = 1,
      FIELD(control.tolerance),
      .help = "relative error of the result to aim for" },
    { .name = "first",
      .kind = OT_OPTION_REAL,
      .argument = "X",
      .least = 0,
      .most = 1000,
      FIELD(control.first),
      .help = "first step to try; 0: an eighth of the length" },
    { 0 },
};

static const cli_group groups[] = { { "Integration options", options, 0 }, { 0 } };

typedef struct facts {
    const char *scheme, *ode;
    double length, tolerance, accepted, rejected, smallest, largest, evaluations, error;
} facts;

#define AT(member) .offset = offsetof(facts, member)

static const ot__column columns[] = {
    { "scheme", NULL, OT__CELL_TEXT, AT(scheme) },
    { "ode", NULL, OT__CELL_TEXT, AT(ode) },
    { "length", NULL, OT__CELL_REAL, AT(length) },
    { "tolerance", NULL, OT__CELL_REAL, AT(tolerance) },
    { "accepted", NULL, OT__CELL_COUNT, AT(accepted) },
    { "rejected", NULL, OT__CELL_COUNT, AT(rejected) },
    { "smallest_step", NULL, OT__CELL_REAL, AT(smallest) },
    { "largest_step", NULL, OT__CELL_REAL, AT(largest) },
    { "evaluations", NULL, OT__CELL_COUNT, AT(evaluations) },
    { "error", NULL, OT__CELL_REAL, AT(error) },
};
static const ot__table table = OT__TABLE(NULL, columns);

static void print_facts(ot__page *p, const facts *f)
{
    ot__page_facts(p, &table, f);
    if (!ot__page_is_text(p)) return;
    cli_print(stdout, "%s on %s, tolerance %s\n", f->scheme, f->ode, OT__REAL(f->tolerance));
    cli_print(stdout, "steps        %.0f accepted, %.0f rejected, of %s to %s\n", f->accepted,
              f->rejected, OT__ROUNDED(f->smallest, 4), OT__ROUNDED(f->largest, 4));
    printf("evaluations  %.0f of f\n", f->evaluations);
    printf("error        %.2e relative, against fine steps\n", f->error);
}

static ot_status integrate(const struct settings *s, cli_integration *in, ot__page *p)
{
    double y[CLI_MOST_STATE], exact[CLI_MOST_STATE], zero[CLI_MOST_STATE] = { 0 };
    ot_control_result w = { 0 };
    cli_system_start(s->system, y);
    OT_TRY(ot_stepper_controlled(in->stepper, s->length, &s->control, y, &w));
    OT_TRY(cli_system_solution(s->system, s->length, exact));
    print_facts(
        p, &(facts){ .scheme = ot_scheme_name(in->scheme),
                     .ode = cli_system_names[s->system],
                     .length = s->length,
                     .tolerance = s->control.tolerance,
                     .accepted = w.accepted,
                     .rejected = w.rejected,
                     .smallest = w.smallest,
                     .largest = w.largest,
                     .evaluations = (double)w.evaluations,
                     .error = cli_distance(in->n, y, exact) / cli_distance(in->n, exact, zero) });
    return OT_OK;
}

static ot_status run(void *settings, char **operands)
{
    const struct settings *const s = settings;
    cli_integration in;
    ot__page page;
    OT_TRY(cli_integration_open(operands[0], s->system, &in));
    cli_page_open(&page);
    const ot_status status = ot__page_close(&page, integrate(s, &in, &page));
    cli_integration_close(&in);
    return status;
}

const cli_command cli_scheme_integrate = {
    .name = "scheme integrate",
    .operands = "NAME|FILE",
    .n_operands = 1,
    .summary = "integrate a smooth system with controlled errors",
    .detail = "The scheme's first embedded method estimates the error of each step; verner89 does\n"
              "so with all of its 16 stages.",
    .groups = groups,
    .defaults = &(const struct settings){ .length = 10, .control = { .tolerance = 1e-6 } },
    .settings_size = sizeof(struct settings),
    .json = true,
    .run = run,
};
