/* SPDX-License-Identifier: BSD-3-Clause
 * odetape scheme show: prints a scheme, built-in or from a file, as exact text. */
#include <stdint.h>

#include "cli/frame/claims.h"
#include "cli/frame/message.h"
#include "cli/frame/print.h"
#include "odetape.h"

static ot_status run(void *settings, char **operands)
{
    (void)settings;
    ot_scheme *scheme = NULL;
    cli_claims claims;
    ot_status status = ot_scheme_open(operands[0], &scheme);
    if (status == OT_OK) status = cli_claims_of(scheme, &claims);
    if (status == OT_OK) fputs(ot_scheme_text(scheme), stdout);
    ot_scheme_free(scheme);
    return status;
}

const cli_command cli_scheme_show = {
    .name = "scheme show",
    .operands = "NAME|FILE",
    .n_operands = 1,
    .summary = "print a scheme, exactly, as text that can be read again",
    .detail =
        "A FILE has a slash or a dot in its name.  It is checked as it is read; a false claim\n"
        "of an order leads to a warning.",
    .run = run,
};
