/* SPDX-License-Identifier: BSD-3-Clause
 * Smooth systems, and what the commands that integrate them share. */
#ifndef OT_CLI_COMMANDS_SYSTEMS_H
#define OT_CLI_COMMANDS_SYSTEMS_H

#include "cli/frame/options.h"
#include "odetape.h"

enum { CLI_MOST_STATE = 3 };

extern const char *const cli_system_names[];

/* The options --ode and --length of these commands. */
#define CLI_ODE_OPTION(member)                                                                     \
    {                                                                                              \
        .name = "ode", .kind = OT_OPTION_CHOICE, .argument = "NAME", .choices = cli_system_names,  \
        .offset = offsetof(struct settings, member),                                               \
        .help = "rigid: a rotating rigid body; lotka: prey and predator"                           \
    }
#define CLI_LENGTH_OPTION(member, longest)                                                         \
    {                                                                                              \
        .name = "length", .kind = OT_OPTION_REAL, .argument = "X", .least = 1e-3,                  \
        .most = (longest), .offset = offsetof(struct settings, member),                            \
        .help = "time to integrate"                                                                \
    }

/* The integration of a system by a scheme. */
typedef struct cli_integration {
    ot_scheme *own; /* a scheme to free, or NULL */
    const ot_scheme *scheme;
    ot_tape *tape;
    ot_params *params;
    ot_stepper *stepper;
    int n; /* dimension of the state */
} cli_integration;

/* Prepares an integration.  scheme is a name, or the path of a file if it has a slash or a dot or
 * if the file exists. */
ot_status cli_integration_open(const char *scheme, int system, cli_integration *in);
void cli_integration_close(cli_integration *in);

void cli_system_start(int system, double y[CLI_MOST_STATE]);
/* Computes the solution at time `length` to double precision, by many steps of Verner's order
 * 8(9). */
ot_status cli_system_solution(int system, double length, double y[CLI_MOST_STATE]);
double cli_distance(int n, const double *x, const double *y); /* root mean square */

#endif
