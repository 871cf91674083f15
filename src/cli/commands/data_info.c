/* SPDX-License-Identifier: BSD-3-Clause
 * odetape data info: prints what a data set contains.  Reading it also checks it. */
#include <stdio.h>

#include "cli/frame/groups.h"
#include "cli/frame/message.h"
#include "cli/frame/text.h"
#include "cli/frame/page.h"
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

typedef struct facts {
    const char *data;
    double train, test, height, width, channels, classes, bytes;
} facts;

#define AT(member) .offset = offsetof(facts, member)

static const ot__column fact_columns[] = {
    { "data", NULL, OT__CELL_TEXT, AT(data) },
    { "train_images", NULL, OT__CELL_COUNT, AT(train) },
    { "test_images", NULL, OT__CELL_COUNT, AT(test) },
    { "height", NULL, OT__CELL_COUNT, AT(height) },
    { "width", NULL, OT__CELL_COUNT, AT(width) },
    { "channels", NULL, OT__CELL_COUNT, AT(channels) },
    { "classes", NULL, OT__CELL_COUNT, AT(classes) },
    { "bytes", NULL, OT__CELL_COUNT, AT(bytes) },
};
static const ot__table fact_table = OT__TABLE(NULL, fact_columns);

typedef struct row {
    double label, train, test;
    const char *class_name;
} row;

#undef AT
#define AT(member) .offset = offsetof(row, member)

static const ot__column columns[] = {
    { "label", "label", OT__CELL_COUNT, AT(label), .width = 5 },
    { "class", "class", OT__CELL_TEXT, AT(class_name), .width = -12 },
    { "train", "train", OT__CELL_COUNT, AT(train), .width = 8 },
    { "test", "test", OT__CELL_COUNT, AT(test), .width = 8 },
};
static const ot__table table = OT__TABLE("labels", columns);

static void print_facts(ot__page *p, const facts *f)
{
    cli_text bytes;
    ot__page_facts(p, &fact_table, f);
    if (!ot__page_is_text(p)) return;
    cli_print(stdout,
              "%s: %.0f training and %.0f test images of %.0fx%.0f pixels and %.0f %s, %s\n",
              f->data, f->train, f->test, f->height, f->width, f->channels,
              f->channels == 1 ? "channel" : "channels", cli_bytes(&bytes, f->bytes));
}

static ot_status print_info(const char *where, const ot_dataset *train, const ot_dataset *test)
{
    ot__page page;
    cli_page_open(&page);
    print_facts(&page,
                &(facts){ .data = where,
                          .train = ot_dataset_count(train),
                          .test = ot_dataset_count(test),
                          .height = ot_dataset_height(train),
                          .width = ot_dataset_width(train),
                          .channels = ot_dataset_channels(train),
                          .classes = ot_dataset_classes(train),
                          .bytes = (double)(ot_dataset_bytes(train) + ot_dataset_bytes(test)) });
    ot__page_table(&page, &table);
    for (int k = 0; k < ot_dataset_classes(train); k++)
        ot__page_row(&page, &(row){ k, count_label(train, k), count_label(test, k),
                                    ot_dataset_class_name(train, k) });
    return ot__page_close(&page, OT_OK);
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
    if (status == OT_OK) status = print_info(s->data, train, test);
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
    .json = true,
    .run = run,
};
