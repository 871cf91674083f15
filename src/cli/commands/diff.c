/* SPDX-License-Identifier: BSD-3-Clause
 * odetape diff: compares two safetensors files, tensor by tensor. */
#include <stdio.h>

#include "cli/commands/tensors.h"
#include "cli/frame/message.h"
#include "cli/frame/options.h"
#include "cli/frame/print.h"

static ot_status run(void *settings, char **operands)
{
    (void)settings;
    int different;
    const ot_status status = cli_compare_files(operands[0], operands[1], &different);
    if (status != OT_OK) return status;
    if (different == 0)
        puts("all tensors have the same bits");
    else
        cli_print(stdout, "%d tensor%s differ%s\n", different, different == 1 ? "" : "s",
                  different == 1 ? "s" : "");
    return cli_answer(different == 0);
}

const cli_command cli_diff = {
    .name = "diff",
    .operands = "FILE FILE",
    .n_operands = 2,
    .summary = "compare two safetensors files, in units in the last place",
    .detail = "Exit status 1 if a tensor differs in any bit.  Metadata are not compared.",
    .run = run,
};
