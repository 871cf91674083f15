/* SPDX-License-Identifier: BSD-3-Clause
 * odetape scheme show: a scheme as exact text, built-in or from a file. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/message.h"
#include "odetape.h"

static int show_file(const cli_command *self, const char *path)
{
    ot_scheme *s = NULL;
    const ot_status status = ot_scheme_read(path, &s);
    if (status != OT_OK) return cli_fail_status(self, status);
    fputs(ot_scheme_text(s), stdout);
    ot_scheme_free(s);
    return 0;
}

static int run(const cli_command *self, void *settings, char **operands)
{
    (void)settings;
    const char *const name = operands[0];
    if (strpbrk(name, "/.") || access(name, F_OK) == 0) return show_file(self, name);
    const ot_scheme *const s = ot_scheme_find(name);
    if (!s) return cli_fail_status(self, OT_EINVAL);
    fputs(ot_scheme_text(s), stdout);
    return 0;
}

const cli_command cli_scheme_show = {
    .name = "scheme show",
    .operands = "NAME|FILE",
    .n_operands = 1,
    .summary = "print a scheme, exactly, as text that can be read again",
    .detail = "A FILE has a slash or a dot in its name, or is there; it is checked as it is read.",
    .run = run,
};
