/* SPDX-License-Identifier: BSD-3-Clause
 * Trains with every optimiser and every schedule of the registries, and with the options that
 * change gradients and parameters.  Each training ends with the same bytes at any number of threads
 * and after an interruption at any step, and none stores a number that is not finite. */
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "train/cases.h"
#include "train/fixture.h"
#include "train/session.h"

enum {
    TRAIN_BATCHES = 7,
    TEST_BATCHES = 2,
    EPOCHS = 2,
    BATCHES = EPOCHS * (TRAIN_BATCHES + TEST_BATCHES)
};

/* The options of a choice that are not found in a registry. */
static const ot_train_opts further[] = {
    { .optimiser = "sgd(nesterov=on)", .momentum = 0.9 },
    { .optimiser = "adamw(beta1=0.5)", .schedule = "cosine(per=step)" },
    { .warmup = 1.5, .momentum = 0.9 },
    { .clip_norm = 0.01, .momentum = 0.9 },
    { .clamp = 0.3, .momentum = 0.9 },
    { .smoothness = 0.1, .momentum = 0.9 },
    { .decay_on = OT_DECAY_ON_WEIGHTS, .momentum = 0.9 },
};
enum { FURTHER = sizeof further / sizeof further[0], MOST_KINDS = 8 };
enum { CHOICES = 2 * MOST_KINDS + FURTHER };

/* Choice i: an optimiser, a schedule, or one of `further`.  Returns whether there is one. */
static bool choose(int i, ot_train_opts *o)
{
    const ot_optimiser_kind *const optimiser = ot_optimiser_kind_at(i);
    const ot_schedule_kind *const schedule = ot_schedule_kind_at(i - MOST_KINDS);
    if (i >= 2 * MOST_KINDS) {
        *o = further[i - 2 * MOST_KINDS];
        return true;
    }
    *o = (ot_train_opts){ .momentum = !optimiser || optimiser->momentum ? 0.9 : 0 };
    if (i < MOST_KINDS && optimiser) o->optimiser = optimiser->about.name;
    if (i >= MOST_KINDS && schedule) o->schedule = schedule->about.name;
    return i < MOST_KINDS ? optimiser != NULL : schedule != NULL;
}

/* A network of two blocks, which smoothness needs, and small images, since there are many
 * trainings. */
static void use(session *w, const ot_train_opts *choice)
{
    static const ot_net_opts net = {
        .blocks = "euler x2", .width = 2, .stem_stride = 2, .image = 16, .batch = SMALL_BATCH
    };
    ot_train_opts *const o = &w->s.opts;
    small_use(&w->s, &net);
    o->optimiser = choice->optimiser;
    o->schedule = choice->schedule;
    o->momentum = choice->momentum;
    o->warmup = choice->warmup;
    o->clip_norm = choice->clip_norm;
    o->clamp = choice->clamp;
    o->smoothness = choice->smoothness;
    o->decay_on = choice->decay_on;
    if (!choice->optimiser) return;
    o->lr = 0.01;
}

/* Trains, or goes on, and stops after some batches; 0: not. */
static ot_status train_part(const ot_train_opts *choice, int threads, bool goes_on, int stop)
{
    session w;
    ck_ok(ot_set_threads(threads));
    session_new(&w);
    use(&w, choice);
    if (goes_on)
        ck_ok(session_reopen(&w));
    else
        ck_ok(ot_run_open(in_folder("."), &w.run));
    w.s.opts.run = w.run;
    w.stop_after = stop;
    const ot_status status = ot_train(&w.s.opts, NULL);
    session_end(&w);
    return status;
}

static char *whole(const ot_train_opts *choice, int threads, size_t *size)
{
    ck_ok(train_part(choice, threads, false, 0));
    char *const bytes = newest_checkpoint(size);
    remove_files();
    return bytes;
}

static void expect_same(const char *expected, size_t size, int choice, const char *what, int i)
{
    size_t found_size = 0;
    char *const found = newest_checkpoint(&found_size);
    ck_assert_msg(found_size == size && memcmp(found, expected, size) == 0,
                  "choice %d, %s %d: other bytes", choice, what, i);
    ot__free(found);
    remove_files();
}

/* One choice stops after every third batch, and the next choice after others. */
START_TEST(any_number_of_threads_and_a_stop_after_any_batch_give_the_same_bytes)
{
    ot_train_opts choice;
    size_t size = 0;
    if (!choose(_i, &choice)) return;
    char *const expected = whole(&choice, 1, &size);
    for (int threads = 2; threads <= 3; threads++) {
        ck_ok(train_part(&choice, threads, false, 0));
        expect_same(expected, size, _i, "threads", threads);
    }
    for (int stop = 1 + _i % 3; stop < BATCHES; stop += 3) {
        ck_status(train_part(&choice, 1 + stop % 3, false, stop), OT_EINTERRUPTED);
        ck_ok(train_part(&choice, 1 + (stop + 1) % 3, true, 0));
        expect_same(expected, size, _i, "stop", stop);
    }
    ot__free(expected);
}
END_TEST

