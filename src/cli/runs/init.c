/* SPDX-License-Identifier: BSD-3-Clause
 * --init FILE.  The path is made absolute, so that a resume and a verify find the file from any
 * directory. */
#include "cli/runs/init.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/frame/message.h"
#include "cli/frame/print.h"

static ot_status set_path(ot_text *to, const char *path)
{
    char absolute[PATH_MAX];
    if (!realpath(path, absolute))
        return ot__fail(OT_ENOENT, "--init: cannot find '%.500s': %s", path, strerror(errno));
    if (strlen(absolute) >= sizeof to->s)
        return ot__fail(OT_EINVAL, "--init: the path has %zu bytes; it may have up to %zu",
                        strlen(absolute), sizeof to->s - 1);
    memcpy(to->s, absolute, strlen(absolute) + 1);
    return OT_OK;
}

ot_status cli_init_find(ot_train_opts *recipe, cli_weights_rule rule)
{
    char *path;
    if (!*recipe->init.s && rule.of == CLI_WEIGHTS_FINAL) return OT_OK;
    if (!*recipe->init.s)
        return ot__fail(OT_EINVAL, "--weights-of chooses the weights of the run that --init names; "
                                   "--init is not given");
    OT_TRY(cli_weights_find(recipe->init.s, rule, &path));
    const ot_status status = set_path(&recipe->init, path);
    free(path);
    return status;
}

static void print_part(const ot_fit_part *part, const char *what)
{
    if (part->n > 0) cli_print(stderr, "          %d %s: %s\n", part->n, what, part->names);
}

void cli_init_print(const char *path, const ot_fit *fit)
{
    cli_print(stderr, "init      %s\n", path);
    print_part(&fit->taken, "taken");
    print_part(&fit->missing, "not in the file, so they start from the seed");
    print_part(&fit->unknown, "only in the file");
    print_part(&fit->unlike, "of another shape or type");
}
