/* SPDX-License-Identifier: BSD-3-Clause
 * Tests neural ODEs: sub-net timed in equal steps, and the two gradients of a network.  With a
 * smooth f both converge to the exact gradient with the order of the scheme.  The exact one is that
 * of many more steps.  PyTorch's numbers are in reference/neural_ode.h. */
#include <math.h>
#include <string.h>

#include "models/reference/compare.h"
#include "train/cases.h"
#include "train/execution.h"
#include "train/reference/neural_ode.h"

enum { BATCH = 2, IMAGE = 4 };

/* One block of 64 channels without a ReLU outside of f. */
static ot_net_opts options(const char *blocks, const char *subnet, int steps, ot_gradient gradient)
{
    return (ot_net_opts){ .blocks = blocks,
                          .subnet = subnet,
                          .width = 64,
                          .head = "pool",
                          .image = IMAGE,
                          .batch = BATCH,
                          .weights = OT_WEIGHTS_SHARED,
                          .step = OT_STEP_CONTROLLED,
                          .control.steps = steps,
                          .gradient = gradient };
}

static const char smooth[] = "timed(activation=silu)";

typedef struct run {
    ot_net *net;
    ot_execution *e;
    ot_params *params;
} run;

static void fill(ot_execution *e, ot_dtype dtype)
{
    void *const x = ot_execution_images(e);
    for (int i = 0; i < BATCH * IMAGE * IMAGE * 3; i++)
        if (dtype == OT_F64)
            ((double *)x)[i] = (float)cos(7.0 * i);
        else
            ((float *)x)[i] = (float)cos(7.0 * i);
    for (int i = 0; i < BATCH; i++)
        ot_execution_labels(e)[i] = 3 * i + 1;
}

static run open_run(ot_net_opts o, ot_dtype dtype)
{
    run r;
    ck_ok(ot_net_new(&o, &r.net));
    ck_ok(ot_execution_new(r.net, &(ot_compile_opts){ .dtype = dtype }, &r.e));
    r.params = ot_execution_params(r.e);
    ot_params_init(r.params, 3);
    fill(r.e, dtype);
    return r;
}

static void close_run(run *r)
{
    ot_execution_free(r->e);
    ot_net_free(r->net);
}

static run differentiated(ot_net_opts o, ot_dtype dtype)
{
    run r = open_run(o, dtype);
    ck_ok(ot_execution_forward(r.e, BATCH));
    ck_ok(ot_execution_backward(r.e, NULL));
    return r;
}

static double gradient(const run *r, int i, size_t k, ot_dtype dtype)
{
    const void *const g = ot_params_grad(r->params, i, dtype);
    return dtype == OT_F64 ? ((const double *)g)[k] : (double)((const float *)g)[k];
}

/* The distance of all gradients, relative to those of b, which is in double. */
static double gap(const run *a, ot_dtype dtype, const run *b)
{
    double apart = 0, size = 0;
    for (int i = 0; i < ot_params_count(b->params); i++)
        for (size_t k = 0; ot_params_trained(b->params, i) && k < ot_params_elements(b->params, i);
             k++) {
            const double x = gradient(a, i, k, dtype), y = gradient(b, i, k, OT_F64);
            apart += (x - y) * (x - y);
            size += y * y;
        }
    return sqrt(apart / size);
}

/* ---- the two gradients ---- */

enum { DOUBLINGS = 5, DISCRETE = 0, ADJOINT, APART, GAPS };

/* The gaps with 1, 2, 4, 8 and 16 steps of rk4: of each gradient to the exact one, and of the two
 * to each other. */
static void measure(const char *subnet, double gaps[DOUBLINGS][GAPS])
{
    run exact = differentiated(options("verner89 x1", subnet, 32, OT_GRADIENT_DISCRETE), OT_F64);
    for (int d = 0; d < DOUBLINGS; d++) {
        run one = differentiated(options("rk4 x1", subnet, 1 << d, OT_GRADIENT_DISCRETE), OT_F64);
        run two = differentiated(options("rk4 x1", subnet, 1 << d, OT_GRADIENT_BACKSOLVE), OT_F64);
        gaps[d][DISCRETE] = gap(&one, OT_F64, &exact);
        gaps[d][ADJOINT] = gap(&two, OT_F64, &exact);
        gaps[d][APART] = gap(&two, OT_F64, &one);
        close_run(&two);
        close_run(&one);
    }
    close_run(&exact);
}

