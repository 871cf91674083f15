/* SPDX-License-Identifier: BSD-3-Clause
 * Connects a training with its checkpoints: where it stands becomes a position in a file, and a
 * resume sets it back to the position that it reads. */
#include <stdio.h>

#include "base/memory.h"
#include "store/run.h"
#include "train/optimiser.h"
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
        .best_validation = r->best_validation,
        .last = r->last,
    };
    return p;
}

/* Saves a checkpoint; frees the path.  If the average is being evaluated, the weights take their
 * place back meanwhile. */
static ot_status save_as(ot__training *t, char *path)
{
    if (!path) return OT_ENOMEM;
    const ot__position position = position_of(t);
    const bool swapped = t->average.swapped;
    if (swapped) ot__average_swap(&t->average);
    const ot_status status =
        ot__checkpoint_save(path, &t->opts, t->optimiser, &t->average, t->circumstances, &position);
    if (swapped) ot__average_swap(&t->average);
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

/* The metadata of the training, and what was reached. */
static ot_status describe_average(const ot__training *t, const ot_epoch_result *e, ot__pairs *to)
{
    char epochs[16], accuracy[32];
    snprintf(epochs, sizeof epochs, "%d", e->epoch);
    snprintf(accuracy, sizeof accuracy, "%.6f", e->average_accuracy);
    for (int i = 0; i < t->opts.n_metadata; i++)
        OT_TRY(ot__pairs_add(to, t->opts.metadata[i][0], t->opts.metadata[i][1]));
    OT_TRY(ot__pairs_add(to, "finished-epochs", epochs));
    return ot__pairs_add(to, "test-accuracy", accuracy);
}

ot_status ot__training_save_average(ot__training *t, const ot_epoch_result *e)
{
    ot__pairs pairs = { 0 };
    if (!t->opts.run || !t->average.values) return OT_OK;
    ot_status status = describe_average(t, e, &pairs);
    ot__average_swap(&t->average);
    if (status == OT_OK)
        status = ot_run_save(t->opts.run, ot_run_file_name(OT_RUN_AVERAGE), t->opts.params,
                             (int)pairs.n, (const char *const(*)[2])pairs.pair);
    ot__average_swap(&t->average);
    ot__pairs_free(&pairs);
    return status;
}

ot_status ot__training_resume(ot__training *t)
{
    ot__position p;
    OT_TRY(ot__checkpoint_load(t->opts.resume, &t->opts, t->optimiser, &t->average,
                               t->circumstances, t->train.batches, &p));
    t->epoch = p.epoch;
    t->step = p.step;
    ot__optimiser_resume(t->optimiser, (long long)p.epoch * t->train.batches + p.step);
    t->train.sums = p.sums;
    t->result->epochs = p.epoch;
    t->result->last = p.last;
    t->result->best_epoch = p.best_epoch;
    t->result->best_accuracy = p.best_accuracy;
    t->result->best_validation = p.best_validation;
    return OT_OK;
}
