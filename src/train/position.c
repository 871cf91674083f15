/* SPDX-License-Identifier: BSD-3-Clause
 * A checkpoint may come from anybody and hold any numbers under correct checksums.  So each number
 * must be within its range, and all of them together must be possible for this training: n steps
 * have seen n batches of images, an accuracy is a whole number of images divided by their count,
 * and the learning rate is that of the schedule. */
#include "train/position.h"

#include <float.h>
#include <math.h>

#include "base/json.h"
#include "store/journal.h"
#include "store/results.h"
#include "train/schedule.h"

/* The key of the counts of controlled steps, as files of all versions have it. */
#define CONTROL_KEY "walk"

/* ---- writing ---- */

/* Results that depend on options are written once there are any. */
static json_t *last_json(const ot_epoch_result *e)
{
    json_t *json = json_pack("{s:f, s:f, s:f, s:f, s:f}", "lr", e->lr, "train_loss", e->train_loss,
                             "train_accuracy", e->train_accuracy, "test_loss", e->test_loss,
                             "test_accuracy", e->test_accuracy);
    for (int i = 0; e->epoch > 0 && i < OT__RESULTS; i++) {
        const double value = ot__result_get(&ot__results[i], e);
        if (isfinite(value)) ot__json_set(&json, ot__results[i].key, json_real(value));
    }
    return json;
}

static json_t *controlled_json(const ot_control_result *w)
{
    return json_pack("{s:i, s:i, s:I, s:I, s:f, s:f}", "accepted", w->accepted, "rejected",
                     w->rejected, "evaluations", (json_int_t)w->evaluations, "backward",
                     (json_int_t)w->backward_evaluations, "smallest", w->smallest, "largest",
                     w->largest);
}

void ot__position_write(const ot__position *p, json_t **to)
{
    ot__json_set(to, "epochs", json_integer(p->epoch));
    ot__json_set(to, "steps", json_integer(p->step));
    ot__json_set(to, "loss", json_real(p->sums.loss));
    ot__json_set(to, "correct", json_integer(p->sums.correct));
    ot__json_set(to, "images", json_integer(p->sums.images));
    ot__json_set(to, "best_epoch", json_integer(p->best_epoch));
    ot__json_set(to, "best_accuracy", json_real(p->best_accuracy));
    if (isfinite(p->best_validation))
        ot__json_set(to, "best_validation", json_real(p->best_validation));
    ot__json_set(to, "last", last_json(&p->last));
    if (p->sums.control.accepted > 0)
        ot__json_set(to, CONTROL_KEY, controlled_json(&p->sums.control));
}

/* ---- reading ---- */

/* A whole number from 0 to most. */
static bool read_int(const json_t *json, const char *key, long long most, long long *value)
{
    *value = ot__whole(json, key);
    return *value >= 0 && *value <= most;
}

static bool read_real(const json_t *json, const char *key, double *value)
{
    const json_t *number = json_object_get(json, key);
    *value = json_number_value(number);
    return json_is_number(number); /* JSON has none that are not finite */
}

/* Reads a number that may be missing, which is then NAN. */
static bool read_optional(const json_t *json, const char *key, double *value)
{
    if (read_real(json, key, value)) return true;
    *value = NAN;
    return !json_object_get(json, key);
}

static bool read_last(const json_t *json, ot_epoch_result *e)
{
    for (int i = 0; i < OT__RESULTS; i++)
        if (!read_optional(json, ot__results[i].key, ot__result_at(&ot__results[i], e)))
            return false;
    return read_real(json, "lr", &e->lr) && read_real(json, "train_loss", &e->train_loss) &&
           read_real(json, "train_accuracy", &e->train_accuracy) &&
           read_real(json, "test_loss", &e->test_loss) &&
           read_real(json, "test_accuracy", &e->test_accuracy);
}

/* Reads the counts of controlled steps.  They are missing if no step was taken.  Earlier versions
 * did not count backward evaluations. */
static bool read_controlled(const json_t *json, ot_control_result *w)
{
    long long accepted, rejected, evaluations, backward = 0;
    if (!json) return true;
    if (json_object_get(json, "backward") && !read_int(json, "backward", INT64_MAX, &backward))
        return false;
    if (!read_int(json, "accepted", INT32_MAX, &accepted) ||
        !read_int(json, "rejected", INT32_MAX, &rejected) ||
        !read_int(json, "evaluations", INT64_MAX, &evaluations))
        return false;
    w->accepted = (int)accepted;
    w->rejected = (int)rejected;
    w->evaluations = (long)evaluations;
    w->backward_evaluations = (long)backward;
    return read_real(json, "smallest", &w->smallest) && read_real(json, "largest", &w->largest);
}

static bool read_numbers(const json_t *json, int epochs, int batches, ot__position *p)
{
    long long epoch, step, correct, images, best;
    if (!read_int(json, "epochs", epochs, &epoch) || !read_int(json, "steps", batches, &step) ||
        !read_int(json, "images", INT32_MAX, &images) ||
        !read_int(json, "correct", images, &correct) || !read_int(json, "best_epoch", epoch, &best))
        return false;
    *p = (ot__position){ .epoch = (int)epoch,
                         .step = (int)step,
                         .sums = { .correct = (long)correct, .images = (long)images },
                         .best_epoch = (int)best,
                         .last.epoch = (int)epoch };
    return read_real(json, "loss", &p->sums.loss) &&
           read_real(json, "best_accuracy", &p->best_accuracy) &&
           read_optional(json, "best_validation", &p->best_validation) &&
           read_controlled(json_object_get(json, CONTROL_KEY), &p->sums.control) &&
           read_last(json_object_get(json, "last"), &p->last);
}

