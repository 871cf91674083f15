/* SPDX-License-Identifier: BSD-3-Clause
 * Tests the learning rates of the schedules and of the warm-up. */
#include <math.h>
#include <string.h>

#include "train/cases.h"
#include "train/reference/optimisers.h"
#include "train/schedule.h"
#include "train/small.h"

static double rate(double lr, double decay, int n, const int milestones[], int epoch)
{
    ot_train_opts o = { .lr = lr, .decay = decay, .milestones.n = n, .epochs = 1001 };
    ot__schedule s;
    for (int i = 0; i < n; i++)
        o.milestones.value[i] = milestones[i];
    ck_ok(ot__schedule_open(&o, 3, &s));
    const double first = ot__schedule_lr(&s, epoch, 0), last = ot__schedule_lr(&s, epoch, 2);
    ck_assert(first == last);
    ot__schedule_close(&s);
    return first;
}

/* The paper trains 260 epochs: lr 0.1, times 0.1 before epochs 100, 150, 200 and 230. */
START_TEST(the_papers_schedule_has_its_rates)
{
    static const int milestones[] = { 100, 150, 200, 230 };
    static const struct {
        int epoch;
        double lr;
    } expected[] = { { 0, 1e-1 },   { 99, 1e-1 },  { 100, 1e-2 }, { 149, 1e-2 }, { 150, 1e-3 },
                     { 199, 1e-3 }, { 200, 1e-4 }, { 229, 1e-4 }, { 230, 1e-5 }, { 259, 1e-5 } };
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        const double lr = rate(0.1, 0.1, 4, milestones, expected[i].epoch);
        ck_assert_double_eq_tol(lr / expected[i].lr, 1.0, 1e-15);
    }
}
END_TEST

START_TEST(milestones_may_repeat_and_come_in_any_order)
{
    ck_assert(rate(1.0, 0.5, 3, (const int[]){ 7, 2, 7 }, 6) == 0.5);
    ck_assert(rate(1.0, 0.5, 3, (const int[]){ 7, 2, 7 }, 7) == 0.125);
    ck_assert(rate(0.3, 0.5, 0, NULL, 1000) == 0.3);
}
END_TEST

/* Four epochs of five steps from lr 0.3; the warm-up takes seven steps. */
static const struct {
    const char *name;
    double warmup;
    int n_milestones;
    const double *rates;
} reference[] = {
    { NULL, 0, 2, rates_step[0] },
    { "step", 1.4, 2, rates_step_warm[0] },
    { "cosine(least=0.01)", 0, 0, rates_cosine[0] },
    { "cosine(least=0.01)", 1.4, 0, rates_cosine_warm[0] },
    { "cosine(least=0.01,per=step)", 0, 0, rates_cosine_step[0] },
    { "cosine(least=0.01,per=step)", 1.4, 0, rates_cosine_step_warm[0] },
};

static ot_train_opts options_of(int k)
{
    return (ot_train_opts){ .epochs = 4,
                            .lr = 0.3,
                            .decay = 0.1,
                            .schedule = reference[k].name,
                            .warmup = reference[k].warmup,
                            .milestones = { reference[k].n_milestones, { 1, 3 } } };
}

START_TEST(rates_are_those_of_pytorch)
{
    const ot_train_opts o = options_of(_i);
    ot__schedule s;
    ck_ok(ot__schedule_open(&o, 5, &s));
    for (int t = 0; t < 20; t++) {
        const double lr = ot__schedule_lr(&s, t / 5, t % 5), expected = reference[_i].rates[t];
        ck_assert_msg(fabs(lr / expected - 1) <= 1e-14, "%d, step %d: %.17g instead of %.17g", _i,
                      t, lr, expected);
    }
    ot__schedule_close(&s);
}
END_TEST

typedef struct seen {
    const double *rates;
    int steps;
} seen;

static void on_step(const ot_train_step *now, void *user)
{
    seen *const s = user;
    ck_assert_double_eq_tol(now->lr / s->rates[s->steps], 1, 1e-14);
    s->steps++;
}

static void on_epoch(const ot_epoch_result *e, void *user)
{
    const seen *const s = user;
    ck_assert_double_eq_tol(e->lr / s->rates[s->steps - 1], 1, 1e-14);
}

