/* SPDX-License-Identifier: BSD-3-Clause
 * Takes the operands that are runs, and says which ones are not. */
#include "cli/runs/left_out.h"

#include <stdlib.h>
#include <string.h>

#include "cli/frame/message.h"
#include "cli/frame/print.h"

/* The reasons are kept until it is known that an operand is taken, since a failure is one
 * sentence. */
static void say(char *reason[], int n)
{
    for (int i = 0; i < n; i++)
        cli_print(stderr, "odetape: note: left out: %s\n", reason[i]);
}

static ot_status add_all(char *const operands[], ot_status (*add)(const char *operand, void *user),
                         void *user, char *reason[], int *left_out)
{
    int taken = 0;
    ot_status first = OT_OK;
    for (; *operands; operands++) {
        const ot_status status = add(*operands, user);
        taken += status == OT_OK;
        if (status == OT_OK || status == CLI_DONE) continue;
        if (status != OT_ENOENT && status != OT_EFORMAT) return status;
        if (*left_out == 0) first = status;
        reason[*left_out] = strdup(ot_message());
        if (!reason[*left_out]) return cli_no_memory();
        ++*left_out;
    }
    if (taken > 0 || *left_out == 0) return OT_OK;
    return ot__fail(first, "%s", reason[0]);
}

ot_status cli_left_out_each(char *const operands[],
                            ot_status (*add)(const char *operand, void *user), void *user)
{
    int n = 0, left_out = 0;
    while (operands[n])
        n++;
    char **const reason = calloc((size_t)n + 1, sizeof *reason);
    if (!reason) return cli_no_memory();
    const ot_status status = add_all(operands, add, user, reason, &left_out);
    if (status == OT_OK) say(reason, left_out);
    for (int i = 0; i < left_out; i++)
        free(reason[i]);
    free(reason);
    return status;
}
