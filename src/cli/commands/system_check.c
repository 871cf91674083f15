/* SPDX-License-Identifier: BSD-3-Clause
 * odetape system check: computes the properties that a named system must have, and prints the
 * numbers. */
#include "base/decimal.h"
#include "cli/frame/command.h"
#include "cli/frame/groups.h"
#include "cli/frame/message.h"
#include "cli/frame/print.h"
#include "cli/frame/threads.h"

struct settings {
    int threads;
};

static const cli_group groups[] = {
    CLI_THREAD_GROUP(threads),
    { 0 },
};

/* Errors have a bound; numbers that must be exactly right have an expected value. */
static void on_line(const ot_check_line *l, void *user)
{
    (void)user;
    cli_print(stdout, "%-8s%-12s%-46s ", l->passed ? "ok" : "FAILED", l->property, l->what);
    if (l->expected == 0)
        cli_print(stdout, "%.2e, at most %s\n", l->value, OT__REAL(l->bound));
    else
        cli_print(stdout, l->bound == 0 ? "%.0f, expected %.0f\n" : "%.15f, expected %.15f\n",
                  l->value, l->expected);
    fflush(stdout);
}

static ot_status run(void *settings, char **operands)
{
    const struct settings *const s = settings;
    bool passed = false;
    ot_status status = cli_use_threads(s->threads);
    if (status != OT_OK) return status;
    const ot_system *const system = ot_system_find(operands[0]);
    if (!system) return OT_EINVAL;
    status = ot_system_check(system, on_line, NULL, &passed);
    return status == OT_OK ? cli_answer(passed) : status;
}

const cli_command cli_system_check = {
    .name = "system check",
    .operands = "NAME",
    .n_operands = 1,
    .summary = "check the defining properties of a published network",
    .detail = "Prints a line per number, with what it must be.  All but counts are computed in\n"
              "double on a small version of the network.  Exit status 1 if a check fails.",
    .groups = groups,
    .defaults = &(const struct settings){ 0 },
    .settings_size = sizeof(struct settings),
    .run = run,
};
