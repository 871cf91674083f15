/* SPDX-License-Identifier: BSD-3-Clause
 * Trainings that solve for the states of reversible blocks instead of keeping them. */
#include <string.h>

#include "train/cases.h"
#include "train/fixture.h"
#include "train/small.h"

static const char *const nets[] = { "revnet x4", "leapfrog x4", "hamiltonian x4" };
enum { NETS = sizeof nets / sizeof nets[0], STEP_TO_STOP_AFTER = 5 };

typedef struct rebuilding {
    small s;
    ot_net *net;
    ot_params *params;
    ot_train_result result;
} rebuilding;

static double measured; /* by the last training */
static int times_measured;

static void note_error(double error, void *user)
{
    (void)user;
    measured = error;
    times_measured++;
}

static rebuilding new_rebuilding(const ot_net_opts *opts, bool rebuild)
{
    rebuilding r = { .s = small_new() };
    ot_net_opts o = *opts;
    o.width = 8;
    o.stem_stride = 2;
    o.batch = SMALL_BATCH;
    ck_ok(ot_net_new(&o, &r.net));
    ck_ok(ot_params_new(ot_net_tape(r.net), &r.params));
    ot_params_init(r.params, 5);
    r.s.opts.net = r.net;
    r.s.opts.params = r.params;
    r.s.opts.rebuild = rebuild;
    r.s.opts.on_rebuild = note_error;
    r.s.opts.epochs = 1;
    times_measured = 0;
    return r;
}

static void free_rebuilding(rebuilding *r)
{
    ot_params_free(r->params);
    ot_net_free(r->net);
    small_free(&r->s);
}

static rebuilding trained(int which, bool rebuild, int threads)
{
    rebuilding r = new_rebuilding(&(ot_net_opts){ .blocks = nets[which] }, rebuild);
    ck_ok(ot_set_threads(threads));
    ck_ok(ot_train(&r.s.opts, &r.result));
    return r;
}

START_TEST(weights_have_the_same_bits_at_any_number_of_threads)
{
    rebuilding one = trained(_i, true, 1), two = trained(_i, true, 2);
    ck_assert(same_values(one.params, two.params));
    free_rebuilding(&one);
    free_rebuilding(&two);
}
END_TEST

START_TEST(less_memory_is_needed_and_the_first_step_is_measured)
{
    rebuilding kept = trained(_i, false, 2);
    ck_assert_int_eq(times_measured, 0);
    rebuilding rebuilt = trained(_i, true, 2);
    ck_assert_uint_lt(rebuilt.result.predicted_bytes, kept.result.predicted_bytes);
    ck_assert_int_eq(times_measured, 1);
    ck_assert_double_gt(measured, 0);
    ck_assert_double_lt(measured, 1e-4);
    ck_assert_double_eq_tol(kept.result.last.train_loss, rebuilt.result.last.train_loss, 0.02);
    free_rebuilding(&kept);
    free_rebuilding(&rebuilt);
}
END_TEST

static int steps;
static volatile sig_atomic_t stop;

static void count_step(const ot_train_progress *now, void *user)
{
    (void)now, (void)user;
    stop = ++steps == STEP_TO_STOP_AFTER;
}

START_TEST(a_training_goes_on_to_the_same_bits_and_only_as_it_began)
{
    ot_run *run = NULL;
    char *newest = NULL;
    const ot_net_opts o = { .blocks = nets[_i] };
    rebuilding whole = trained(_i, true, 1), first = new_rebuilding(&o, true);
    rebuilding second = new_rebuilding(&o, true), other = new_rebuilding(&o, false);
    ck_ok(ot_run_open(in_folder(""), &run));
    first.s.opts.run = second.s.opts.run = other.s.opts.run = run;
    first.s.opts.on_progress = count_step;
    first.s.opts.stop = &stop;
    steps = stop = 0;
    ck_status(ot_train(&first.s.opts, NULL), OT_EINTERRUPTED);
    ck_ok(ot_run_newest(run, NULL, NULL, &newest));
    second.s.opts.resume = other.s.opts.resume = newest;
    ck_status(ot_train(&other.s.opts, NULL), OT_EINVAL);
    ck_assert_msg(strstr(ot_message(), "rebuild") != NULL, "%s", ot_message());
    ck_ok(ot_train(&second.s.opts, NULL));
    ck_assert(same_values(whole.params, second.params));
    free(newest);
    ot_run_close(run);
    free_rebuilding(&whole);
    free_rebuilding(&first);
    free_rebuilding(&second);
    free_rebuilding(&other);
}
END_TEST

START_TEST(networks_without_reversible_blocks_are_refused)
{
    static const struct {
        ot_net_opts net;
        const char *part;
    } wrong[] = {
        { { .blocks = "rk4 x2" }, "revnet, leapfrog and hamiltonian" },
        { { .blocks = "euler x2",
            .step = OT_STEP_CONTROLLED,
            .control = { .steps = 2 },
            .weights = OT_WEIGHTS_SHARED },
          "controlled steps" },
        { { .blocks = "hamiltonian x2", .step = OT_STEP_LEARNED }, "learned" },
    };
    rebuilding r = new_rebuilding(&wrong[_i].net, true);
    ck_status(ot_train(&r.s.opts, NULL), OT_EINVAL);
    ck_assert_msg(strstr(ot_message(), wrong[_i].part) != NULL, "%s", ot_message());
    free_rebuilding(&r);
}
END_TEST

TCase *rebuild_case(void)
{
    TCase *c = tcase_create("rebuild");
    tcase_add_checked_fixture(c, make_folder, remove_folder);
    tcase_add_loop_test(c, weights_have_the_same_bits_at_any_number_of_threads, 0, NETS);
    tcase_add_loop_test(c, less_memory_is_needed_and_the_first_step_is_measured, 0, NETS);
    tcase_add_loop_test(c, a_training_goes_on_to_the_same_bits_and_only_as_it_began, 0, NETS);
    tcase_add_loop_test(c, networks_without_reversible_blocks_are_refused, 0, 3);
    return c;
}
