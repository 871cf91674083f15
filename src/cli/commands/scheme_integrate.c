/* SPDX-License-Identifier: BSD-3-Clause
 * odetape scheme integrate: integrates a system with steps whose error an embedded method
 * controls. */
#include <stdio.h>

#include "base/decimal.h"
#include "cli/commands/systems.h"
#include "cli/frame/message.h"
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

static ot_status integrate(const struct settings *s, cli_integration *in)
{
    double y[CLI_MOST_STATE], exact[CLI_MOST_STATE], zero[CLI_MOST_STATE] = { 0 };
    ot_control_result w = { 0 };
    cli_system_start(s->system, y);
    ot_status status = ot_stepper_controlled(in->stepper, s->length, &s->control, y, &w);
    if (status == OT_OK) status = cli_system_solution(s->system, s->length, exact);
    if (status != OT_OK) return status;
    cli_print(stdout, "%s on %s, tolerance %s\n", ot_scheme_name(in->scheme),
              cli_system_names[s->system], OT__REAL(s->control.tolerance));
    cli_print(stdout, "steps        %d accepted, %d rejected, of %s to %s\n", w.accepted,
              w.rejected, OT__ROUNDED(w.smallest, 4), OT__ROUNDED(w.largest, 4));
    printf("evaluations  %ld of f\n", w.evaluations);
    printf("error        %.2e relative, against fine steps\n",
           cli_distance(in->n, y, exact) / cli_distance(in->n, exact, zero));
    return OT_OK;
}

static ot_status run(void *settings, char **operands)
{
    const struct settings *const s = settings;
    cli_integration in;
    ot_status status = cli_integration_open(operands[0], s->system, &in);
    if (status != OT_OK) return status;
    status = integrate(s, &in);
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
    .run = run,
};
