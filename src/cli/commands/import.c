/* SPDX-License-Identifier: BSD-3-Clause
 * odetape import: makes a file of weights of one that other software has saved as safetensors. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "base/normalisation.h"
#include "cli/frame/groups.h"
#include "cli/frame/message.h"
#include "cli/frame/print.h"
#include "cli/runs/weights.h"

struct settings {
    ot_net_opts net;
    const char *out, *names, *mean, *deviation;
};

#define FIELD(member) .offset = offsetof(struct settings, member)

static const ot_option options[] = {
    { .name = "out",
      .letter = 'o',
      .kind = OT_OPTION_TEXT,
      .argument = "FILE",
      FIELD(out),
      .help = "file of weights that is written" },
    { .name = "names",
      .kind = OT_OPTION_TEXT,
      .argument = "NAMING",
      FIELD(names),
      .help = "how its tensors are named: pytorch-resnet" },
    { .name = "mean",
      .kind = OT_OPTION_TEXT,
      .argument = "LIST",
      FIELD(mean),
      .help = "of each channel of its images: 0.485,0.456,0.406" },
    { .name = "deviation",
      .kind = OT_OPTION_TEXT,
      .argument = "LIST",
      FIELD(deviation),
      .help = "of each channel; images are (pixel/255 - mean)/deviation" },
    { .name = "image",
      .kind = OT_OPTION_INT,
      .argument = "N",
      .least = 1,
      .most = 1024,
      FIELD(net.image),
      .help = "height and width of its images in pixels" },
    { .name = "classes",
      .kind = OT_OPTION_INT,
      .argument = "N",
      .least = 2,
      .most = 100000,
      FIELD(net.classes),
      .help = "classes of its images" },
    { 0 },
};

static const cli_group groups[] = {
    { "Source options", options, 0 },
    CLI_NETWORK_GROUP(net),
    { 0 },
};

/* What an import uses. */
typedef struct job {
    const struct settings *s;
    char *file;
    ot_net *net;
    ot_params *params;
    ot_fit fit;
} job;

/* Reads one number per channel, "0.485,0.456,0.406". */
static ot_status read_numbers(const char *option, const char *text, int *n,
                              float value[OT_MOST_CHANNELS])
{
    const char *rest = text;
    double number = 0;
    bool good = true;
    for (*n = 0; good && *n < OT_MOST_CHANNELS && (*n == 0 || *rest == ','); ++*n) {
        if (*n > 0) rest++;
        good = ot__read_real(&rest, -1e6, 1e6, &number);
        value[*n] = (float)number;
    }
    if (good && !*rest) return OT_OK;
    return ot__fail(OT_EINVAL,
                    "--%s is '%.80s'; one number per channel is expected, up to %d with commas "
                    "between them",
                    option, text, OT_MOST_CHANNELS);
}

static ot_status read_normalisation(const struct settings *s, ot_normalisation *n)
{
    int deviations = 0;
    OT_TRY(read_numbers("mean", s->mean, &n->channels, n->mean));
    OT_TRY(read_numbers("deviation", s->deviation, &deviations, n->deviation));
    if (deviations != n->channels)
        return ot__fail(OT_EINVAL,
                        "--mean has %d numbers and --deviation %d; each needs one per "
                        "channel of the images",
                        n->channels, deviations);
    for (int c = 0; c < n->channels; c++)
        if (!(n->deviation[c] > 0))
            return ot__fail(OT_EINVAL, "--deviation is '%.80s'; all numbers must be positive",
                            s->deviation);
    return OT_OK;
}

/* The options that an import cannot do without, in addition to --out. */
static ot_status check_given(const struct settings *s)
{
    const struct {
        const char *option, *value;
    } needed[] = {
        { "names NAMING", s->names },
        { "mean LIST", s->mean },
        { "deviation LIST", s->deviation },
        { "system NAME or --net NET", s->net.blocks },
    };
    for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++)
        if (!needed[i].value)
            return ot__fail(OT_EINVAL, "odetape import needs --%s", needed[i].option);
    return OT_OK;
}

static ot_status import(job *j)
{
    ot_normalisation n = { 0 };
    OT_TRY(check_given(j->s));
    OT_TRY(cli_weights_spare(j->file, j->s->out, "imported"));
    OT_TRY(read_normalisation(j->s, &n));
    ot_net_opts opts = j->s->net;
    opts.channels = n.channels;
    OT_TRY(ot_net_new(&opts, &j->net));
    OT_TRY(ot_params_new(ot_net_tape(j->net), &j->params));
    OT_TRY(ot_net_import(j->net, j->params, j->file, j->s->names, &j->fit));
    return ot_params_set_normalisation(j->params, &n);
}

static ot_status save(job *j)
{
    const char *const slash = strrchr(j->file, '/');
    const char *const source[][2] = {
        { "imported-from", slash ? slash + 1 : j->file },
        { "imported-names", j->s->names },
        { "imported-checksum", j->fit.checksum },
    };
    return ot_net_save(j->net, j->params, j->s->out, sizeof source / sizeof source[0], source);
}

static ot_status run(void *settings, char **operands)
{
    static job j; /* used once */
    j.s = settings;
    const cli_weights_rule rule = { .of = CLI_WEIGHTS_FINAL };
    ot_status status = cli_weights_find(operands[0], rule, &j.file);
    if (status == OT_OK) status = import(&j);
    if (status == OT_OK) status = save(&j);
    if (status == OT_OK)
        cli_print(stdout, "%s: %d tensors, %zu trained numbers of %s\n", cli_shown(j.s->out),
                  j.fit.taken.n, ot_params_total(j.params), ot_net_options(j.net)->blocks);
    if (status == OT_OK) cli_weights_say(operands[0], rule, j.file);
    ot_params_free(j.params);
    ot_net_free(j.net);
    free(j.file);
    return status;
}

const cli_command cli_import = {
    .name = "import",
    .operands = "RUN|FILE",
    .n_operands = 1,
    .summary = "make weights of those of other software",
    .detail = "FILE is a safetensors file, such as the state of a PyTorch network, and RUN the\n"
              "directory of a run.  Every tensor must be one of the network that the options\n"
              "describe, and the other way round.",
    .groups = groups,
    .required = "out",
    .defaults = &(const struct settings){ .net = { .image = 32, .classes = 10 } },
    .settings_size = sizeof(struct settings),
    .run = run,
};
