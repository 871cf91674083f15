/* SPDX-License-Identifier: BSD-3-Clause
 * The time that a sub-net is given.  With f(t, x) = t x a block multiplies x by a number that the
 * tableau determines, and y' = t y has the solution y = y_0 exp(t^2 / 2).  Stem, head and linear
 * layer are linear and without bias, so the logits are multiplied by the same number. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "models/cases.h"

enum { BATCH = 2, CLASSES = 3, BLOCKS = 3 };
static const double ROUNDED = 1e-6; /* statistics start from float32 numbers */

/* ---- sub-nets ---- */

/* f = t x.  It asks twice, and gets the same var. */
static ot_var record_times(ot_block *b, ot_var x)
{
    const ot_var t = ot_block_time(b), again = ot_block_time(b);
    if (t.id != again.id) return ot_tape_fail(ot_block_tape(b), OT_EBUG, "another time");
    return ot_lincomb(ot_block_tape(b), 1, &(ot_coef){ 1, t }, &x);
}

static ot_var record_nothing(ot_block *b, ot_var x)
{
    return ot_lincomb(ot_block_tape(b), 1, &(ot_coef){ .value = 0 }, &x);
}

/* f = t conv(relu(norm(x))). */
static ot_var record_conv(ot_block *b, ot_var x)
{
    x = ot_relu(ot_block_tape(b), ot_block_norm(b, "bn", x));
    x = ot_block_conv(b, "conv", x, 3, ot_block_channels(b), ot_block_stride(b));
    return ot_lincomb(ot_block_tape(b), 1, &(ot_coef){ 1, ot_block_time(b) }, &x);
}

static void register_subnets(void)
{
    static const ot_subnet_kind times = { .about.name = "times", .record = record_times };
    static const ot_subnet_kind nothing = { .about.name = "nothing", .record = record_nothing };
    static const ot_subnet_kind conv = { .about.name = "times-conv",
                                         .convs = 1,
                                         .record = record_conv };
    ck_ok(ot_register_subnet(&times));
    ck_ok(ot_register_subnet(&nothing));
    ck_ok(ot_register_subnet(&conv));
}

/* ---- running ---- */

static ot_net_opts options(const char *blocks, const char *subnet)
{
    return (ot_net_opts){ .blocks = blocks,
                          .subnet = subnet,
                          .head = "pool",
                          .width = 4,
                          .image = 4,
                          .classes = CLASSES,
                          .batch = BATCH };
}

/* Sets the step size of each block, if it is a parameter. */
static void set_steps(ot_params *ps, const double h[BLOCKS])
{
    for (int j = 0; j < BLOCKS; j++) {
        char name[32];
        snprintf(name, sizeof name, "blocks.%d.h", j);
        const int i = ot_params_find(ps, name);
        if (i >= 0 && h) *(double *)ot_params_edit(ps, i, OT_F64) = h[j];
    }
}

/* The first logit for fixed images.  Checks that a run leaves the start of controlled steps as it
 * was. */
static double logit(const ot_net_opts *o, const double h[BLOCKS])
{
    ot_net *net = NULL;
    ot_params *ps = NULL;
    ot_execution *e = NULL;
    ck_ok(ot_net_new(o, &net));
    ck_ok(ot_params_new(ot_net_tape(net), &ps));
    ot_params_init(ps, 5);
    set_steps(ps, h);
    ck_ok(ot_execution_new(
        net, &(ot_compile_opts){ .dtype = OT_F64, .forward_only = true, .params = ps }, &e));
    double *const image = ot_execution_images(e);
    for (int i = 0; i < BATCH * 4 * 4 * 3; i++)
        image[i] = 0.1 * (i % 7) + 0.3;
    memset(ot_execution_labels(e), 0, BATCH * sizeof(int32_t));
    ck_ok(ot_execution_forward(e, BATCH));
    const double found = *(const double *)ot_execution_logits(e);
    const int t = ot_params_find(ps, "blocks.1.t");
    if (t >= 0) ck_assert_double_eq(*(const double *)ot_params_value(ps, t, OT_F64), 1);
    ot_execution_free(e);
    ot_params_free(ps);
    ot_net_free(net);
    return found;
}

