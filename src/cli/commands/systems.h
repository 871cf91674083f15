/* SPDX-License-Identifier: BSD-3-Clause
 * Smooth systems to integrate, and what the commands that do so share. */
#ifndef OT_CLI_COMMANDS_SYSTEMS_H
#define OT_CLI_COMMANDS_SYSTEMS_H

#include "cli/frame/options.h"
#include "odetape.h"

enum { CLI_MOST_STATE = 3 };

extern const char *const cli_system_names[];

/* Options that the commands share: which system, and how long. */
#define CLI_SYSTEM_OPTION(member)                                                                  \
    {                                                                                              \
        .name = "system", .kind = OT_OPTION_CHOICE, .argument = "NAME",                            \
        .choices = cli_system_names, .offset = offsetof(struct settings, member),                  \
        .help = "rigid: a body that turns; lotka: prey and predator"                               \
    }
#define CLI_LENGTH_OPTION(member, longest)                                                         \
    {                                                                                              \
        .name = "length", .kind = OT_OPTION_REAL, .argument = "X", .least = 1e-3,                  \
        .most = (longest), .offset = offsetof(struct settings, member),                            \
        .help = "time to integrate"                                                                \
    }

/* A scheme on a system, ready to step. */
typedef struct cli_integration {
    ot_scheme *own; /* to be freed */
    const ot_scheme *scheme;
    ot_tape *tape;
    ot_params *params;
    ot_stepper *stepper;
    int n; /* numbers of the state */
} cli_integration;

/* scheme: a name, or a file if it has a slash or a dot or is there. */
ot_status cli_integration_open(const char *scheme, int system, cli_integration *in);
void cli_integration_close(cli_integration *in);

void cli_system_start(int system, double y[CLI_MOST_STATE]);
/* The solution at time `length` as good as double has it: Verner 8(9) in many steps. */
ot_status cli_system_solution(int system, double length, double y[CLI_MOST_STATE]);
double cli_distance(int n, const double *x, const double *y); /* root mean square */

#endif