/* The mean power with which a gap falls from 2 to 16 steps. */
static double slope(double gaps[DOUBLINGS][GAPS], int which)
{
    return log2(gaps[1][which] / gaps[DOUBLINGS - 1][which]) / (DOUBLINGS - 2);
}

START_TEST(the_gradients_of_a_smooth_f_approach_each_other_with_order_4)
{
    double gaps[DOUBLINGS][GAPS];
    measure(smooth, gaps);
    for (int which = 0; which < GAPS; which++) {
        ck_assert_msg(fabs(slope(gaps, which) - 4) < 0.4, "gap %d: slope %g", which,
                      slope(gaps, which));
        ck_assert_double_lt(gaps[DOUBLINGS - 1][which], 1e-5);
    }
}
END_TEST

/* Each step crosses kinks of a ReLU. */
START_TEST(the_gradients_of_a_relu_approach_each_other_slowly)
{
    double gaps[DOUBLINGS][GAPS];
    measure("timed", gaps);
    for (int which = 0; which < GAPS; which++)
        ck_assert_msg(slope(gaps, which) > 0.3 && slope(gaps, which) < 2.5, "gap %d: slope %g",
                      which, slope(gaps, which));
}
END_TEST

START_TEST(a_controlled_adjoint_approaches_the_exact_gradient)
{
    ot_net_opts o = options("dormand_prince54 x1", smooth, 0, OT_GRADIENT_BACKSOLVE);
    run exact = differentiated(options("verner89 x1", smooth, 32, OT_GRADIENT_DISCRETE), OT_F64);
    long before = 0;
    for (double tolerance = 1e-2; tolerance > 1e-9; tolerance /= 100) {
        o.control.tolerance = tolerance;
        run r = differentiated(o, OT_F64);
        const long now = ot_execution_control(r.e).backward_evaluations;
        ck_assert_msg(gap(&r, OT_F64, &exact) <= 20 * tolerance, "tolerance %g: gap %g", tolerance,
                      gap(&r, OT_F64, &exact));
        ck_assert_int_ge(now, before);
        before = now;
        close_run(&r);
    }
    close_run(&exact);
}
END_TEST

START_TEST(float32_has_the_gradients_of_double)
{
    for (int g = OT_GRADIENT_DISCRETE; g <= OT_GRADIENT_BACKSOLVE; g++) {
        run one = differentiated(options("rk4 x1", smooth, 4, (ot_gradient)g), OT_F64);
        run two = differentiated(options("rk4 x1", smooth, 4, (ot_gradient)g), OT_F32);
        ck_assert_double_lt(gap(&two, OT_F32, &one), 1e-4);
        close_run(&two);
        close_run(&one);
    }
}
END_TEST

/* ---- counts and memory ---- */

START_TEST(evaluations_are_counted_both_ways)
{
    for (int g = OT_GRADIENT_DISCRETE; g <= OT_GRADIENT_BACKSOLVE; g++) {
        run r = open_run(options("rk4 x2", "timed", 3, (ot_gradient)g), OT_F64);
        ck_ok(ot_execution_forward(r.e, BATCH));
        ck_assert_int_eq(ot_execution_control(r.e).accepted, 6);
        ck_assert_int_eq(ot_execution_control(r.e).evaluations, 24);
        ck_assert_int_eq(ot_execution_control(r.e).backward_evaluations, 0);
        ck_ok(ot_execution_backward(r.e, NULL));
        ck_assert_int_eq(ot_execution_control(r.e).backward_evaluations, 24);
        close_run(&r);
    }
    ot_net_opts o = options("dormand_prince54 x1", "timed", 0, OT_GRADIENT_DISCRETE);
    run r = differentiated(o, OT_F64);
    const ot_control_result w = ot_execution_control(r.e);
    ck_assert_int_eq(w.evaluations, 7L * (w.accepted + w.rejected));
    ck_assert_int_eq(w.backward_evaluations, 6L * w.accepted); /* f(y) is for the error only */
    close_run(&r);
}
END_TEST

