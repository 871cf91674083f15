/* SPDX-License-Identifier: BSD-3-Clause
 * odetape diff: compares two safetensors files, tensor by tensor. */
#include <stdio.h>
#include <stdlib.h>

#include "cli/commands/tensors.h"
#include "cli/frame/message.h"
#include "cli/frame/options.h"
#include "cli/frame/page.h"
#include "cli/frame/print.h"
#include "cli/runs/weights.h"

struct settings {
    int weights_of;
};

static const cli_group groups[] = { CLI_WEIGHTS_GROUP(weights_of), { 0 } };

static void print_verdict(ot__page *p, int different)
{
    if (!ot__page_is_text(p)) return;
    if (different == 0)
        puts("all tensors have the same bits");
    else
        cli_print(stdout, "%d tensor%s differ%s\n", different, different == 1 ? "" : "s",
                  different == 1 ? "s" : "");
}

static ot_status run(void *settings, char **operands)
{
    const struct settings *const s = settings;
    const cli_weights_rule rule = { .of = s->weights_of };
    char *first = NULL, *second = NULL;
    int different = 0;
    ot__page page;
    cli_page_open(&page);
    ot_status status = cli_weights_find(operands[0], rule, &first);
    if (status == OT_OK) status = cli_weights_find(operands[1], rule, &second);
    if (status == OT_OK) status = cli_compare_files(&page, first, second, &different);
    if (status == OT_OK) cli_weights_say(operands[0], rule, first);
    if (status == OT_OK) cli_weights_say(operands[1], rule, second);
    free(second);
    free(first);
    if (status == OT_OK) print_verdict(&page, different);
    status = ot__page_close(&page, status);
    return status == OT_OK ? cli_answer(different == 0) : status;
}

const cli_command cli_diff = {
    .name = "diff",
    .operands = "RUN|FILE RUN|FILE",
    .n_operands = 2,
    .summary = "compare two safetensors files, in units in the last place",
    .detail =
        "Exit status 1 if a tensor differs in any bit.  Metadata are not compared.  RUN is the\n"
        "directory of a run: its final.safetensors, unless --weights-of chooses another file.",
    .groups = groups,
    .defaults = &(const struct settings){ 0 },
    .settings_size = sizeof(struct settings),
    .json = true,
    .run = run,
};
