/* SPDX-License-Identifier: BSD-3-Clause
 * A training from options to result.  Everything that can be refused is refused before the first
 * batch.  However the training ends, the result and the journal hold what was finished. */
#include <math.h>
#include <string.h>

#include "autograd/params.h"
#include "base/decimal.h"
#include "base/comm.h"
#include "base/memory.h"
#include "base/workers.h"
#include "train/description.h"
#include "train/fit.h"
#include "train/plugins.h"
#include "train/prolong.h"
#include "store/run.h"
#include "store/safetensors.h"
#include "train/optimiser.h"
#include "train/sharing.h"
#include "train/training.h"

static const char ASSUMED[] =
    "the checkpoint does not say how its images were normalised; the training goes on with "
    "CIFAR-10's mean and deviation, which earlier versions used for every data set";

static ot_status open_passes(ot__training *t, int batch, bool plan_only)
{
    const ot_train_opts *o = &t->opts;
    OT_TRY(ot__pass_open(o->net, o->params, o->train,
                         &(ot__pass_opts){ .tier = o->tier,
                                           .train = true,
                                           .shared = t->shared,
                                           .apart = o->sync == OT_SYNC_NONE,
                                           .plan_only = plan_only,
                                           .memory_limit = t->program_limit,
                                           .rebuild = o->rebuild,
                                           .loader = { .batch = batch,
                                                       .seed = o->seed,
                                                       .shuffle = true,
                                                       .crop_pad = o->crop_pad,
                                                       .crop_fill = o->crop_fill,
                                                       .flip = o->flip,
                                                       .policy = o->policy,
                                                       .cutout = o->cutout,
                                                       .mixup = o->mixup,
                                                       .validation = o->validation } },
                         &t->train));
    OT_TRY(ot__pass_open(
        o->net, o->params, o->test,
        &(ot__pass_opts){
            .tier = o->tier, .shared = t->shared, .plan_only = plan_only, .loader.batch = batch },
        &t->test));
    if (o->validation == 0) return OT_OK;
    return ot__pass_share(
        &t->test, o->params, o->train,
        &(ot_loader_opts){
            .batch = batch, .seed = o->seed, .validation = o->validation, .held_out = true },
        &t->validation);
}

/* The normalisation is stored with the weights.  It is that of the training images or, if the
 * training is resumed, that of the checkpoint.  Both passes take it from the parameters. */
static ot_status set_normalisation(ot__training *t)
{
    const ot_train_opts *o = &t->opts;
    ot_normalisation *const n = &t->normalisation;
    if (!o->resume)
        OT_TRY(ot_dataset_normalisation(o->train, n));
    else
        OT_TRY(ot__st_normalisation_of(o->resume, n));
    if (n->assumed && o->on_note) o->on_note(ASSUMED, o->user);
    n->assumed = false;
    return ot_params_set_normalisation(o->params, n);
}

static void close_passes(ot__training *t)
{
    ot__pass_close(&t->validation);
    ot__pass_close(&t->test);
    ot__pass_close(&t->train);
}

static size_t frozen_numbers(const ot_params *ps)
{
    size_t n = 0;
    for (int i = 0; i < ot_params_count(ps); i++)
        if (ot_params_trained(ps, i) && ot_params_frozen(ps, i)) n += ot_params_elements(ps, i);
    return n;
}

/* Fills in t->plan from the passes, which are planned or open. */
static void plan(ot__training *t)
{
    t->plan = (ot_train_plan){
        .net = ot_net_describe(t->opts.net),
        .frozen = frozen_numbers(t->opts.params),
        .train = ot__pass_describe(&t->train),
        .evaluate = ot__pass_describe(&t->test),
        .batches = t->train.batches,
    };
    t->plan.predicted_bytes = ot__pass_bytes(&t->train) + ot__pass_bytes(&t->test) +
                              ot__pass_bytes(&t->validation) + t->new_params + t->optimiser_bytes +
                              ot__average_bytes(t->opts.params, t->train.dtype, t->opts.average) +
                              ot__backup_bytes(t->opts.params, t->train.dtype);
}

