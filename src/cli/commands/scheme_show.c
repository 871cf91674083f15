/* SPDX-License-Identifier: BSD-3-Clause
 * odetape scheme show: a scheme as exact text, built-in or from a file. */
#include <stdint.h>

#include "cli/frame/message.h"
#include "cli/frame/print.h"
#include "odetape.h"

static int run(const cli_command *self, void *settings, char **operands)
{
    (void)settings;
    ot_scheme *scheme = NULL;
    const ot_status status = ot_scheme_open(operands[0], &scheme);
    if (status != OT_OK) return cli_fail_status(self, status);
    cli_print_lines(stdout, ot_scheme_text(scheme), SIZE_MAX, "");
    ot_scheme_free(scheme);
    return 0;
}

const cli_command cli_scheme_show = {
    .name = "scheme show",
    .operands = "NAME|FILE",
    .n_operands = 1,
    .summary = "print a scheme, exactly, as text that can be read again",
    .detail = "A FILE has a slash or a dot in its name; it is checked as it is read.",
    .run = run,
};