/* ---- checking ---- */

/* Whether x is k/n for a whole number k, in the rounding of ot__pass_accuracy. */
static bool is_share(double x, int n)
{
    return x >= 0 && x <= 1 && n > 0 && rint(x * n) / n == x;
}

/* The mean of cross-entropies of float32 logits, or a little below 0 by rounding. */
static bool is_loss(double x)
{
    return x > -1e-3 && x <= 4.0 * FLT_MAX;
}

static int trained_images(const ot_train_opts *o)
{
    return ot_dataset_count(o->train) - o->validation;
}

static long images_of(const ot_train_opts *o, int step)
{
    const long long images = (long long)step * o->batch;
    const long all = trained_images(o);
    return images < all ? (long)images : all;
}

static bool sums_agree(const ot__position *p, const ot_train_opts *o)
{
    const long images = images_of(o, p->step);
    if (p->sums.images != images) return false;
    return images > 0 ? is_loss(p->sums.loss / (double)images) : p->sums.loss == 0;
}

/* The results of the last epoch that depend on options. */
static bool optional_agree(const ot__position *p, const ot_train_opts *o)
{
    for (int i = 0; i < OT__RESULTS; i++) {
        const ot__result *const r = &ot__results[i];
        const double x = ot__result_get(r, &p->last);
        const bool used = p->epoch > 0 && ot__result_is_used(r, o);
        if (isfinite(x) != used) return false;
        const int images = r->held_out ? o->validation : ot_dataset_count(o->test);
        if (used && !(r->accuracy ? is_share(x, images) : is_loss(x))) return false;
    }
    return true;
}

static bool last_agrees(const ot__position *p, const ot_train_opts *o, const ot__schedule *s)
{
    const ot_epoch_result *e = &p->last;
    if (p->epoch == 0)
        return e->lr == 0 && e->train_loss == 0 && e->train_accuracy == 0 && e->test_loss == 0 &&
               e->test_accuracy == 0;
    return e->lr == ot__schedule_lr(s, p->epoch - 1, s->steps - 1) && is_loss(e->train_loss) &&
           is_loss(e->test_loss) && is_share(e->train_accuracy, trained_images(o)) &&
           is_share(e->test_accuracy, ot_dataset_count(o->test));
}

/* best_epoch is the first of the epochs with the greatest accuracy: on the held-out images or,
 * without them, on the test images. */
static bool best_agrees(const ot__position *p, const ot_train_opts *o)
{
    const bool held_out = o->validation > 0;
    const double best = held_out ? p->best_validation : p->best_accuracy;
    const double last = held_out ? p->last.validation_accuracy : p->last.test_accuracy;
    if (isfinite(p->best_validation) != (held_out && p->epoch > 0)) return false;
    if (p->epoch == 0) return p->best_epoch == 0 && p->best_accuracy == 0;
    if (p->best_epoch == 0 || !is_share(p->best_accuracy, ot_dataset_count(o->test))) return false;
    if (held_out && !is_share(p->best_validation, o->validation)) return false;
    if (p->best_epoch < p->epoch) return best >= last;
    return best == last && p->best_accuracy == p->last.test_accuracy;
}

/* A block is of length 1, and each batch takes one step or more in it. */
static bool controlled_agrees(const ot__position *p, const ot_train_opts *o, bool there)
{
    const ot_control_result *w = &p->sums.control;
    if (there != (o->net && ot__execution_counts(o->net) && p->step > 0)) return false;
    return !there || (w->accepted >= p->step && w->evaluations >= w->accepted && w->smallest > 0 &&
                      w->smallest <= w->largest && w->largest <= 1);
}

ot_status ot__position_read(const json_t *state, const char *path, const ot_train_opts *opts,
                            int batches, ot__position *p)
{
    const char *what = NULL;
    ot__schedule schedule;
    OT_TRY(ot__schedule_open(opts, batches, &schedule));
    if (!read_numbers(state, opts->epochs, batches, p))
        what = "a number is missing or out of range";
    else if (p->epoch == opts->epochs && p->step > 0)
        what = "it has steps after the last epoch";
    else if (!sums_agree(p, opts))
        what = "images and loss are not those of its steps";
    else if (!last_agrees(p, opts, &schedule) || !optional_agree(p, opts))
        what = "the last epoch cannot be one of this training";
    else if (!best_agrees(p, opts))
        what = "the best epoch cannot be one of this training";
    else if (!controlled_agrees(p, opts, json_object_get(state, CONTROL_KEY) != NULL))
        what = "the controlled steps are not those of its batches";
    ot__schedule_close(&schedule);
    if (!what) return OT_OK;
    return ot__fail(OT_EFORMAT, "%s:8: the state of the training is not one of this run: %s", path,
                    what);
}