static ot_status open_optimiser(ot__training *t)
{
    const ot_optimiser_opts how = ot__optimiser_options(&t->opts);
    OT_TRY(ot_optimiser_new(t->opts.params, t->train.dtype, &how, &t->optimiser));
    t->optimiser_bytes = ot_optimiser_bytes(t->optimiser);
    OT_TRY(ot__smoothness_new(t->opts.net, t->opts.params, t->train.dtype, t->opts.smoothness,
                              &t->smoothness));
    OT_TRY(ot__schedule_open(&t->opts, t->train.batches, &t->schedule));
    return ot__backup_new(t->opts.params, t->train.dtype, &t->backup);
}

/* Bytes that BLIS allocates; both passes share them.  predicted_bytes does not contain them,
 * because most of them are never touched and so never resident. */
static size_t product_bytes(const ot__training *t)
{
    const size_t train = t->plan.train.product_bytes, test = t->plan.evaluate.product_bytes;
    return train > test ? train : test;
}

/* Fills in t->plan for a batch, without memory for tensors. */
static ot_status plan_batch(ot__training *t, int batch)
{
    const ot_optimiser_opts how = ot__optimiser_options(&t->opts);
    ot_status status = open_passes(t, batch, true);
    if (status == OT_OK)
        status = ot__optimiser_bytes_of(t->opts.params, t->train.dtype, &how, &t->optimiser_bytes);
    if (status == OT_OK) {
        t->new_params = ot__params_new_bytes(t->opts.params, t->train.dtype, true);
        plan(t);
    }
    close_passes(t);
    return status;
}

static ot_status refuse_limit(ot__training *t, int batch)
{
    t->program_limit = OT_LEAST_MEMORY;
    OT_TRY(plan_batch(t, batch));
    return ot__fail(OT_ENOMEM,
                    "memory-limit is %s; the least that this training can run with is %s, with "
                    "memory-limit min",
                    OT__BYTES(t->opts.memory_limit), OT__BYTES(t->plan.predicted_bytes));
}

/* Plans the training within its limit.  All that exceeds it has to be saved by the programs that
 * compute gradients. */
static ot_status plan_within_limit(ot__training *t, int batch)
{
    const size_t limit = t->opts.memory_limit;
    t->program_limit = 0;
    OT_TRY(plan_batch(t, batch));
    const size_t all = t->plan.predicted_bytes, programs = t->plan.train.peak_bytes;
    if (!limit || all <= limit) return OT_OK;
    if (limit != OT_LEAST_MEMORY && all - limit >= programs) return refuse_limit(t, batch);
    t->program_limit = limit == OT_LEAST_MEMORY ? limit : programs - (all - limit);
    const ot_status status = plan_batch(t, batch);
    return status == OT_ENOMEM && limit != OT_LEAST_MEMORY ? refuse_limit(t, batch) : status;
}

/* Computes the bytes that must be available for a batch. */
static ot_status needed(void *user, int batch, size_t *bytes)
{
    ot__training *t = user;
    OT_TRY(plan_within_limit(t, batch));
    *bytes = t->plan.predicted_bytes + product_bytes(t);
    return OT_OK;
}

/* Joins the processes that share the training.  Only the first one writes files. */
static ot_status open_processes(ot__training *t)
{
    if (!t->opts.processes) return OT_OK;
    OT_TRY(ot_processes_join());
    t->shared = ot_processes_count() > 1;
    if (ot_processes_rank() == 0) return OT_OK;
    t->opts.run = NULL;
    t->opts.journal = NULL;
    return OT_OK;
}

static ot_status compare_processes(ot__training *t)
{
    if (!t->shared) return OT_OK;
    json_t *const circumstances = ot__circumstances(&t->opts);
    if (!circumstances) return ot__fail(OT_ENOMEM, "out of memory for the options");
    const ot_status status = ot__check_alike(circumstances);
    json_decref(circumstances);
    return status;
}

