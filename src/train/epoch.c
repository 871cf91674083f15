/* SPDX-License-Identifier: BSD-3-Clause
 * One epoch: a pass with gradients over the training set, then the evaluations (epoch_evaluate.c).
 * No number that is not finite is ever stored: the loss is checked before the backward pass, and
 * the results of the optimiser before it writes them.  A step that fails leaves parameters and
 * running statistics as they were before it. */
#include <math.h>

#include "base/comm.h"
#include "base/decimal.h"
#include "train/optimiser.h"
#include "train/sharing.h"
#include "train/training.h"

/* A batch that is run again. */
typedef struct replay {
    ot__pass *pass;
    int batch;
} replay;

static void load_again(void *user)
{
    const replay *r = user;
    ot__pass_load(r->pass, r->batch);
}

/* Runs batch b again and finds the first result that is not finite. */
static bool find_culprit(ot__pass *p, int b, ot__culprit *c)
{
    replay r = { p, b };
    return ot__execution_scan(p->execution, ot__pass_load(p, b), load_again, &r, c);
}

/* Repeats the step with a check of every result, and writes where the first one is that is not
 * finite; "" if there is none.  The statistics are restored before and after. */
static void address(ot__training *t, int b, char *text, size_t size)
{
    ot__culprit c;
    text[0] = '\0';
    ot__backup_restore(&t->backup);
    const bool found = find_culprit(&t->train, b, &c);
    ot__backup_restore(&t->backup);
    if (!found) return;
    snprintf(text, size,
             ": first in the %s of record %%%d, %s%s%s: %s; of the %zu numbers it read %zu are not "
             "finite, the others are within %s .. %s",
             c.backward ? "backward pass" : "forward pass", c.record, c.op, *c.scope ? " in " : "",
             c.scope, c.result, c.read, c.strange, OT__ROUNDED(c.least, 6), OT__ROUNDED(c.most, 6));
}

static ot_status not_finite(ot__training *t, int b, const char *what)
{
    char where[400];
    address(t, b, where, sizeof where);
    return ot__fail(OT_ENUMERIC,
                    "%s in epoch %d, step %d of %d, is not finite%s; a smaller learning rate than "
                    "%s may help",
                    what, t->epoch + 1, b + 1, t->train.batches, where, OT__ROUNDED(t->lr, 6));
}

/* The message when controlled steps failed: a tolerance was not reached, or a number is not
 * finite. */
static ot_status steps_failed(ot__training *t, int b, ot_status status)
{
    char why[200], where[400] = "";
    snprintf(why, sizeof why, "%s", ot_message());
    if (status == OT_ENUMERIC) address(t, b, where, sizeof where);
    return ot__fail(status, "in epoch %d, step %d of %d: %s%s", t->epoch + 1, b + 1,
                    t->train.batches, why, where);
}

/* Takes the step of the optimiser with the gradients of batch b, or leaves all as it is. */
static ot_status optimise(ot__training *t, int b)
{
    ot__smoothness_add(&t->smoothness);
    ot__optimiser_begin(t->optimiser);
    if (!ot__optimiser_stays_finite(t->optimiser, t->lr))
        return not_finite(t, b, "a parameter or its gradient");
    ot__optimiser_take(t->optimiser, t->lr);
    return OT_OK;
}

/* Sets the learning rate of step b, which a schedule of the user's may have computed. */
static ot_status set_rate(ot__training *t, int b)
{
    t->lr = ot__schedule_lr(&t->schedule, t->epoch, b);
    if (t->lr >= 0.0 && isfinite(t->lr)) return OT_OK;
    return ot__fail(OT_ENUMERIC,
                    "the learning rate of epoch %d, step %d is %s by the schedule %s; it must be "
                    "finite and not negative",
                    t->epoch + 1, b + 1, OT__ROUNDED(t->lr, 6), t->schedule.part.text);
}

/* With rebuild, the first step of this process measures how exactly values are rebuilt. */
static ot_status begin_measuring(ot__training *t)
{
    return t->opts.rebuild && !t->knows_rebuilding
               ? ot__execution_measure_rebuild(t->train.execution, true)
               : OT_OK;
}

static ot_status end_measuring(ot__training *t)
{
    if (!t->opts.rebuild || t->knows_rebuilding) return OT_OK;
    t->knows_rebuilding = true;
    if (t->opts.on_rebuild)
        t->opts.on_rebuild(ot__execution_rebuild_error(t->train.execution), t->opts.user);
    return ot__execution_measure_rebuild(t->train.execution, false);
}

/* Whether the running statistics are finite.  Where those of the processes differ, all learn of it,
 * and take those of process 0. */
static ot_status statistics_finite(ot__training *t, bool *finite)
{
    *finite = ot__statistics_finite(&t->backup);
    if (!t->shared || t->opts.sync != OT_SYNC_NONE) return OT_OK;
    long long wrong = !*finite;
    OT_TRY(ot__comm_most(&wrong, 1));
    *finite = wrong == 0;
    return ot__copy_statistics(t->opts.params);
}