START_TEST(a_training_takes_its_steps_with_these_rates)
{
    const ot_train_opts o = options_of(_i);
    small s = small_new();
    seen now = { reference[_i].rates, 0 };
    s.opts.epochs = o.epochs;
    s.opts.batch = SMALL_TRAIN / 5;
    s.opts.lr = o.lr;
    s.opts.schedule = o.schedule;
    s.opts.warmup = o.warmup;
    s.opts.milestones = o.milestones;
    s.opts.on_step = on_step;
    s.opts.on_epoch = on_epoch;
    s.opts.user = &now;
    ck_ok(ot_train(&s.opts, NULL));
    ck_assert_int_eq(now.steps, 20);
    small_free(&s);
}
END_TEST

/* ---- what is refused ---- */

START_TEST(options_that_contradict_each_other_are_refused_before_the_first_step)
{
    static const struct {
        const char *schedule;
        double warmup;
        int n_milestones;
        const char *word; /* of the message */
    } bad[] = {
        { "cosin", 0, 0, "cosine" },
        { "cosine", 0, 1, "milestones is 0, which has no effect with schedule cosine" },
        { "cosine(least=0.2)", 0, 0, "least" },
        { "cosine(least=-1)", 0, 0, "least" },
        { "cosine(per=batch)", 0, 0, "per" },
        { "step(decay=2)", 0, 0, "decay" },
        { NULL, 2.5, 0, "warm-up" },
        { NULL, -1, 0, "warm-up" },
        { NULL, NAN, 0, "warm-up" },
        { NULL, 1.0 / 7, 0, "1 of a step" },
    };
    for (size_t k = 0; k < sizeof bad / sizeof bad[0]; k++) {
        small s = small_new();
        seen none = { 0 };
        s.opts.lr = 0.1;
        s.opts.schedule = bad[k].schedule;
        s.opts.warmup = bad[k].warmup;
        s.opts.milestones.n = bad[k].n_milestones;
        s.opts.on_step = on_step;
        s.opts.user = &none;
        ck_status(ot_train(&s.opts, NULL), OT_EINVAL);
        ck_assert_msg(strstr(ot_message(), bad[k].word), "%zu: %s", k, ot_message());
        small_free(&s);
    }
}
END_TEST

START_TEST(default_milestones_are_left_out_if_the_schedule_reads_none)
{
    ot_train_opts o = { .epochs = 260, .milestones.n = -1, .schedule = "cosine(least=1e-4)" };
    ot_train_defaults(&o);
    ck_assert_int_eq(o.milestones.n, 0);
    o = (ot_train_opts){ .epochs = 260, .milestones.n = -1 };
    ot_train_defaults(&o);
    ck_assert_int_eq(o.milestones.n, 4);
}
END_TEST

/* ---- a schedule of the user's ---- */

static double falling(const void *attributes, const ot_schedule_at *at)
{
    (void)attributes;
    return at->lr / (1 + at->epoch * at->steps + at->step);
}

static double negative(const void *attributes, const ot_schedule_at *at)
{
    (void)attributes;
    return at->step < 2 ? at->lr : -1;
}

START_TEST(a_schedule_of_the_users_own_is_registered_and_used)
{
    static const OT_SCHEDULE(falling, .rate = falling);
    static const OT_SCHEDULE(negative, .rate = negative);
    static const ot_schedule_kind none = { .about.name = "none" };
    small s = small_new();
    ck_ok(ot_register_schedule(&ot_schedule_falling));
    ck_ok(ot_register_schedule(&ot_schedule_negative));
    ck_status(ot_register_schedule(&ot_schedule_falling), OT_EINVAL); /* its name is taken */
    ck_status(ot_register_schedule(&none), OT_EINVAL);                /* it has no function */
    s.opts.schedule = "falling";
    ot_train_result r;
    ck_ok(ot_train(&s.opts, &r));
    ck_assert(r.last.lr == s.opts.lr / 14);
    s.opts.schedule = "negative";
    ck_status(ot_train(&s.opts, &r), OT_ENUMERIC);
    ck_assert_ptr_nonnull(strstr(ot_message(), "schedule negative"));
    small_free(&s);
}
END_TEST

TCase *schedule_case(void)
{
    const int n = (int)(sizeof reference / sizeof reference[0]);
    TCase *c = tcase_create("schedule");
    tcase_add_test(c, the_papers_schedule_has_its_rates);
    tcase_add_test(c, milestones_may_repeat_and_come_in_any_order);
    tcase_add_loop_test(c, rates_are_those_of_pytorch, 0, n);
    tcase_add_loop_test(c, a_training_takes_its_steps_with_these_rates, 0, n);
    tcase_add_test(c, options_that_contradict_each_other_are_refused_before_the_first_step);
    tcase_add_test(c, default_milestones_are_left_out_if_the_schedule_reads_none);
    tcase_add_test(c, a_schedule_of_the_users_own_is_registered_and_used);
    return c;
}