static ot_status open_training(ot__training *t)
{
    OT_TRY(open_processes(t));
    OT_TRY(ot__start_threads()); /* before the available memory is measured */
    const ot__available there = ot__memory_available();
    OT_TRY(set_normalisation(t));
    OT_TRY(ot__training_freeze(t));
    OT_TRY(ot__check_fit(&there, t->opts.batch, needed, t));
    OT_TRY(open_passes(t, t->opts.batch, false));
    OT_TRY(open_optimiser(t));
    OT_TRY(ot__training_init(t));
    OT_TRY(ot__average_new(t->opts.params, t->train.dtype, t->opts.average, &t->average));
    plan(t);
    if (t->opts.on_profile) {
        OT_TRY(ot_execution_measure(t->train.execution, true));
        OT_TRY(ot_execution_measure(t->test.execution, true));
    }
    OT_TRY(compare_processes(t));
    if (!t->opts.run && !t->opts.resume) return OT_OK;
    OT_TRY(ot__training_describe(t));
    t->circumstances = ot__circumstances(&t->opts);
    if (!t->circumstances) return ot__fail(OT_ENOMEM, "out of memory for the options");
    if (!t->opts.resume) return OT_OK;
    OT_TRY(ot__training_resume(t));
    return ot_params_set_normalisation(t->opts.params, &t->normalisation);
}

static ot_status open_journal(ot__training *t)
{
    const ot_train_opts *o = &t->opts;
    if (!o->journal) return OT_OK;
    if (!o->resume) return ot__journal_open(o->journal, &t->journal);
    return ot__journal_reopen(o->journal, t->epoch, o->on_note, o->user, &t->journal);
}

static ot_status begin_journal(ot__training *t)
{
    const ot_train_opts *o = &t->opts;
    if (!o->resume || t->journal.empty)
        OT_TRY(ot__journal_run(&t->journal, ot__journal_net_json(o->net, &t->plan.net),
                               ot__options_json(o),
                               ot__plugins_json((ot__plugin_user){ o->net, o }), o, &t->plan));
    if (!o->resume) return OT_OK;
    return ot__journal_resume(&t->journal, o, t->epoch, t->step,
                              o->accept_plugins ? ot__plugins_json((ot__plugin_user){ o->net, o })
                                                : NULL,
                              o->prolong ? ot__prolonged_json(o) : NULL);
}

static void close_training(ot__training *t)
{
    ot__journal_close(&t->journal);
    json_decref(t->circumstances);
    ot__pairs_free(&t->metadata);
    ot__average_free(&t->average);
    ot__backup_free(&t->backup);
    ot__schedule_close(&t->schedule);
    ot__smoothness_free(&t->smoothness);
    ot_optimiser_free(t->optimiser);
    close_passes(t);
}

/* Whether an epoch is better than all before it: by the images that are held out or, without them,
 * by the test images. */
static bool is_best(const ot__training *t, const ot_epoch_result *e)
{
    const ot_train_result *r = t->result;
    if (r->best_epoch == 0) return true;
    return t->opts.validation > 0 ? e->validation_accuracy > r->best_validation
                                  : e->test_accuracy > r->best_accuracy;
}

/* Counts the epoch as finished.  Returns whether it is the best so far. */
static bool count_epoch(ot__training *t, const ot_epoch_result *e)
{
    ot_train_result *r = t->result;
    const bool best = is_best(t, e);
    r->epochs = e->epoch;
    r->last = *e;
    if (best) {
        r->best_accuracy = e->test_accuracy;
        r->best_validation = e->validation_accuracy;
        r->best_epoch = e->epoch;
    }
    t->epoch = e->epoch;
    t->step = 0;
    return best;
}

/* The journal is written first, so that it never lacks an epoch that a checkpoint contains. */
static ot_status finish_epoch(ot__training *t, const ot_epoch_result *e)
{
    const bool best = count_epoch(t, e);
    if (t->opts.on_epoch) t->opts.on_epoch(e, t->opts.user);
    OT_TRY(ot__journal_epoch(&t->journal, e, t->opts.params, t->train.dtype));
    if (best) OT_TRY(ot__training_save_best(t));
    OT_TRY(ot__training_save_average(t, e));
    return ot__training_save(t);
}