/* What f = t x multiplies the logits by. */
static double factor(ot_net_opts o, const double h[BLOCKS])
{
    o.subnet = "times";
    const double y = logit(&o, h);
    o.subnet = "nothing";
    return y / logit(&o, h);
}

static void close_to(double found, double right, double tolerance)
{
    ck_assert_msg(fabs(found - right) <= tolerance * fabs(right), "%.17g instead of %.17g", found,
                  right);
}

/* ---- fixed and learned steps ---- */

/* One step of size h from y = 1 at time t.  With `output` h multiplies the output only. */
static double step(const ot_scheme *s, double t, double h, bool output)
{
    double k[OT_STAGES_MOST], y = 1;
    const double within = output ? 1 : h;
    for (int i = 0; i < ot_scheme_stages(s); i++) {
        double x = 1;
        for (int j = 0; j < i; j++)
            x += within * ot_scheme_a(s, i, j) * k[j];
        k[i] = (t + within * ot_scheme_c(s, i)) * x;
        y += h * ot_scheme_b(s, i) * k[i];
    }
    return y;
}

static double steps(const ot_scheme *s, const double h[BLOCKS], bool output)
{
    double y = 1, t = 0;
    for (int j = 0; j < BLOCKS; t += h[j++])
        y *= step(s, t, h[j], output);
    return y;
}

static const double sizes[BLOCKS] = { 0.5, 0.25, 0.7 }, equal[BLOCKS] = { 0.5, 0.5, 0.5 };

START_TEST(every_stage_of_every_tableau_is_at_its_time)
{
    const ot_scheme *const s = ot_scheme_at(_i);
    char blocks[80];
    if (!ot_scheme_tableau(s)) return;
    snprintf(blocks, sizeof blocks, "%s x%d", ot_scheme_name(s), BLOCKS);
    ot_net_opts o = options(blocks, NULL);
    o.h = 0.5;
    close_to(factor(o, NULL), steps(s, equal, false), ROUNDED);
    o.step = OT_STEP_LEARNED;
    close_to(factor(o, sizes), steps(s, sizes, false), 1e-12);
    o.step = OT_STEP_LEARNED_OUTPUT;
    close_to(factor(o, sizes), steps(s, sizes, true), ROUNDED);
}
END_TEST

START_TEST(small_steps_approach_the_solution)
{
    ot_net_opts o = options("rk4 x8", NULL);
    o.h = 0.125;
    close_to(factor(o, NULL), exp(0.5), 1e-5);
}
END_TEST

/* Each run of blocks of one scheme in one level begins at time 0. */
START_TEST(time_begins_with_each_run)
{
    ot_net_opts o = options("rk4 x4, midpoint x1, rk4 x4", NULL);
    o.h = 0.25;
    const double middle = step(ot_scheme_find("midpoint"), 0, 0.25, false);
    close_to(factor(o, NULL), exp(1) * middle, 1e-4);
    o = options("rk4 x4", NULL);
    o.width = 0;
    o.levels = "4,4";
    o.h = 0.25;
    close_to(factor(o, NULL), exp(1), 1e-4);
    o.step = OT_STEP_LEARNED;
    close_to(factor(o, NULL), exp(1), 1e-4);
}
END_TEST

/* More blocks than one sum has terms. */
START_TEST(many_learned_steps_add_up)
{
    ot_net_opts o = options("midpoint x150", NULL);
    o.step = OT_STEP_LEARNED;
    o.h = 0.01;
    close_to(factor(o, NULL), exp(1.5 * 1.5 / 2), 1e-3);
}
END_TEST

