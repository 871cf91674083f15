/* SPDX-License-Identifier: BSD-3-Clause
 * The memory of a network against the time that it costs to have less. */
#ifndef OT_CLI_COMMANDS_PLAN_CURVE_H
#define OT_CLI_COMMANDS_PLAN_CURVE_H

#include "base/table.h"
#include "odetape.h"

/* Whether the network has a curve: it is one program.  OT_EINVAL if it has none. */
bool cli_plan_has_curve(const ot_net *net);
ot_status cli_plan_check_curve(const ot_net *net);

/* Prints the curve as a table of a page and, unless image is NULL, draws it.  The errors of
 * ot_compile and cli_plot_draw. */
ot_status cli_plan_curve(ot__page *page, const ot_net *net, const ot_compile_opts *how,
                         const char *image);

#endif
