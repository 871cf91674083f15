/* SPDX-License-Identifier: BSD-3-Clause
 * Finds the data set that a file of weights was trained with: the file has its path and the
 * fingerprints of its splits.  An accuracy on other images has another meaning, which the number
 * does not show.  So the fingerprints are compared; a difference is an error or a note. */
#include "cli/runs/source.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/frame/claims.h"
#include "cli/frame/message.h"
#include "cli/frame/options.h"
#include "cli/frame/print.h"
#include "cli/runs/plugins.h"

static const char *const keys[] = {
    [OT_SPLIT_TRAIN] = "train-fingerprint", [OT_SPLIT_TEST] = "test-fingerprint"
};
static const char *const names[] = { [OT_SPLIT_TRAIN] = "training", [OT_SPLIT_TEST] = "test" };

/* Reads a value of the file's metadata; "" if the file has no such key. */
static ot_status read_key(const char *file, const char *key, char *text, size_t size)
{
    char *value = NULL;
    text[0] = '\0';
    const ot_status status = ot_safetensors_metadata(file, key, &value);
    if (status == OT_OK) snprintf(text, size, "%s", value);
    free(value);
    return status == OT_EFORMAT ? OT_OK : status;
}

ot_status cli_source_read(cli_source *s)
{
    ot_status status = read_key(s->file, "data", s->named, sizeof s->named);
    for (int split = OT_SPLIT_TRAIN; split <= OT_SPLIT_TEST && status == OT_OK; split++)
        status = read_key(s->file, keys[split], s->fingerprint[split], sizeof s->fingerprint[0]);
    if (status != OT_OK) return status;
    s->where = s->given ? s->given : s->named;
    if (*s->where) return OT_OK;
    return ot__fail(OT_EINVAL,
                    "'%.500s' does not say which data set it was trained with; --data names one",
                    s->file);
}

static bool has_other_images(const ot_dataset *data, const char *fingerprint)
{
    return *fingerprint && strcmp(fingerprint, ot_dataset_fingerprint(data)) != 0;
}

/* Accepts images other than those of the training if --data named them; otherwise refuses them. */
static ot_status judge_other_images(cli_source *s, ot_split split, const ot_dataset *data)
{
    if (s->given && !s->strict) {
        s->others = true;
        cli_print(stderr,
                  "odetape: note: the %s images in '%s' are not those that '%s' was trained with "
                  "(fingerprint %.8s, not %.8s)\n",
                  names[split], cli_shown(s->where), cli_shown(s->file),
                  ot_dataset_fingerprint(data), cli_shown_part(s->fingerprint[split], 8));
        return OT_OK;
    }
    return ot__fail(s->strict ? CLI_ECONFIG : OT_EFORMAT,
                    "the %s images in '%.500s' are not those that '%.500s' was trained with "
                    "(fingerprint %.8s, not %.8s); --data names %s",
                    names[split], s->where, s->file, ot_dataset_fingerprint(data),
                    s->fingerprint[split],
                    s->strict ? "the directory that has those" : "the directory to use");
}

/* OT_ENOENT: the data set has moved, or a plugin opens it that is not loaded. */
static ot_status refuse_missing(const cli_source *s)
{
    char plugin[1200];
    if (cli_plugins_missing(s->file, plugin, sizeof plugin))
        return ot__fail(
            OT_ENOENT,
            "'%.500s' was trained with the data set '%.300s', which is not there (%.500s); the "
            "file was made with %s, which is not loaded; --plugin loads it",
            s->file, s->where, ot_message(), plugin);
    return ot__fail(OT_ENOENT,
                    "'%.500s' was trained with the data set '%.300s', which is not there (%.500s); "
                    "--data says where it is now",
                    s->file, s->where, ot_message());
}

ot_status cli_source_open(cli_source *s, ot_split split, ot_dataset **out)
{
    const ot_status status = ot_dataset_open(s->where, split, out);
    if (status != OT_OK && s->given) return status;
    if (status == OT_ENOENT) return refuse_missing(s);
    if (status != OT_OK) return status;
    return has_other_images(*out, s->fingerprint[split]) ? judge_other_images(s, split, *out)
                                                         : OT_OK;
}

void cli_source_compare(const char *file, ot_split split, const ot_dataset *data)
{
    char fingerprint[33];
    if (read_key(file, keys[split], fingerprint, sizeof fingerprint) != OT_OK) return;
    if (has_other_images(data, fingerprint))
        cli_print(stderr, "odetape: note: '%s' was trained with other %s images\n", cli_shown(file),
                  names[split]);
}

ot_status cli_net_open(const char *file, int batch, ot_net **net)
{
    const ot_status status = ot_net_open(file, batch, net);
    return status == OT_OK ? cli_claims_check(*net) : status;
}

static bool fits(const ot_net *net, const ot_dataset *data)
{
    const ot_net_opts *const o = ot_net_options(net);
    return o->image == ot_dataset_height(data) && o->channels == ot_dataset_channels(data) &&
           o->classes == ot_dataset_classes(data);
}

ot_status cli_net_fit(ot_net_opts *opts, const ot_dataset *data, ot_net **net)
{
    if (ot_dataset_width(data) != ot_dataset_height(data))
        return ot__fail(
            OT_ESHAPE,
            "the images of the data set are %d pixels high and %d wide; a network takes "
            "square images",
            ot_dataset_height(data), ot_dataset_width(data));
    if (*net && fits(*net, data)) return OT_OK;
    opts->image = ot_dataset_height(data);
    opts->channels = ot_dataset_channels(data);
    opts->classes = ot_dataset_classes(data);
    ot_net_free(*net);
    *net = NULL;
    return ot_net_new(opts, net);
}

ot_status cli_params_load(ot_params *params, const char *file)
{
    const ot_status status = ot_params_load(params, file);
    if (status == OT_OK && ot_params_normalisation(params).assumed)
        cli_print(
            stderr,
            "odetape: note: '%s' does not say how its images were normalised; CIFAR-10's mean "
            "and deviation are used, as earlier versions did for every data set\n",
            cli_shown(file));
    return status;
}
