/* SPDX-License-Identifier: BSD-3-Clause
 * Connects a training with its checkpoints: where it stands becomes a position in a file, and a
 * resume sets it back to the position that it reads. */
#include "base/memory.h"
#include "store/run.h"
#include "train/training.h"

static ot__position position_of(const ot__training *t)
{
    const ot_train_result *r = t->result;
    ot__position p = {
        .epoch = t->epoch,
        .step = t->step,
        .sums = t->step > 0 ? t->train.sums : (ot__pass_sums){ 0 },
        .best_epoch = r->best_epoch,
        .best_accuracy = r->best_accuracy,
        .last = r->last,
    };
    return p;
}

/* Saves a checkpoint; frees the path. */
static ot_status save_as(ot__training *t, char *path)
{
    if (!path) return OT_ENOMEM;
    const ot__position position = position_of(t);
    const ot_status status =
        ot__checkpoint_save(path, &t->opts, t->sgd, t->circumstances, &position);
    ot__free(path);
    return status;
}

ot_status ot__training_save(ot__training *t)
{
    const ot_run *run = t->opts.run;
    if (!run) return OT_OK;
    const long long steps = (long long)t->epoch * t->train.batches + t->step;
    OT_TRY(save_as(t, ot__run_checkpoint_path(run, steps)));
    return ot__training_prune(t);
}

ot_status ot__training_prune(ot__training *t)
{
    return t->opts.run ? ot__run_prune(t->opts.run, t->opts.keep) : OT_OK;
}

ot_status ot__training_save_best(ot__training *t)
{
    return t->opts.run ? save_as(t, ot__run_path(t->opts.run, ot_run_file_name(OT_RUN_BEST)))
                       : OT_OK;
}

ot_status ot__training_resume(ot__training *t)
{
    ot__position p;
    OT_TRY(ot__checkpoint_load(t->opts.resume, &t->opts, t->sgd, t->circumstances, t->train.batches,
                               &p));
    t->epoch = p.epoch;
    t->step = p.step;
    t->train.sums = p.sums;
    t->result->epochs = p.epoch;
    t->result->last = p.last;
    t->result->best_epoch = p.best_epoch;
    t->result->best_accuracy = p.best_accuracy;
    return OT_OK;
}
