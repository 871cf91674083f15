/* SPDX-License-Identifier: BSD-3-Clause
 * odetape data make: writes a data set as files in the CIFAR-10 binary format. */
#include <stdio.h>

#include "base/directory.h"
#include "cli/frame/groups.h"
#include "cli/frame/message.h"
#include "cli/frame/print.h"

struct settings {
    const char *data;
};

static const cli_group groups[] = { CLI_DATA_GROUP(data), { 0 } };

/* Writes both splits; after a failure, neither. */
static ot_status make(const char *data, const char *directory, int *n_train, int *n_test)
{
    ot_dataset *train = NULL, *test = NULL;
    ot_status status = ot_dataset_open(data, OT_SPLIT_TRAIN, &train);
    if (status == OT_OK) status = ot_dataset_open(data, OT_SPLIT_TEST, &test);
    if (status == OT_OK) status = ot__make_directories(directory);
    if (status == OT_OK) status = ot_dataset_save_all(train, test, directory);
    if (status == OT_OK) *n_train = ot_dataset_count(train);
    if (status == OT_OK) *n_test = ot_dataset_count(test);
    ot_dataset_free(test);
    ot_dataset_free(train);
    return status;
}

static ot_status run(void *settings, char **operands)
{
    const struct settings *const s = settings;
    int n_train = 0, n_test = 0;
    const ot_status status = make(s->data, operands[0], &n_train, &n_test);
    if (status != OT_OK) return status;
    cli_print(stdout, "%s: %d training and %d test images\n", operands[0], n_train, n_test);
    return OT_OK;
}

const cli_command cli_data_make = {
    .name = "data make",
    .operands = "DIR",
    .n_operands = 1,
    .summary = "write the built-in data set in the CIFAR-10 binary format",
    .groups = groups,
    .defaults = &(const struct settings){ .data = "builtin" },
    .settings_size = sizeof(struct settings),
    .run = run,
};
