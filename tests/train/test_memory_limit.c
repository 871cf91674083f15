/* SPDX-License-Identifier: BSD-3-Clause
 * Trainings under a limit of memory: they keep to it, and their weights have the bits that they
 * have without one. */
#include <string.h>

#include "base/decimal.h"
#include "train/cases.h"
#include "train/fixture.h"
#include "train/small.h"

enum { STEP_TO_STOP_AFTER = 5 };

/* One program, shared weights, controlled steps of both kinds, and equal steps. */
static const ot_net_opts nets[] = {
    { .blocks = "euler x5" },
    { .blocks = "rk4 x2", .weights = OT_WEIGHTS_SHARED },
    { .blocks = "midpoint x3", .norm = "group", .levels = "4,8:2", .down = "connector" },
    { .blocks = "bogacki_shampine32 x2",
      .step = OT_STEP_CONTROLLED,
      .control = { .tolerance = 1 },
      .weights = OT_WEIGHTS_SHARED },
    { .blocks = "rk4 x1",
      .step = OT_STEP_CONTROLLED,
      .control = { .steps = 2 },
      .gradient = OT_GRADIENT_BACKSOLVE,
      .weights = OT_WEIGHTS_SHARED,
      .subnet = "timed" },
    { .blocks = "rk4 x2",
      .step = OT_STEP_CONTROLLED,
      .control = { .steps = 2 },
      .weights = OT_WEIGHTS_SHARED },
};
enum { NETS = sizeof nets / sizeof nets[0] };

typedef struct limited {
    small s;
    ot_net *net;
    ot_params *params;
    ot_train_result result;
} limited;

static limited new_limited(int which, size_t limit)
{
    limited l = { .s = small_new() };
    ot_net_opts o = nets[which];
    if (!o.levels) o.width = 4;
    o.stem_stride = 2;
    o.batch = SMALL_BATCH;
    ck_ok(ot_net_new(&o, &l.net));
    ck_ok(ot_params_new(ot_net_tape(l.net), &l.params));
    ot_params_init(l.params, 5);
    l.s.opts.net = l.net;
    l.s.opts.params = l.params;
    l.s.opts.memory_limit = limit;
    l.s.opts.epochs = 1;
    return l;
}

static void free_limited(limited *l)
{
    ot_params_free(l->params);
    ot_net_free(l->net);
    small_free(&l->s);
}

static limited trained(int which, size_t limit, int threads)
{
    limited l = new_limited(which, limit);
    ck_ok(ot_set_threads(threads));
    ck_ok(ot_train(&l.s.opts, &l.result));
    return l;
}

START_TEST(weights_have_the_same_bits_at_every_limit_and_number_of_threads)
{
    limited whole = trained(_i, 0, 2), least = trained(_i, OT_LEAST_MEMORY, 1);
    ck_assert(same_values(whole.params, least.params));
    ck_assert_uint_lt(least.result.predicted_bytes, whole.result.predicted_bytes);
    const size_t half = (least.result.predicted_bytes + whole.result.predicted_bytes) / 2;
    limited between = trained(_i, half, 2);
    ck_assert(same_values(whole.params, between.params));
    ck_assert_uint_le(between.result.predicted_bytes, half);
    free_limited(&whole);
    free_limited(&least);
    free_limited(&between);
}
END_TEST

START_TEST(a_limit_below_the_least_is_refused_with_the_least)
{
    limited least = trained(_i, OT_LEAST_MEMORY, 1);
    limited below = new_limited(_i, least.result.predicted_bytes / 2);
    char bytes[64];
    ck_status(ot_train(&below.s.opts, NULL), OT_ENOMEM);
    snprintf(bytes, sizeof bytes, "is %s, with memory-limit min",
             OT__BYTES(least.result.predicted_bytes));
    ck_assert_msg(strstr(ot_message(), bytes) != NULL, "%s", ot_message());
    free_limited(&least);
    free_limited(&below);
}
END_TEST

static int steps;
static volatile sig_atomic_t stop;

static void count_step(const ot_train_progress *now, void *user)
{
    (void)now, (void)user;
    stop = ++steps == STEP_TO_STOP_AFTER;
}

START_TEST(a_training_goes_on_under_another_limit_to_the_same_bits)
{
    ot_run *run = NULL;
    char *newest = NULL;
    limited whole = trained(_i, 0, 1), first = new_limited(_i, 0);
    limited second = new_limited(_i, OT_LEAST_MEMORY);
    ck_ok(ot_run_open(in_folder(""), &run));
    first.s.opts.run = second.s.opts.run = run;
    first.s.opts.on_progress = count_step;
    first.s.opts.stop = &stop;
    steps = stop = 0;
    ck_status(ot_train(&first.s.opts, NULL), OT_EINTERRUPTED);
    ck_ok(ot_run_newest(run, NULL, NULL, &newest));
    second.s.opts.resume = newest;
    ck_ok(ot_train(&second.s.opts, NULL));
    ck_assert(same_values(whole.params, second.params));
    free(newest);
    ot_run_close(run);
    free_limited(&whole);
    free_limited(&first);
    free_limited(&second);
}
END_TEST

TCase *memory_limit_case(void)
{
    TCase *c = tcase_create("memory_limit");
    tcase_add_checked_fixture(c, make_folder, remove_folder);
    tcase_add_loop_test(c, weights_have_the_same_bits_at_every_limit_and_number_of_threads, 0,
                        NETS);
    tcase_add_loop_test(c, a_limit_below_the_least_is_refused_with_the_least, 0, NETS);
    tcase_add_loop_test(c, a_training_goes_on_under_another_limit_to_the_same_bits, 0, NETS);
    return c;
}
