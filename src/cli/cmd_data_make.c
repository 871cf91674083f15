/* SPDX-License-Identifier: BSD-3-Clause
 * odetape data make: a data set as files in the CIFAR-10 binary format. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/groups.h"
#include "cli/message.h"
#include "cli/rundir.h"

struct settings {
    const char *data;
};

static const cli_group groups[] = { CLI_DATA_GROUP(data), { 0 } };

static ot_status make(const char *data, const char *directory, ot_split split, int *n)
{
    ot_dataset *d = NULL;
    ot_status status = ot_dataset_open(data, split, &d);
    if (status == OT_OK) status = ot_dataset_save(d, directory, split);
    if (status == OT_OK) *n = ot_dataset_count(d);
    ot_dataset_free(d);
    return status;
}

/* Nobody wants CIFAR-10 replaced by shapes. */
static bool holds_data(const char *directory)
{
    static const char *const names[] = { "data_batch_1.bin", "test_batch.bin" };
    char path[PATH_MAX + 32];
    bool there = false;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        snprintf(path, sizeof path, "%s/%s", directory, names[i]);
        there |= access(path, F_OK) == 0;
    }
    return there;
}

static int run(const cli_command *self, void *settings, char **operands)
{
    const struct settings *const s = settings;
    int n_train = 0, n_test = 0;
    if (cli_make_directories(operands[0]) != 0)
        return cli_fail(EX_CANTCREAT, "the directory '%s' cannot be created: %s", operands[0],
                        strerror(errno));
    if (holds_data(operands[0]))
        return cli_fail(EX_CANTCREAT, "'%s' holds a data set already; choose another directory",
                        operands[0]);
    ot_status status = make(s->data, operands[0], OT_SPLIT_TRAIN, &n_train);
    if (status == OT_OK) status = make(s->data, operands[0], OT_SPLIT_TEST, &n_test);
    if (status != OT_OK) return cli_fail_status(self, status);
    printf("%s: %d training and %d test images\n", operands[0], n_train, n_test);
    return 0;
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