/* Saves the first checkpoint, so that from here on the run can be resumed.  When it is resumed,
 * checkpoints are removed instead, since a run that was killed may have left too many.  When it is
 * prolonged, the checkpoint is replaced by one that has the new options. */
static ot_status begin(ot__training *t)
{
    const ot_train_opts *o = &t->opts;
    OT_TRY(begin_journal(t));
    return o->resume && !o->prolong ? ot__training_prune(t) : ot__training_save(t);
}

static ot_status train_epochs(ot__training *t)
{
    const ot_train_opts *o = &t->opts;
    while (t->epoch < o->epochs) {
        ot_epoch_result e = { 0 };
        OT_TRY(ot__train_epoch(t, &e));
        OT_TRY(finish_epoch(t, &e));
        ot__wishes w = { .late = o->max_seconds > 0.0 && ot__now() - t->started >= o->max_seconds };
        OT_TRY(ot__agree(&w));
        if (w.late) break;
    }
    return OT_OK;
}

/* Completes the result and writes the last line of the journal.  The status of that write is
 * returned only if the training itself did not fail. */
static ot_status end(ot__training *t, ot_status status)
{
    ot_train_result *r = t->result;
    char message[512];
    snprintf(message, sizeof message, "%s", ot_message());
    ot__resident_look(&t->resident);
    r->seconds = ot__now() - t->started;
    r->predicted_bytes = t->plan.predicted_bytes;
    r->measured_bytes = ot__resident_growth(&t->resident);
    const ot_train_profile spent = { t->train.execution, t->test.execution, t->spent_training,
                                     t->spent_evaluating, t->sharing };
    if (t->opts.on_profile) t->opts.on_profile(&spent, t->opts.user);
    const ot_status written = ot__journal_end(&t->journal, r, status, message);
    return status == OT_OK ? written : ot__fail(status, "%s", message);
}

/* Whether this training replaces the run that is in the directory. */
static bool replaces(const ot__training *t)
{
    return t->opts.run && !t->opts.resume && ot__run_replaces(t->opts.run);
}

/* Sets an old run aside.  This is called after all checks that can refuse the training. */
static ot_status set_old_run_aside(const ot__training *t)
{
    if (t->opts.run) OT_TRY(ot__run_check(t->opts.run)); /* the journal is opened by this path */
    return replaces(t) ? ot__run_set_aside(t->opts.run) : OT_OK;
}

/* Removes the old run if the new one has a checkpoint, and moves it back otherwise. */
static ot_status settle(const ot__training *t, ot_status status)
{
    if (!replaces(t)) return status;
    char message[512];
    snprintf(message, sizeof message, "%s", ot_message());
    const ot_status settled = ot__run_settle(t->opts.run);
    return status == OT_OK ? settled : ot__fail(status, "%s", message);
}

static ot_status run(ot__training *t)
{
    OT_TRY(open_training(t));
    if (t->shared) OT_TRY(ot__check_params_alike(t->opts.params));
    ot_status status = set_old_run_aside(t);
    if (status == OT_OK) status = open_journal(t);
    if (status != OT_OK) return settle(t, status);
    t->started = ot__now();
    ot__training_note_milestones(&t->opts);
    if (t->opts.on_plan) t->opts.on_plan(&t->plan, t->opts.user);
    status = settle(t, begin(t));
    if (status == OT_OK) status = train_epochs(t);
    return end(t, status);
}

ot_status ot_train(const ot_train_opts *opts, ot_train_result *result)
{
    ot_train_result unread, *r = result ? result : &unread;
    *r = (ot_train_result){ .best_validation = NAN };
    ot__training t = { .resident = ot__resident_start(), .result = r, .journal.fd = -1 };
    const bool starts = opts && (!opts->resume || opts->prolong);
    OT_TRY(ot__train_options(opts, starts, &t.opts));
    const ot_status status = run(&t);
    close_training(&t);
    if (status != OT_OK && status != OT_EINTERRUPTED) ot__comm_fail(ot_message());
    return status;
}
