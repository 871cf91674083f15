/* SPDX-License-Identifier: BSD-3-Clause
 * odetape system check: computes the properties that a named system must have, and prints the
 * numbers. */
#include <math.h>
#include <stdio.h>

#include "base/decimal.h"
#include "cli/frame/command.h"
#include "cli/frame/groups.h"
#include "cli/frame/message.h"
#include "cli/frame/page.h"
#include "cli/frame/threads.h"

struct settings {
    int threads;
};

static const cli_group groups[] = {
    CLI_THREAD_GROUP(threads),
    { 0 },
};

typedef struct row {
    const char *verdict, *property, *what, *text, *must;
    bool passed;
    double value, expected, bound;
} row;

#define AT(member) .offset = offsetof(row, member)

static const ot__column columns[] = {
    { NULL, "", OT__CELL_TEXT, AT(verdict), .width = -6 },
    { "passed", NULL, OT__CELL_FLAG, AT(passed) },
    { "property", "property", OT__CELL_TEXT, AT(property), .width = -10 },
    { "what", "what", OT__CELL_TEXT, AT(what), .width = -42 },
    { NULL, "value", OT__CELL_TEXT, AT(text), .width = 17 },
    { NULL, "must be", OT__CELL_TEXT, AT(must), .width = -7, .wide = true },
    { "value", NULL, OT__CELL_REAL, AT(value) },
    { "expected", NULL, OT__CELL_REAL, AT(expected) },
    { "bound", NULL, OT__CELL_REAL, AT(bound) },
};
static const ot__table table = {
    .key = "checks", .column = columns, .n = sizeof columns / sizeof columns[0], .streamed = true
};

/* Errors have a bound; numbers that must be exactly right have an expected value. */
static void on_line(const ot_check_line *l, void *user)
{
    const bool error = l->expected == 0, count = !error && l->bound == 0;
    const char *const format = error ? "%.2e" : count ? "%.0f" : "%.15f";
    char text[40], must[40];
    snprintf(text, sizeof text, format, l->value);
    if (error)
        snprintf(must, sizeof must, "at most %s", OT__REAL(l->bound));
    else
        snprintf(must, sizeof must, count ? "%.0f" : "%.15g", l->expected);
    ot__page_row(user, &(row){ .verdict = l->passed ? "ok" : "FAILED",
                               .property = l->property,
                               .what = l->what,
                               .text = text,
                               .must = must,
                               .passed = l->passed,
                               .value = l->value,
                               .expected = l->expected == 0 ? NAN : l->expected,
                               .bound = l->bound });
}

static ot_status run(void *settings, char **operands)
{
    const struct settings *const s = settings;
    bool passed = false;
    ot__page page;
    OT_TRY(cli_use_threads(s->threads));
    const ot_system *const system = ot_system_find(operands[0]);
    if (!system) return OT_EINVAL;
    cli_page_open(&page);
    ot__page_table(&page, &table);
    const ot_status status =
        ot__page_close(&page, ot_system_check(system, on_line, &page, &passed));
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
    .json = true,
    .wide = true,
    .run = run,
};