/* Every choice changes what is trained; otherwise the tests above would compare nothing. */
START_TEST(every_choice_but_the_defaults_has_an_effect)
{
    const ot_train_opts plain = { .momentum = 0.9 };
    ot_train_opts choice;
    size_t size = 0, other = 0;
    if (!choose(_i, &choice)) return;
    const bool is_plain = _i == 0 || _i == MOST_KINDS; /* sgd and step */
    char *const usual = whole(&plain, 1, &size), *const bytes = whole(&choice, 1, &other);
    const size_t data = 2000; /* the tensors are at the end */
    const bool differ = memcmp(usual + size - data, bytes + other - data, data) != 0;
    ck_assert_msg(is_plain || differ, "choice %d changes nothing", _i);
    ot__free(usual);
    ot__free(bytes);
}
END_TEST

/* The weights of a checkpoint are read without the states of its optimiser. */
START_TEST(a_checkpoint_of_every_optimiser_is_read_as_weights)
{
    const ot_optimiser_kind *const kind = ot_optimiser_kind_at(_i);
    if (!kind) return;
    session w;
    session_begin(&w);
    w.s.opts.optimiser = kind->about.name;
    w.s.opts.momentum = kind->momentum ? 0.9 : 0;
    w.s.opts.lr = 0.01;
    ck_ok(ot_train(&w.s.opts, NULL));
    ot_net *net = NULL;
    ot_params *ps = NULL;
    char *path = NULL;
    ck_ok(ot_run_checkpoint(w.run, 0, &path));
    ck_ok(ot_net_open(path, SMALL_BATCH, &net));
    ck_ok(ot_params_new(ot_net_tape(net), &ps));
    ck_ok(ot_params_load(ps, path));
    ck_assert(same_values(ps, w.s.params));
    ot_train_opts read = { .epochs = 0 };
    ck_ok(ot_train_read(path, &read));
    ck_assert_str_eq(read.optimiser ? read.optimiser : "sgd", kind->about.name);
    free(path);
    ot_params_free(ps);
    ot_net_free(net);
    session_end(&w);
}
END_TEST

START_TEST(a_resume_with_another_optimiser_or_schedule_is_refused)
{
    const ot_train_opts sgd = { .momentum = 0.9 };
    const ot_train_opts other[] = { { .optimiser = "adamw" }, { .schedule = "cosine" } };
    ck_status(train_part(&sgd, 1, false, 3), OT_EINTERRUPTED);
    ck_status(train_part(&other[_i], 1, true, 0), OT_EINVAL);
    ck_assert_ptr_nonnull(strstr(ot_message(), "was trained with"));
    remove_files();
}
END_TEST

/* The values are written in one form, so two spellings are the same choice. */
START_TEST(a_resume_with_another_spelling_goes_on)
{
    const ot_train_opts one = { .optimiser = "adamw( beta1 = 0.90 , eps=1e-4)" },
                        two = { .optimiser = "adamw(eps=0.0001)" };
    ck_status(train_part(&one, 1, false, 3), OT_EINTERRUPTED);
    ck_ok(train_part(&two, 1, true, 0));
}
END_TEST

/* A huge learning rate overflows in the first steps, for every optimiser that can. */
START_TEST(no_number_that_is_not_finite_is_stored)
{
    ot_train_opts choice;
    if (!choose(_i, &choice)) return;
    small s = small_new();
    s.opts.optimiser = choice.optimiser;
    s.opts.schedule = choice.schedule;
    s.opts.clamp = choice.clamp;
    s.opts.lr = 1e30;
    (void)!ot_train(&s.opts, NULL);
    for (int i = 0; i < ot_params_count(s.params); i++) {
        const float *const w = ot_params_value(s.params, i, OT_F32);
        for (size_t j = 0; j < ot_params_elements(s.params, i); j++)
            ck_assert_msg(isfinite(w[j]), "choice %d: %s", _i, ot_params_name(s.params, i));
    }
    small_free(&s);
}
END_TEST

TCase *choices_case(void)
{
    TCase *c = tcase_create("choices");
    tcase_add_checked_fixture(c, make_folder, remove_folder);
    tcase_add_loop_test(c, any_number_of_threads_and_a_stop_after_any_batch_give_the_same_bytes, 0,
                        CHOICES);
    tcase_add_loop_test(c, every_choice_but_the_defaults_has_an_effect, 0, CHOICES);
    tcase_add_loop_test(c, a_checkpoint_of_every_optimiser_is_read_as_weights, 0, MOST_KINDS);
    tcase_add_loop_test(c, a_resume_with_another_optimiser_or_schedule_is_refused, 0, 2);
    tcase_add_test(c, a_resume_with_another_spelling_goes_on);
    tcase_add_loop_test(c, no_number_that_is_not_finite_is_stored, 0, CHOICES);
    return c;
}