static size_t bytes_of(int steps, ot_gradient gradient)
{
    run r = open_run(options("rk4 x1", "timed", steps, gradient), OT_F32);
    const size_t bytes = ot__execution_bytes(r.e);
    close_run(&r);
    return bytes;
}

START_TEST(memory_of_the_adjoint_does_not_grow_with_the_steps)
{
    const size_t state = (size_t)BATCH * IMAGE * IMAGE * 64 * sizeof(float);
    ck_assert_uint_eq(bytes_of(64, OT_GRADIENT_BACKSOLVE), bytes_of(1, OT_GRADIENT_BACKSOLVE));
    ck_assert_uint_eq(bytes_of(64, OT_GRADIENT_DISCRETE),
                      bytes_of(1, OT_GRADIENT_DISCRETE) + 63 * state);
}
END_TEST

/* ---- running statistics and freezing ---- */

static double statistics(const run *r)
{
    double sum = 0;
    for (int i = 0; i < ot_params_count(r->params); i++)
        for (size_t k = 0; k < ot_params_elements(r->params, i); k++)
            if (!ot_params_trained(r->params, i))
                sum += sin(1.0 + (double)k + i) *
                       ((const double *)ot_params_value(r->params, i, OT_F64))[k];
    return sum;
}

START_TEST(the_backward_pass_does_not_move_running_statistics_again)
{
    run r = open_run(options("rk4 x1", "preact", 3, OT_GRADIENT_BACKSOLVE), OT_F64);
    run other = differentiated(options("rk4 x1", "preact", 3, OT_GRADIENT_DISCRETE), OT_F64);
    const double before = statistics(&r);
    ck_ok(ot_execution_forward(r.e, BATCH));
    const double after = statistics(&r);
    ck_assert_double_ne(after, before);
    ck_ok(ot_execution_backward(r.e, NULL));
    ck_assert_double_eq(statistics(&r), after);
    ck_assert_double_eq(statistics(&other), after);
    close_run(&other);
    close_run(&r);
}
END_TEST

START_TEST(frozen_parameters_have_no_gradient)
{
    ot_net_opts o = options("rk4 x1", smooth, 2, OT_GRADIENT_BACKSOLVE);
    run whole = differentiated(o, OT_F64), r = { 0 };
    ck_ok(ot_net_new(&o, &r.net));
    ck_ok(ot_params_new(ot_net_tape(r.net), &r.params));
    ot_params_init(r.params, 3);
    ck_ok(ot_params_freeze(r.params, "blocks.0.f.conv1.*"));
    ck_ok(ot_execution_new(r.net, &(ot_compile_opts){ .dtype = OT_F64, .params = r.params }, &r.e));
    fill(r.e, OT_F64);
    ck_ok(ot_execution_forward(r.e, BATCH));
    ck_ok(ot_execution_backward(r.e, NULL));
    for (int i = 0; i < ot_params_count(r.params); i++)
        for (size_t k = 0; ot_params_trained(r.params, i) && k < ot_params_elements(r.params, i);
             k++) {
            const double right = ot_params_frozen(r.params, i) ? 0 : gradient(&whole, i, k, OT_F64);
            ck_assert_double_eq(gradient(&r, i, k, OT_F64), right);
        }
    ot_execution_free(r.e);
    ot_params_free(r.params);
    ot_net_free(r.net);
    close_run(&whole);
}
END_TEST

/* ---- the gradient check, and what is refused ---- */

START_TEST(gradients_of_equal_steps_match_central_differences)
{
    static const char *const subnets[] = { "timed", smooth, "preact" };
    ot_net_opts o = options("rk4_38 x2", subnets[_i], 2, OT_GRADIENT_DISCRETE);
    ot_gradcheck_report report;
    ot_net *net = NULL;
    o.width = 3;
    o.head = NULL;
    ck_ok(ot_net_new(&o, &net));
    ck_ok(ot_net_gradcheck(net, NULL, &(ot_gradcheck_opts){ .seed = 3, .all_below = 8 }, &report));
    ck_assert_msg(report.passed, "%s is off by %g", report.worst_tensor, report.worst_error);
    ck_assert_int_eq(report.replayed, 4);
    ot_net_free(net);
}
END_TEST

