/* SPDX-License-Identifier: BSD-3-Clause
 * odetape export: writes a trained network for other programs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/frame/groups.h"
#include "cli/frame/message.h"
#include "cli/frame/print.h"
#include "cli/runs/class_names.h"
#include "cli/runs/plugins.h"
#include "cli/runs/source.h"
#include "cli/runs/weights.h"

struct settings {
    int weights_of;
    const char *to;
};

static const ot_option options[] = {
    { .name = "to",
      .kind = OT_OPTION_TEXT,
      .argument = "FORMAT",
      .offset = offsetof(struct settings, to),
      .help = "pytorch, onnx or npy" },
    { 0 },
};

static const cli_group groups[] = {
    CLI_WEIGHTS_GROUP(weights_of),
    { "Export options", options, 0 },
    { 0 },
};

typedef struct job {
    char *file; /* of weights */
    ot_net *net;
    ot_params *params;
    cli_class_names names;
} job;

static ot_status load(job *j)
{
    OT_TRY(cli_net_open(j->file, 0, &j->net));
    cli_plugins_compare_file(j->file);
    OT_TRY(ot_params_new(ot_net_tape(j->net), &j->params));
    OT_TRY(cli_params_load(j->params, j->file));
    return cli_class_names_read(j->file, ot_net_options(j->net)->classes, NULL, &j->names);
}

static const ot_export_format *find_format(const char *name)
{
    const ot_export_format *f;
    for (int i = 0; (f = ot_export_format_at(i)) != NULL; i++)
        if (strcmp(f->name, name) == 0) return f;
    return NULL;
}

static ot_status write_it(job *j, const char *format, const char *out)
{
    const ot_export_opts opts = { .source = j->file, .class_names = j->names.name };
    const ot_export_format *const f = find_format(format);
    OT_TRY(cli_weights_spare(j->file, out, "exported"));
    OT_TRY(ot_export(j->net, j->params, format, out, &opts));
    cli_print(stdout, "written   %s: %s\n", out, f ? f->what : format);
    return OT_OK;
}

static ot_status run(void *settings, char **operands)
{
    const struct settings *const s = settings;
    const cli_weights_rule rule = { .of = s->weights_of };
    job j = { .file = NULL };
    ot_status status = cli_weights_find(operands[0], rule, &j.file);
    if (status == OT_OK) status = load(&j);
    if (status == OT_OK) status = write_it(&j, s->to, operands[1]);
    if (status == OT_OK) cli_weights_say(operands[0], rule, j.file);
    cli_class_names_free(&j.names);
    ot_params_free(j.params);
    ot_net_free(j.net);
    free(j.file);
    return status;
}

const cli_command cli_export = {
    .name = "export",
    .operands = "RUN|FILE OUT",
    .n_operands = 2,
    .summary = "write a network for PyTorch, ONNX or NumPy",
    .detail = "RUN is the directory of a run, FILE a file of weights or a checkpoint.  OUT is the\n"
              "directory or the file that is written; files in it are replaced.",
    .groups = groups,
    .required = "to",
    .settings_size = sizeof(struct settings),
    .run = run,
};
