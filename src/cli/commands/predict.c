/* SPDX-License-Identifier: BSD-3-Clause
 * odetape predict: the classes of PNG images and of data sets, with their probabilities.  The names
 * of the classes are those in the file of weights. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/npy.h"
#include "cli/commands/predict_files.h"
#include "cli/frame/groups.h"
#include "cli/frame/message.h"
#include "cli/frame/page.h"
#include "cli/frame/print.h"
#include "cli/frame/threads.h"
#include "cli/runs/class_names.h"
#include "cli/runs/plugins.h"
#include "cli/runs/source.h"
#include "cli/runs/weights.h"
#include "cli/commands/predict_table.h"

struct settings {
    int weights_of, split, threads, batch;
    ot_import_opts import;
    const char *csv, *npy, *features;
};

#define FIELD(member) .offset = offsetof(struct settings, member)

static const ot_option options[] = {
    { .name = "batch",
      .letter = 'b',
      .kind = OT_OPTION_INT,
      .argument = "N",
      .least = 1,
      .most = 65536,
      FIELD(batch),
      .help = "images at a time; it limits memory" },
    { .name = "resize",
      .kind = OT_OPTION_SWITCH,
      FIELD(import.resize),
      .help = "scale PNG images of other sizes instead of refusing them" },
    { .name = "background",
      .kind = OT_OPTION_CHOICE,
      .argument = "COLOUR",
      .choices = ot_background_names,
      FIELD(import.background),
      .help = "what is behind transparent pixels; none: they are refused" },
    { .name = "csv",
      .kind = OT_OPTION_TEXT,
      .argument = "FILE",
      FIELD(csv),
      .help = "also write the predictions as comma-separated values" },
    { .name = "npy",
      .kind = OT_OPTION_TEXT,
      .argument = "FILE",
      FIELD(npy),
      .help = "also write the logits as an array of NumPy" },
    { .name = "features",
      .kind = OT_OPTION_TEXT,
      .argument = "FILE",
      FIELD(features),
      .help = "also write what the last linear layer reads, as an array" },
    { 0 },
};

static const cli_group groups[] = {
    CLI_WEIGHTS_GROUP(weights_of),
    CLI_SPLIT_GROUP(split),
    { "Prediction options", options, 0 },
    CLI_THREAD_GROUP(threads),
    { 0 },
};

typedef struct job {
    struct settings *s;
    char *file; /* of weights */
    cli_source source;
    cli_files files;
    ot_net *net;
    ot_params *params;
    ot_dataset *data;
    cli_class_names names;
    size_t width; /* of the features of an image */
    ot_predictions out;
    cli_predicted predicted;
} job;

/* ---- images ---- */

static ot_status read_files(job *j)
{
    const ot_shape s = ot_var_shape(ot_net_tape(j->net), ot_net_images(j->net));
    j->s->import.height = s.dim[1];
    j->s->import.width = s.dim[2];
    j->s->import.channels = s.dim[3];
    return ot_dataset_read((int)j->files.n, (const char *const *)j->files.path, &j->s->import,
                           ot_net_options(j->net)->classes, &j->data);
}

static ot_status open_set(job *j, const char *where)
{
    j->source = (cli_source){ .file = j->file, .given = where };
    OT_TRY(cli_source_read(&j->source));
    return cli_source_open(&j->source, (ot_split)j->s->split, &j->data);
}

/* Without operands the images are those of the data set that the file names. */
static ot_status open_images(job *j, char **operand)
{
    if (!operand[0]) return open_set(j, NULL);
    if (!operand[1] && !cli_files_are(operand[0])) return open_set(j, operand[0]);
    for (; *operand; operand++) {
        if (!cli_files_are(*operand))
            return ot__fail(OT_EINVAL,
                            "'%.500s' is not a PNG file, a folder with PNG files or a list @FILE; "
                            "a data set must be the only operand after the weights",
                            *operand);
        OT_TRY(cli_files_add(&j->files, *operand));
    }
    return read_files(j);
}

/* ---- predicting ---- */