START_TEST(the_continuous_adjoint_is_not_checked_against_differences_of_the_steps)
{
    run r = open_run(options("rk4 x1", smooth, 2, OT_GRADIENT_BACKSOLVE), OT_F64);
    ot_gradcheck_report report;
    ck_status(ot_net_gradcheck(r.net, NULL, NULL, &report), OT_EINVAL);
    ck_assert_msg(strstr(ot_message(), "check the gradient discrete"), "%s", ot_message());
    close_run(&r);
}
END_TEST

static void set_first(run *r, const char *name, double value)
{
    const int i = ot_params_find(r->params, name);
    ck_assert_int_ge(i, 0);
    *(double *)ot_params_edit(r->params, i, OT_F64) = value;
}

START_TEST(a_step_that_is_not_finite_names_its_block_and_parameter)
{
    run r = open_run(options("rk4 x2", "timed", 3, OT_GRADIENT_BACKSOLVE), OT_F64);
    set_first(&r, "blocks.1.f.conv2.bias", NAN);
    ck_status(ot_execution_forward(r.e, BATCH), OT_ENUMERIC);
    ck_assert_str_eq(ot_message(), "block 1: at time 0 of 1 the next state is not finite, nor is "
                                   "the parameter blocks.1.f.conv2.bias");
    close_run(&r);
}
END_TEST

static void load(void *user)
{
    fill(user, OT_F64);
}

static double nothing(double x)
{
    (void)x;
    return 0;
}

static double steep_slope(double x)
{
    (void)x;
    return 1e300;
}

/* f = 0 with a slope of 1e300: the gradient overflows in the second stage, and y does not. */
static ot_var record_steep(ot_block *b, ot_var x)
{
    static const ot_function f = { .value = nothing, .slope = steep_slope };
    return ot_map(ot_block_tape(b), x, &f);
}

static void register_steep(void)
{
    static const ot_subnet_kind steep = { .about.name = "steep", .record = record_steep };
    ck_ok(ot_register_subnet(&steep));
}

START_TEST(a_gradient_that_is_not_finite_is_found_in_its_evaluation)
{
    ot__culprit c;
    run r = open_run(options("rk4 x1", "steep", 2, OT_GRADIENT_BACKSOLVE), OT_F64);
    ck_ok(ot_execution_forward(r.e, BATCH));
    ck_assert(ot__execution_scan(r.e, BATCH, load, r.e, &c));
    ck_assert(c.backward);
    ck_assert_str_eq(c.op, "map");
    ck_assert_str_eq(c.scope, "blocks.0.stages.0");
    close_run(&r);
}
END_TEST

START_TEST(a_controlled_adjoint_that_overflows_says_so)
{
    run r = open_run(options("heun2 x1", "steep", 0, OT_GRADIENT_BACKSOLVE), OT_F64);
    ck_ok(ot_execution_forward(r.e, BATCH));
    ck_status(ot_execution_backward(r.e, NULL), OT_ENUMERIC);
    ck_assert_msg(strncmp(ot_message(), "block 0: in the continuous adjoint", 34) == 0 &&
                      strstr(ot_message(), "the gradient discrete does not"),
                  "%s", ot_message());
    close_run(&r);
}
END_TEST

/* ---- PyTorch ---- */

static ot_net *build(const reference_net *r, int steps, bool backsolve)
{
    char blocks[64];
    ot_net *net = NULL;
    snprintf(blocks, sizeof blocks, "%s x%d", r->scheme, r->blocks);
    const ot_net_opts o = { .blocks = blocks,
                            .levels = r->levels,
                            .down = r->down,
                            .subnet = r->subnet,
                            .stem = r->stem,
                            .head = r->head,
                            .image = r->size,
                            .batch = r->batch,
                            .classes = r->classes,
                            .weights = OT_WEIGHTS_SHARED,
                            .step = OT_STEP_CONTROLLED,
                            .control.steps = steps,
                            .gradient = backsolve ? OT_GRADIENT_BACKSOLVE : OT_GRADIENT_DISCRETE };
    ck_ok(ot_net_new(&o, &net));
    return net;
}

