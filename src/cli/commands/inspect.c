/* SPDX-License-Identifier: BSD-3-Clause
 * odetape inspect: prints the contents of a safetensors file, of odetape or of another program. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "base/memory.h"
#include "cli/commands/tensors.h"
#include "cli/frame/message.h"
#include "cli/frame/options.h"
#include "cli/frame/page.h"
#include "cli/frame/print.h"
#include "cli/runs/weights.h"

struct settings {
    bool all;
    int weights_of;
};

static const ot_option options[] = {
    { .name = "all",
      .kind = OT_OPTION_SWITCH,
      .offset = offsetof(struct settings, all),
      .help = "print metadata at full length, not only the first line" },
    { 0 },
};

static const cli_group groups[] = {
    { "Inspect options", options, 0 },
    CLI_WEIGHTS_GROUP(weights_of),
    { 0 },
};

typedef struct pair {
    const char *key, *value;
} pair;

#define AT(member) .offset = offsetof(pair, member)

static const ot__column metadata_columns[] = {
    { "key", NULL, OT__CELL_TEXT, AT(key) },
    { "value", NULL, OT__CELL_TEXT, AT(value) },
};
static const ot__table metadata = OT__TABLE("metadata", metadata_columns);

static void print_pair(const pair *p, bool all)
{
    enum { SHORT = 59 };
    const size_t line = strcspn(p->value, "\n");
    const bool cut = !all && (line > SHORT || p->value[line]);
    cli_print(stdout, "%-16s ", p->key);
    cli_print_lines(stdout, p->value,
                    all            ? strlen(p->value)
                    : line < SHORT ? line
                                   : SHORT,
                    "                 ");
    puts(cut ? " ..." : "");
}

static void print_metadata(ot__page *p, const ot_safetensors *f, bool all)
{
    const char *key;
    ot__page_table(p, &metadata);
    for (int i = 0; (key = ot_safetensors_key(f, i)); i++) {
        const pair one = { key, ot_safetensors_value(f, i) };
        ot__page_row(p, &one);
        if (!p->json) print_pair(&one, all);
    }
}

typedef struct row {
    const char *tensor, *dtype, *shape;
    double bytes, offset, value;
} row;

#undef AT
#define AT(member) .offset = offsetof(row, member)

static void show_value(double value, char *text, size_t size)
{
    snprintf(text, size, "%s", ot__float_text(&(ot__real){ "" }, (float)value));
}

static const ot__column columns[] = {
    { "tensor", "tensor", OT__CELL_TEXT, AT(tensor), .width = -6 },
    { "dtype", "dtype", OT__CELL_TEXT, AT(dtype), .width = -5 },
    { "shape", "shape", OT__CELL_LIST, AT(shape), .width = -5 },
    { "bytes", "bytes", OT__CELL_COUNT, AT(bytes) },
    { "offset", "offset", OT__CELL_COUNT, AT(offset), .wide = true },
    { "value", "value", OT__CELL_REAL, AT(value), .show = show_value },
};
static const ot__table tensors = OT__TABLE("tensors", columns);

typedef struct facts {
    double elements, bytes;
    bool checksums;
} facts;

#undef AT
#define AT(member) .offset = offsetof(facts, member)

static const ot__column fact_columns[] = {
    { "elements", NULL, OT__CELL_COUNT, AT(elements) },
    { "bytes", NULL, OT__CELL_COUNT, AT(bytes) },
    { "checksums", NULL, OT__CELL_FLAG, AT(checksums) },
};
static const ot__table fact_table = OT__TABLE(NULL, fact_columns);

/* The value of a float32 tensor of one element, such as a learned step; otherwise NAN. */
static double value_of(const ot_tensor_info *t, const void *values)
{
    float value;
    if (t->elements != 1 || strcmp(t->dtype, "F32") != 0) return NAN;
    memcpy(&value, values, sizeof value);
    return value;
}

/* Reading a tensor also checks it; damaged data is an error. */
static ot_status print_tensor(ot__page *p, const ot_safetensors *f, int i, facts *sum)
{
    const ot_tensor_info t = ot_safetensors_tensor(f, i);
    cli_shape shape;
    void *values = ot__new(t.bytes + 1, 1);
    if (!values) return OT_ENOMEM;
    const ot_status status = ot_safetensors_read(f, i, values);
    if (status == OT_OK)
        ot__page_row(p, &(row){ .tensor = t.name,
                                .dtype = t.dtype,
                                .shape = cli_shape_text(&shape, &t),
                                .bytes = (double)t.bytes,
                                .offset = (double)t.offset,
                                .value = value_of(&t, values) });
    ot__free(values);
    sum->elements += (double)t.elements;
    sum->bytes += (double)t.bytes;
    return status;
}

static ot_status print_tensors(ot__page *p, const ot_safetensors *f)
{
    facts sum = { .checksums = ot_safetensors_has_checksums(f) };
    ot__page_table(p, &tensors);
    for (int i = 0; i < ot_safetensors_count(f); i++)
        OT_TRY(print_tensor(p, f, i, &sum));
    ot__page_facts(p, &fact_table, &sum);
    if (ot__page_is_text(p))
        cli_print(stdout, "%d tensors of %.0f elements, %.0f bytes, %s\n", ot_safetensors_count(f),
                  sum.elements, sum.bytes,
                  sum.checksums ? "all checksums right" : "without checksums");
    return OT_OK;
}

static ot_status run(void *settings, char **operands)
{
    const struct settings *const s = settings;
    ot_safetensors *f = NULL;
    char *file = NULL;
    ot__page page;
    cli_page_open(&page);
    const cli_weights_rule rule = { .of = s->weights_of };
    ot_status status = cli_weights_find(operands[0], rule, &file);
    if (status == OT_OK) status = ot_safetensors_open(file, &f);
    if (status == OT_OK) print_metadata(&page, f, s->all);
    if (status == OT_OK) status = print_tensors(&page, f);
    status = ot__page_close(&page, status);
    if (status == OT_OK) cli_weights_say(operands[0], rule, file);
    ot_safetensors_close(f);
    free(file);
    return status;
}

const cli_command cli_inspect = {
    .name = "inspect",
    .operands = "RUN|FILE",
    .n_operands = 1,
    .summary = "list what is in a safetensors file, and check it",
    .detail =
        "FILE may come from any program.  If it has checksums, they are checked.  RUN is the\n"
        "directory of a run: its final.safetensors, unless --weights-of chooses another file.",
    .groups = groups,
    .defaults = &(const struct settings){ 0 },
    .settings_size = sizeof(struct settings),
    .json = true,
    .wide = true,
    .run = run,
};
