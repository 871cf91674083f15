/* SPDX-License-Identifier: BSD-3-Clause
 * odetape data info: prints what a data set contains.  Reading it also checks it. */
#include <stdio.h>

#include "cli/frame/groups.h"
#include "cli/frame/message.h"
#include "cli/frame/text.h"
#include "cli/frame/print.h"

struct settings {
    const char *data;
};

static const cli_group groups[] = { CLI_DATA_GROUP(data), { 0 } };

static int count_label(const ot_dataset *d, int label)
{
    int n = 0;
    for (int i = 0; i < ot_dataset_count(d); i++)
        n += ot_dataset_label(d, i) == label;
    return n;
}

static void print_info(const char *where, const ot_dataset *train, const ot_dataset *test)
{
    cli_text bytes;
    cli_print(stdout, "%s: %d training and %d test images of %dx%d pixels and %d %s, %s\n", where,
              ot_dataset_count(train), ot_dataset_count(test), ot_dataset_height(train),
              ot_dataset_width(train), ot_dataset_channels(train),
              ot_dataset_channels(train) == 1 ? "channel" : "channels",
              cli_bytes(&bytes, (double)(ot_dataset_bytes(train) + ot_dataset_bytes(test))));
    cli_print(stdout, "%5s  %-12s %8s %8s\n", "label", "class", "train", "test");
    for (int k = 0; k < ot_dataset_classes(train); k++)
        cli_print(stdout, "%5d  %-12s %8d %8d\n", k, ot_dataset_class_name(train, k),
                  count_label(train, k), count_label(test, k));
}

/* Such images make the test accuracy look better than it is. */
static ot_status warn_of_duplicates(const char *where, const ot_dataset *train,
                                    const ot_dataset *test)
{
    enum { SHOWN = 5 };
    ot_duplicate found[SHOWN];
    int n = 0;
    char list[SHOWN * 32] = "";
    const ot_status status = ot_dataset_duplicates(train, test, SHOWN, found, &n);
    if (status != OT_OK || n == 0) return status;
    for (int i = 0, used = 0; i < n && i < SHOWN; i++)
        used += snprintf(list + used, sizeof list - (size_t)used, "%s%d = %d", i ? ", " : "",
                         found[i].test, found[i].train);
    const ot_status flushed = cli_flush_stdout();
    cli_print(stderr,
              "odetape: warning: %s: %d of %d test images are training images too, byte by byte "
              "(test = train: %s%s)\n",
              where, n, ot_dataset_count(test), list, n > SHOWN ? ", ..." : "");
    return flushed;
}

static ot_status run(void *settings, char **operands)
{
    (void)operands;
    const struct settings *const s = settings;
    ot_dataset *train = NULL, *test = NULL;
    ot_status status = ot_dataset_open(s->data, OT_SPLIT_TRAIN, &train);
    if (status == OT_OK) status = ot_dataset_open(s->data, OT_SPLIT_TEST, &test);
    if (status == OT_OK) print_info(s->data, train, test);
    if (status == OT_OK) status = warn_of_duplicates(s->data, train, test);
    ot_dataset_free(test);
    ot_dataset_free(train);
    return status;
}

const cli_command cli_data_info = {
    .name = "data info",
    .operands = "",
    .summary = "check a data set and count its images",
    .groups = groups,
    .defaults = &(const struct settings){ .data = "builtin" },
    .settings_size = sizeof(struct settings),
    .run = run,
};