static ot_status make_room(job *j)
{
    const size_t n = (size_t)ot_dataset_count(j->data);
    const size_t classes = (size_t)ot_net_options(j->net)->classes;
    const ot_var features = ot_net_features(j->net);
    if (features.id) j->width = (size_t)ot_var_shape(ot_net_tape(j->net), features).dim[1];
    j->out.classes = ot__new(n, sizeof *j->out.classes);
    j->out.logits = ot__new(n * classes, sizeof *j->out.logits);
    if (j->s->features) j->out.features = ot__new(n * (j->width + 1), sizeof *j->out.features);
    const bool ready = j->out.classes && j->out.logits && (j->out.features || !j->s->features);
    return ready ? OT_OK : OT_ENOMEM;
}

static ot_status predict(job *j)
{
    OT_TRY(ot_params_new(ot_net_tape(j->net), &j->params));
    OT_TRY(cli_params_load(j->params, j->file));
    OT_TRY(make_room(j));
    OT_TRY(ot_predict_into(j->net, j->params, j->data, j->s->batch, OT_TIER_DEFAULT, &j->out));
    return cli_class_names_read(j->file, ot_net_options(j->net)->classes, j->data, &j->names);
}

/* ---- results ---- */

static ot_status write_arrays(const job *j)
{
    const size_t n = (size_t)ot_dataset_count(j->data);
    const size_t classes = (size_t)ot_net_options(j->net)->classes;
    if (j->s->npy)
        OT_TRY(ot__npy_write(j->s->npy, OT__NPY_F32, 2, (const size_t[]){ n, classes },
                             j->out.logits));
    if (!j->s->features) return OT_OK;
    return ot__npy_write(j->s->features, OT__NPY_F32, 2, (const size_t[]){ n, j->width },
                         j->out.features);
}

static ot_status write_results(job *j, ot__page *page)
{
    j->predicted = (cli_predicted){ .data = j->data,
                                    .path = j->files.path,
                                    .classes = ot_net_options(j->net)->classes,
                                    .name = j->names.name,
                                    .answer = j->out.classes,
                                    .logits = j->out.logits };
    OT_TRY(write_arrays(j));
    if (j->s->csv) OT_TRY(cli_predicted_csv(&j->predicted, j->s->csv));
    return cli_predicted_print(&j->predicted, page);
}

static void free_job(job *j)
{
    ot__free(j->out.classes);
    ot__free(j->out.logits);
    ot__free(j->out.features);
    cli_class_names_free(&j->names);
    cli_files_free(&j->files);
    ot_dataset_free(j->data);
    ot_params_free(j->params);
    ot_net_free(j->net);
    free(j->file);
}

static ot_status run(void *settings, char **operands)
{
    static job j; /* too large for the stack; used once */
    ot__page page;
    cli_page_open(&page);
    j.s = settings;
    const cli_weights_rule rule = { .of = j.s->weights_of };
    ot_status status = cli_use_threads(j.s->threads);
    if (status == OT_OK) status = cli_weights_find(operands[0], rule, &j.file);
    if (status == OT_OK) status = cli_net_open(j.file, j.s->batch, &j.net);
    if (status == OT_OK) cli_plugins_compare_file(j.file);
    if (status == OT_OK) status = open_images(&j, operands + 1);
    if (status == OT_OK) status = predict(&j);
    if (status == OT_OK) status = write_results(&j, &page);
    status = ot__page_close(&page, status);
    if (status == OT_OK) cli_weights_say(operands[0], rule, j.file);
    free_job(&j);
    return status;
}

const cli_command cli_predict = {
    .name = "predict",
    .operands = "RUN|FILE ...",
    .n_operands = 1,
    .more_operands = 1000000,
    .summary = "predict the classes of images",
    .detail =
        "RUN is the directory of a run, FILE a file of weights or a checkpoint.  After it come\n"
        "PNG files, folders of them, lists of their names (@LIST, or - for standard input), or\n"
        "one data set; otherwise it is the one that the network was trained with.",
    .groups = groups,
    .defaults = &(const struct settings){ .split = OT_SPLIT_TEST, .batch = 128 },
    .settings_size = sizeof(struct settings),
    .json = true,
    .run = run,
};