START_TEST(a_block_of_a_scheme_without_a_step_size_lasts_1)
{
    ot_net *net = NULL;
    ot_params *ps = NULL;
    ot_net_opts o = options("lm x3", "times");
    ck_ok(ot_net_new(&o, &net));
    ck_ok(ot_params_new(ot_net_tape(net), &ps));
    ot_params_init(ps, 5);
    for (int j = 0; j < 3; j++) {
        char name[40];
        snprintf(name, sizeof name, "blocks.%d.stages.0.time", j);
        const int i = ot_params_find(ps, name);
        ck_assert_msg(i >= 0, "no %s", name);
        ck_assert(!ot_params_trained(ps, i));
        ck_assert_double_eq(*(const double *)ot_params_value(ps, i, OT_F64), j);
    }
    ot_params_free(ps);
    ot_net_free(net);
}
END_TEST

/* ---- controlled steps ---- */

/* Blocks integrate from 0 to 1, from 1 to 2 and from 2 to 3. */
START_TEST(controlled_steps_reach_the_solution)
{
    ot_net_opts o = options("dormand_prince54 x3", NULL);
    o.step = OT_STEP_CONTROLLED;
    o.weights = OT_WEIGHTS_SHARED;
    o.control.tolerance = 1e-9;
    close_to(factor(o, NULL), exp(4.5), 1e-7);
}
END_TEST

/* ---- gradients ---- */

static const struct {
    const char *blocks;
    ot_step_kind step;
    ot_weights weights;
} checked[] = {
    { "rk4 x2", OT_STEP_FIXED, OT_WEIGHTS_INDEPENDENT },
    { "rk4 x2", OT_STEP_FIXED, OT_WEIGHTS_THETA },
    { "rk4 x3", OT_STEP_LEARNED, OT_WEIGHTS_INDEPENDENT },
    { "heun2 x3", OT_STEP_LEARNED_OUTPUT, OT_WEIGHTS_SHARED },
    { "lm x3", OT_STEP_FIXED, OT_WEIGHTS_INDEPENDENT },
    { "revnet x2", OT_STEP_FIXED, OT_WEIGHTS_INDEPENDENT },
    { "dormand_prince54 x2", OT_STEP_CONTROLLED, OT_WEIGHTS_SHARED },
};

START_TEST(gradients_through_time_match_central_differences)
{
    ot_net_opts o = options(checked[_i].blocks, "times-conv");
    ot_gradcheck_report report;
    ot_net *net = NULL;
    o.step = checked[_i].step;
    o.weights = checked[_i].weights;
    ck_ok(ot_net_new(&o, &net));
    ck_ok(ot_net_gradcheck(net, NULL, &(ot_gradcheck_opts){ .seed = 3 }, &report));
    ck_assert_msg(report.passed, "%s: %s is off by %g", checked[_i].blocks, report.worst_tensor,
                  report.worst_error);
    ot_net_free(net);
}
END_TEST

/* ---- refusals ---- */

START_TEST(time_and_a_step_size_per_channel_contradict_each_other)
{
    ot_net_opts o = options("rk4 x2", "times");
    ot_net *net = NULL;
    o.step = OT_STEP_CHANNEL;
    ck_status(ot_net_new(&o, &net), OT_EINVAL);
    ck_assert_msg(strstr(ot_message(), "times depends on time") &&
                      strstr(ot_message(), "use --step learned"),
                  "%s", ot_message());
}
END_TEST

TCase *time_case(void)
{
    TCase *c = tcase_create("time");
    tcase_add_checked_fixture(c, register_subnets, NULL);
    tcase_add_loop_test(c, every_stage_of_every_tableau_is_at_its_time, 0, ot_scheme_count());
    tcase_add_test(c, small_steps_approach_the_solution);
    tcase_add_test(c, time_begins_with_each_run);
    tcase_add_test(c, many_learned_steps_add_up);
    tcase_add_test(c, a_block_of_a_scheme_without_a_step_size_lasts_1);
    tcase_add_test(c, controlled_steps_reach_the_solution);
    tcase_add_loop_test(c, gradients_through_time_match_central_differences, 0,
                        (int)(sizeof checked / sizeof checked[0]));
    tcase_add_test(c, time_and_a_step_size_per_channel_contradict_each_other);
    return c;
}
