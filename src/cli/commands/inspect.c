/* SPDX-License-Identifier: BSD-3-Clause
 * odetape inspect: prints the contents of a safetensors file, of odetape or of another program. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "base/memory.h"
#include "cli/commands/tensors.h"
#include "cli/frame/message.h"
#include "cli/frame/options.h"
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

static void print_metadata(const ot_safetensors *f, bool all)
{
    enum { SHORT = 64 };
    const char *key;
    for (int i = 0; (key = ot_safetensors_key(f, i)); i++) {
        const char *const value = ot_safetensors_value(f, i);
        const size_t line = strcspn(value, "\n");
        const bool cut = !all && (line > SHORT || value[line]);
        cli_print(stdout, "%-16s ", key);
        cli_print_lines(stdout, value,
                        all            ? strlen(value)
                        : line < SHORT ? line
                                       : SHORT,
                        "                 ");
        puts(cut ? " ..." : "");
    }
}

/* Prints the value of a float32 tensor of one element, such as a learned step. */
static void print_value(const ot_tensor_info *t, const void *values)
{
    float value;
    if (t->elements != 1 || strcmp(t->dtype, "F32") != 0) return;
    memcpy(&value, values, sizeof value);
    cli_print(stdout, "  %s", ot__float_text(&(ot__real){ "" }, value));
}

/* Reading a tensor also checks it; damaged data is an error. */
static ot_status print_tensors(const ot_safetensors *f)
{
    size_t elements = 0, bytes = 0;
    cli_print(stdout, "%-44s %-5s %-18s %12s %12s  %s\n", "tensor", "dtype", "shape", "bytes",
              "offset", "value");
    for (int i = 0; i < ot_safetensors_count(f); i++) {
        const ot_tensor_info t = ot_safetensors_tensor(f, i);
        cli_shape shape;
        void *values = ot__new(t.bytes + 1, 1);
        if (!values) return OT_ENOMEM;
        const ot_status status = ot_safetensors_read(f, i, values);
        if (status == OT_OK) {
            cli_print(stdout, "%-44s %-5s %-18s %12zu %12zu", t.name, t.dtype,
                      cli_shape_text(&shape, &t), t.bytes, t.offset);
            print_value(&t, values);
            puts("");
        }
        ot__free(values);
        if (status != OT_OK) return status;
        elements += t.elements;
        bytes += t.bytes;
    }
    cli_print(stdout, "%d tensors of %zu elements, %zu bytes, %s\n", ot_safetensors_count(f),
              elements, bytes,
              ot_safetensors_has_checksums(f) ? "all checksums right" : "without checksums");
    return OT_OK;
}

static ot_status run(void *settings, char **operands)
{
    const struct settings *const s = settings;
    ot_safetensors *f = NULL;
    char *file = NULL;
    const cli_weights_rule rule = { .of = s->weights_of };
    ot_status status = cli_weights_find(operands[0], rule, &file);
    if (status == OT_OK) status = ot_safetensors_open(file, &f);
    if (status == OT_OK) {
        print_metadata(f, s->all);
        status = print_tensors(f);
    }
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
    .run = run,
};
