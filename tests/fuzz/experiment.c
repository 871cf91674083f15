/* SPDX-License-Identifier: BSD-3-Clause
 * Any bytes are an experiment, or refused with a line in a sentence; and what is taken is in order:
 * each value is one of its option, in a section that is there, at a line of the text. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/sweep/experiment.h"
#include "fuzz/promise.h"

struct settings {
    const char *net;
    int epochs, output;
    double lr;
    uint64_t seed;
    ot_int_list milestones;
    bool clamp;
};

#define FIELD(member) .offset = offsetof(struct settings, member)

static const char *const outputs[] = { "weights", "last", NULL };
static const ot_option options[] = {
    { .name = "net", .kind = OT_OPTION_TEXT, .argument = "NET", FIELD(net) },
    { .name = "epochs",
      .kind = OT_OPTION_INT,
      .argument = "N",
      .least = 1,
      .most = 9,
      FIELD(epochs) },
    { .name = "lr",
      .kind = OT_OPTION_REAL,
      .argument = "X",
      .least = 1e-3,
      .most = 1e3,
      FIELD(lr) },
    { .name = "seed", .kind = OT_OPTION_SEED, .argument = "N", FIELD(seed) },
    { .name = "output",
      .kind = OT_OPTION_CHOICE,
      .argument = "W",
      .choices = outputs,
      FIELD(output) },
    { .name = "milestones",
      .kind = OT_OPTION_LIST,
      .argument = "LIST",
      .least = 1,
      .most = 9,
      FIELD(milestones) },
    { .name = "step-clamp", .kind = OT_OPTION_SWITCH, FIELD(clamp) },
    { .name = "threads", .kind = OT_OPTION_INT, .argument = "N", .least = 1, .most = 9 },
    { 0 },
};
static const cli_group groups[] = { { "Options", options, 0 }, { 0 } };
static const struct settings defaults;
static const cli_command command = {
    .name = "train", .groups = groups, .defaults = &defaults, .settings_size = sizeof defaults
};

static int lines_of(const uint8_t *data, size_t size)
{
    int n = 1;
    for (size_t i = 0; i < size; i++)
        n += data[i] == '\n';
    return n;
}

static void check_complaint(const char *why, int lines)
{
    int line = 0, used = 0;
    promise(sscanf(why, "f:%d: %n", &line, &used) == 1 && used > 0, "a complaint has a place");
    promise(line >= 1 && line <= lines, "the place is in the text");
    promise(strlen(why) > (size_t)used, "a complaint is a sentence");
}

static void check_value(const cli_experiment *e, const cli_value *v, int lines)
{
    promise(v->section >= 0 && v->section < e->n_sections, "a value has a section");
    promise(v->key >= 0 && v->key < e->n_keys, "and a key");
    promise(v->line > e->section[v->section].line && v->line <= lines, "behind it in the text");
    promise(ot__option_accepts(e->key[v->key].option, v->text), "that takes it");
    promise(cli_experiment_source(e, v->section, CLI_NO_SECTION, v->key) == v->section,
            "and is found there");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static cli_experiment e;
    char *const text = malloc(size ? size : 1); /* without a zero behind it */
    if (!text) return 0;
    if (size > 0) memcpy(text, data, size);
    const int lines = lines_of(data, size);
    if (cli_experiment_parse(&e, &command, "f", text, size) == OT_OK)
        for (int i = 0; i < e.n_values; i++)
            check_value(&e, &e.value[i], lines);
    else
        check_complaint(ot_message(), lines);
    free(text);
    return 0;
}
