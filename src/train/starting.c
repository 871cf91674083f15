/* SPDX-License-Identifier: BSD-3-Clause
 * What a training does before the first step: it freezes parameters that are not to be trained,
 * takes initial values from a file, and reports milestones that it does not reach. */
#include <stdio.h>
#include <string.h>

#include "base/normalisation.h"
#include "store/safetensors.h"
#include "train/training.h"

static void note(const ot_train_opts *o, const char *sentence)
{
    if (o->on_note) o->on_note(sentence, o->user);
}

ot_status ot__training_freeze(ot__training *t)
{
    OT_TRY(ot_params_freeze(t->opts.params, t->opts.freeze.s));
    return OT_OK;
}

/* A training that is prolonged reaches more milestones, so they are not refused. */
void ot__training_note_milestones(const ot_train_opts *o)
{
    char sentence[160];
    if (o->milestones.n == 0) return;
    const int last = o->milestones.value[o->milestones.n - 1];
    if (last < o->epochs) return;
    snprintf(sentence, sizeof sentence,
             "milestone %d has no effect, because the training ends after epoch %d; a milestone "
             "is below the number of epochs",
             last, o->epochs);
    note(o, sentence);
}

static ot_status check_content(const ot_train_opts *o, const char *found)
{
    if (strcmp(found, o->init_checksum.s) == 0) return OT_OK;
    return ot__fail(OT_EINVAL,
                    "%s: its checksum is %s, and the training is to start from a file with the "
                    "checksum %.40s",
                    o->init.s, found, o->init_checksum.s);
}

/* The checkpoint has all values, so a resume only compares the file, and does without it. */
static ot_status compare(const ot_train_opts *o)
{
    char found[33], sentence[1300];
    const ot_status status = ot_file_checksum(o->init.s, found);
    if (status == OT_OK) return check_content(o, found);
    if (status != OT_ENOENT) return status;
    snprintf(sentence, sizeof sentence,
             "%s, from whose weights the training started, is not there, so its checksum was not "
             "compared",
             o->init.s);
    note(o, sentence);
    return OT_OK;
}

/* Weights are best with the normalisation that they were trained with. */
static ot_status compare_normalisation(const ot__training *t)
{
    ot_normalisation theirs;
    OT_TRY(ot__st_normalisation_of(t->opts.init.s, &theirs));
    const ot_normalisation *const ours = &t->normalisation;
    const size_t bytes = (size_t)ours->channels * sizeof ours->mean[0];
    const bool same = theirs.channels == ours->channels &&
                      memcmp(theirs.mean, ours->mean, bytes) == 0 &&
                      memcmp(theirs.deviation, ours->deviation, bytes) == 0;
    if (!theirs.assumed && !same)
        note(&t->opts, "the weights of --init were trained with images of another mean and "
                       "deviation than those of this data set, which are used");
    return OT_OK;
}

/* The weights of a fused network have the names of others, and values that only fit together. */
static ot_status refuse_fused(const char *path)
{
    ot__st_file f;
    OT_TRY(ot__st_open(path, &f));
    const char *const fused = ot__st_metadata(&f.header, "fused");
    const bool is_fused = fused && strcmp(fused, "true") == 0;
    ot__st_close(&f);
    if (!is_fused) return OT_OK;
    return ot__fail(OT_EINVAL,
                    "%s: its network is fused, so a training cannot start from its weights; name "
                    "the file that it was fused from",
                    path);
}

ot_status ot__training_init(ot__training *t)
{
    const ot_train_opts *const o = &t->opts;
    ot_fit fit;
    if (!*o->init.s) return OT_OK;
    if (o->resume) return compare(o);
    char found[33];
    OT_TRY(ot_file_checksum(o->init.s, found));
    OT_TRY(check_content(o, found));
    OT_TRY(refuse_fused(o->init.s));
    OT_TRY(ot_params_init_from(o->params, o->init.s, &fit));
    if (o->on_init) o->on_init(&fit, o->user);
    return compare_normalisation(t);
}