/* The loss; in training also gradients and running statistics. */
static double loss_of(const ot_net *net, const reference_net *r, ot_params *ps, bool evaluate)
{
    ot_execution *e = NULL;
    ck_ok(ot_execution_new(
        net,
        &(ot_compile_opts){
            .dtype = OT_F64, .evaluate = evaluate, .forward_only = evaluate, .params = ps },
        &e));
    for (int j = 0; j < r->batch * r->size * r->size * 3; j++)
        ((double *)ot_execution_images(e))[j] = reference_image(j);
    for (int i = 0; i < r->batch; i++)
        ot_execution_labels(e)[i] = (3 * i + 1) % r->classes;
    ck_ok(ot_execution_forward(e, r->batch));
    if (!evaluate) ck_ok(ot_execution_backward(e, NULL));
    const double loss = ot_execution_loss(e);
    ot_execution_free(e);
    return loss;
}

START_TEST(a_neural_ode_has_the_losses_gradients_and_statistics_of_pytorch)
{
    const reference_net *const r = &ode_nets[_i];
    ot_net *const net = build(r, ode_how[_i].steps, ode_how[_i].backsolve);
    ot_params *const ps = set_values(net);
    ck_assert_uint_eq(ot_net_describe(net).params, (size_t)r->params);
    const double loss = loss_of(net, r, ps, false);
    ck_assert_msg(fabs(loss - r->loss) <= 1e-12 * r->loss, "%s: the loss is %.17g, not %.17g",
                  r->id, loss, r->loss);
    compare_all(r, ps, 1e-11);
    const double evaluated = loss_of(net, r, ps, true);
    ck_assert_msg(fabs(evaluated - r->eval_loss) <= 1e-12 * r->eval_loss,
                  "%s: the loss in evaluation is %.17g, not %.17g", r->id, evaluated, r->eval_loss);
    ot_params_free(ps);
    ot_net_free(net);
}
END_TEST

/* ---- the sub-net ---- */

START_TEST(the_sub_net_of_the_example_has_75392_parameters)
{
    size_t params = 0;
    run r = open_run(options("rk4 x1", "timed", 1, OT_GRADIENT_DISCRETE), OT_F64);
    for (int i = 0; i < ot_params_count(r.params); i++)
        if (strncmp(ot_params_name(r.params, i), "blocks.0.f.", 11) == 0)
            params += ot_params_elements(r.params, i);
    ck_assert_uint_eq(params, 75392);
    close_run(&r);
}
END_TEST

TCase *adjoint_case(void)
{
    TCase *c = tcase_create("adjoint");
    tcase_add_checked_fixture(c, register_steep, NULL);
    tcase_set_timeout(c, 300);
    tcase_add_test(c, the_gradients_of_a_smooth_f_approach_each_other_with_order_4);
    tcase_add_test(c, the_gradients_of_a_relu_approach_each_other_slowly);
    tcase_add_test(c, a_controlled_adjoint_approaches_the_exact_gradient);
    tcase_add_test(c, float32_has_the_gradients_of_double);
    tcase_add_test(c, evaluations_are_counted_both_ways);
    tcase_add_test(c, memory_of_the_adjoint_does_not_grow_with_the_steps);
    tcase_add_test(c, the_backward_pass_does_not_move_running_statistics_again);
    tcase_add_test(c, frozen_parameters_have_no_gradient);
    tcase_add_loop_test(c, gradients_of_equal_steps_match_central_differences, 0, 3);
    tcase_add_test(c, the_continuous_adjoint_is_not_checked_against_differences_of_the_steps);
    tcase_add_test(c, a_step_that_is_not_finite_names_its_block_and_parameter);
    tcase_add_test(c, a_gradient_that_is_not_finite_is_found_in_its_evaluation);
    tcase_add_test(c, a_controlled_adjoint_that_overflows_says_so);
    tcase_add_loop_test(c, a_neural_ode_has_the_losses_gradients_and_statistics_of_pytorch, 0,
                        (int)(sizeof ode_nets / sizeof ode_nets[0]));
    tcase_add_test(c, the_sub_net_of_the_example_has_75392_parameters);
    return c;
}