static ot_status step(ot__training *t, int b)
{
    double loss = 0.0;
    OT_TRY(set_rate(t, b));
    OT_TRY(begin_measuring(t));
    ot__backup_take(&t->backup);
    const ot_status status = ot__pass_forward(&t->train, b, &loss);
    if (status != OT_OK) return steps_failed(t, b, status);
    if (!isfinite(loss)) return not_finite(t, b, "the loss");
    bool finite;
    OT_TRY(statistics_finite(t, &finite));
    if (!finite) return not_finite(t, b, "a running statistic");
    OT_TRY(ot__pass_backward(&t->train));
    OT_TRY(end_measuring(t));
    OT_TRY(optimise(t, b));
    ot_net_project(t->opts.net, t->opts.params, t->train.dtype);
    ot__average_add(&t->average, t->epoch == 0 && b == 0);
    if (t->opts.on_step)
        t->opts.on_step(&(const ot_train_step){ .epoch = t->epoch + 1,
                                                .step = b + 1,
                                                .loss = loss,
                                                .lr = t->lr,
                                                .params = t->opts.params,
                                                .dtype = t->train.dtype },
                        t->opts.user);
    return OT_OK;
}

/* Seconds until the time limit; -1 if there is none. */
static double limit(const ot__training *t)
{
    if (t->opts.max_seconds == 0.0) return -1.0;
    return fmax(0.0, t->opts.max_seconds - (ot__now() - t->started));
}

/* Images per second that this process has trained in this epoch. */
static double rate(const ot__training *t)
{
    const long images = t->train.sums.images - t->images_before;
    return t->train_seconds > 0.0 ? (double)images / t->train_seconds : 0.0;
}

/* Reports the progress after batch b of a pass. */
static void report(const ot__training *t, const ot__pass *p, int b)
{
    if (!t->opts.on_progress) return;
    const bool evaluating = p != &t->train;
    const ot__remaining left = {
        .train = evaluating ? 0 : t->train.batches - b - 1,
        .test = ot__evaluation_batches(t) - (evaluating ? t->evaluated : 0),
        .epochs = t->opts.epochs - t->epoch - 1,
        .epoch_train = t->train.batches,
        .epoch_test = ot__evaluation_batches(t),
        .limit = limit(t),
    };
    const ot_train_progress now = {
        .epoch = t->epoch + 1,
        .epochs = t->opts.epochs,
        .batch = b + 1,
        .batches = p->batches,
        .evaluating = evaluating,
        .loss = ot__pass_loss(p),
        .accuracy = ot__pass_accuracy(p),
        .images_per_second = rate(t),
        .eta_seconds = ot__pace_eta(&t->pace, &left),
        .control = p->sums.control,
    };
    t->opts.on_progress(&now, t->opts.user);
}

/* Saves a checkpoint if a signal asked for it, or after every save_every steps. */
static ot_status save(ot__training *t, bool evaluating, bool asked)
{
    const long long steps = (long long)t->epoch * t->train.batches + t->step;
    const bool due = !evaluating && t->opts.save_every > 0 && steps % t->opts.save_every == 0;
    return due || asked ? ot__training_save(t) : OT_OK;
}

/* Reads what signals ask for, of this process or of another one. */
static ot_status read_wishes(ot__training *t, ot__wishes *w)
{
    volatile sig_atomic_t *const asked = t->opts.save;
    *w = (ot__wishes){ .stop = t->opts.stop && *t->opts.stop, .save = asked && *asked };
    if (asked) *asked = 0;
    return ot__agree(w);
}

ot_status ot__finish_batch(ot__training *t, const ot__pass *p, int b)
{
    const bool evaluating = p != &t->train;
    ot__wishes w;
    report(t, p, b);
    OT_TRY(read_wishes(t, &w));
    if (!w.stop) return save(t, evaluating, w.save);
    OT_TRY(ot__training_save(t));
    return ot__fail(OT_EINTERRUPTED,
                    "stopped on request in epoch %d after batch %d of %d of the %s", t->epoch + 1,
                    b + 1, p->batches, evaluating ? "evaluation" : "training");
}

/* Begins the pass over the training set, or continues it after t->step steps. */
static void begin(ot__training *t)
{
    const ot__pass_sums sums = t->train.sums; /* of those steps */
    ot__pass_begin(&t->train, t->epoch);
    if (t->step > 0) t->train.sums = sums;
    t->images_before = t->train.sums.images;
    t->train_seconds = 0.0;
}

static ot_status train(ot__training *t)
{
    begin(t);
    const ot__comm_cost before_all = ot__comm_cost_so_far();
    const int first = t->step;
    const double start = ot__now();
    double before = start;
    for (int b = t->step; b < t->train.batches; b++) {
        OT_TRY(step(t, b));
        t->step = b + 1;
        const double now = ot__now();
        ot__times_add(&t->pace.train, now - before);
        t->spent_training += now - before;
        t->train_seconds = now - start;
        before = now;
        OT_TRY(ot__finish_batch(t, &t->train, b));
    }
    t->sharing = ot__comm_sharing(&before_all, t->step - first);
    ot__resident_look(&t->resident);
    return OT_OK;
}

ot_status ot__train_epoch(ot__training *t, ot_epoch_result *result)
{
    const double start = ot__now();
    OT_TRY(train(t));
    OT_TRY(set_rate(t, t->train.batches - 1)); /* also if all steps were done by another process */
    OT_TRY(ot__evaluate_epoch(t, result));
    ot__resident_look(&t->resident);
    result->epoch = t->epoch + 1;
    result->lr = t->lr;
    result->train_loss = ot__pass_loss(&t->train);
    result->train_accuracy = ot__pass_accuracy(&t->train);
    result->train_control = t->train.sums.control;
    result->sharing = t->sharing;
    result->seconds = ot__now() - start;
    result->images_per_second = rate(t);
    result->orders =
        ot_net_order_residuals(t->opts.net, t->opts.params, t->train.dtype, result->order_residual);
    return OT_OK;
}
