/* SPDX-License-Identifier: BSD-3-Clause
 * Tests executions of networks that are one program and of those that are several.  Both are used
 * in the same way.  The gradient check finds a wrong derivative in every segment. */
#include <math.h>
#include <string.h>

#include "autograd/tape.h"
#include "train/cases.h"
#include "train/execution.h"

#define CONTROLLED(first_step)                                                                     \
    .weights = OT_WEIGHTS_SHARED, .step = OT_STEP_CONTROLLED,                                      \
    .control = { .tolerance = 0.5, .first = (first_step) }

/* Small networks, and how many programs with gradients they are.  A first step of 0.1 makes several
 * steps. */
static const struct network {
    ot_net_opts opts;
    int programs;
    const char *segments[6]; /* the names, up to NULL */
} networks[] = {
    { { .blocks = "midpoint x2", .width = 3 }, 1, { "network" } },
    { { .blocks = "euler x1", .levels = "3,4:2", .down = "maxpool" }, 1, { "network" } },
    { { .blocks = "bogacki_shampine32 x1", .width = 3, CONTROLLED(1) },
      4,
      { "stem", "blocks.0", "head" } },
    { { .blocks = "bogacki_shampine32 x2", .width = 3, CONTROLLED(0.1) },
      6,
      { "stem", "blocks.0", "blocks.1", "head" } },
    { { .blocks = "heun2 x1", .levels = "3,4:2", .down = "connector", CONTROLLED(0.1) },
      7,
      { "stem", "blocks.0", "levels.1", "blocks.1", "head" } },
    { { .blocks = "heun2 x1", .levels = "3,5:2", .down = "maxpool", CONTROLLED(0.1) },
      7,
      { "stem", "blocks.0", "levels.1", "blocks.1", "head" } },
};
enum { NETWORKS = sizeof networks / sizeof networks[0], BATCH = 3, IMAGE = 8 };

static ot_net *open_net(int i)
{
    ot_net *net = NULL;
    ot_net_opts o = networks[i].opts;
    o.image = IMAGE;
    o.batch = BATCH;
    ck_ok(ot_net_new(&o, &net));
    return net;
}

/* Fills in numbers that depend on nothing but their index. */
static void fill(ot_execution *e, ot_dtype dtype)
{
    void *const x = ot_execution_images(e);
    ot_params_init(ot_execution_params(e), 3);
    for (int i = 0; i < BATCH * IMAGE * IMAGE * 3; i++) {
        const float value = (float)cos(7.0 * i);
        if (dtype == OT_F64)
            ((double *)x)[i] = value;
        else
            ((float *)x)[i] = value;
    }
    for (int i = 0; i < BATCH; i++)
        ot_execution_labels(e)[i] = i;
}

static ot_execution *open_execution(const ot_net *net, ot_compile_opts how)
{
    ot_execution *e = NULL;
    ck_ok(ot_execution_new(net, &how, &e));
    if (!how.plan_only) fill(e, how.dtype);
    return e;
}

START_TEST(a_network_has_its_segments_in_order)
{
    const struct network *const n = &networks[_i];
    ot_net *const net = open_net(_i);
    const ot__segments *const all = ot__net_segments(net);
    for (int i = 0; i < all->n; i++)
        ck_assert_str_eq(all->of[i].name, n->segments[i]);
    ck_assert_ptr_null(n->segments[all->n]);
    ck_assert_int_eq(ot__execution_counts(net), all->n > 1);
    ck_assert_int_eq(ot_net_describe(net).one_step, all->n > 1);
    ot_execution *const e = open_execution(net, (ot_compile_opts){ .plan_only = true });
    ck_assert_int_eq(ot__execution_programs(e), n->programs);
    ck_assert_ptr_null(ot_execution_images(e));
    ot_execution_free(e);
    ot_net_free(net);
}
END_TEST

/* ---- the gradient check ---- */

static ot_gradcheck_report check(const ot_net *net, bool evaluate)
{
    ot_gradcheck_report r;
    ck_ok(ot_net_gradcheck(
        net, NULL,
        &(ot_gradcheck_opts){ .seed = 1, .evaluate = evaluate, .all_below = 4, .directions = 2 },
        &r));
    return r;
}

START_TEST(gradients_of_every_network_match_central_differences)
{
    ot_net *const net = open_net(_i / 2);
    const ot_gradcheck_report r = check(net, _i % 2);
    ck_assert_msg(r.passed, "%s: error %.2g in %s (tape %.9g, differences %.9g), <Jv,w> %.2g",
                  networks[_i / 2].opts.blocks, r.worst_error, r.worst_tensor, r.worst_analytic,
                  r.worst_numeric, r.dot_error);
    ck_assert_int_eq(r.replayed > 0, ot__execution_counts(net));
    ot_net_free(net);
}
END_TEST

static ot_op faulty;       /* a copy of an op with a wrong backward */
static ot__kernel genuine; /* backward of the op */

/* Differentiates as if the gradient of the result were larger. */
static void faulty_backward(const ot__call *c)
{
    const size_t n = ot__elements(c->ys);
    double *const gy = malloc(n * sizeof *gy);
    ck_assert_ptr_nonnull(gy);
    for (size_t i = 0; i < n; i++)
        gy[i] = 1.001 * ((const double *)c->gy)[i];
    ot__call part = *c;
    part.gy = gy;
    genuine(&part);
    free(gy);
}

/* Gives the first convolution or linear layer in the scope the wrong derivative. */
static void plant(const ot_net *net, const char *scope)
{
    ot_tape *const t = (ot_tape *)(uintptr_t)ot_net_tape(net);
    for (size_t id = 1; id < t->n; id++) {
        ot__record *const r = &t->node[id].record;
        if (!r->op || strncmp(t->node[id].scope, scope, strlen(scope)) != 0) continue;
        if (strcmp(r->op->name, "conv2d") != 0 && strcmp(r->op->name, "linear") != 0) continue;
        faulty = *r->op;
        genuine = faulty.reference.backward;
        faulty.reference.backward = faulty_backward;
        r->op = &faulty;
        return;
    }
    ck_abort_msg("there is no layer in %s", scope);
}

START_TEST(a_wrong_derivative_is_found_in_every_segment)
{
    static const char *const scope[] = { "stem", "blocks.0", "levels.1", "blocks.1", "head" };
    ot_net *const net = open_net(4);
    plant(net, scope[_i]);
    const ot_gradcheck_report r = check(net, false);
    ck_assert_msg(r.decided && !r.passed && r.worst_error > 1e-4, "%s: error %.2g in %s", scope[_i],
                  r.worst_error, r.worst_tensor);
    ot_net_free(net);
}
END_TEST

/* ---- replaying ---- */

static void ck_same_steps(ot_control_result a, ot_control_result b)
{
    ck_assert_int_eq(a.accepted, b.accepted);
    ck_assert_double_eq(a.smallest, b.smallest);
    ck_assert_double_eq(a.largest, b.largest);
}

/* A network that repeats its own steps has the same loss; in evaluation float32 repeats those of
 * double. */
START_TEST(steps_are_repeated)
{
    ot_net *const net = open_net(_i);
    const ot_compile_opts how = { .dtype = OT_F64 };
    const ot_compile_opts single = { .evaluate = true, .forward_only = true };
    ot_execution *const e = open_execution(net, how), *const f = open_execution(net, single);
    if (ot__execution_counts(net)) ck_status(ot_execution_replay(e, e), OT_EINVAL);
    ck_ok(ot_execution_forward(e, BATCH));
    const ot_control_result first = ot_execution_control(e);
    const double loss = ot_execution_loss(e);
    ck_assert(isfinite(loss));
    ck_ok(ot_execution_replay(e, e));
    ck_ok(ot_execution_replay(f, e));
    ck_ok(ot_execution_forward(e, BATCH));
    ck_assert_double_eq(ot_execution_loss(e), loss);
    ck_same_steps(ot_execution_control(e), first);
    ck_assert_int_eq(ot_execution_control(e).rejected, 0);
    ck_ok(ot_execution_backward(e, NULL));
    ck_ok(ot_execution_forward(f, 2));
    ck_same_steps(ot_execution_control(f), first);
    ck_assert_int_eq(first.accepted > 0, ot__execution_counts(net));
    ot_execution_free(f);
    ot_execution_free(e);
    ot_net_free(net);
}
END_TEST

START_TEST(steps_of_another_network_are_refused)
{
    ot_net *const net = open_net(3), *const other = open_net(2);
    ot_execution *const e = open_execution(net, (ot_compile_opts){ 0 });
    ot_execution *const of = open_execution(other, (ot_compile_opts){ 0 });
    ck_status(ot_execution_replay(e, of), OT_EINVAL);
    ck_assert_ptr_nonnull(strstr(ot_message(), "different networks"));
    ot_execution_free(of);
    ot_execution_free(e);
    ot_net_free(other);
    ot_net_free(net);
}
END_TEST

START_TEST(the_order_of_calls_and_the_batch_are_checked)
{
    ot_net *const net = open_net(_i);
    ot_execution *const e = open_execution(net, (ot_compile_opts){ 0 });
    ck_status(ot_execution_backward(e, NULL), OT_EINVAL);
    ck_status(ot_execution_forward(e, 0), OT_EINVAL);
    ck_status(ot_execution_forward(e, BATCH + 1), OT_EINVAL);
    ck_assert_ptr_nonnull(strstr(ot_message(), "1 to 3"));
    ot_execution_free(e);
    ot_execution *const plan = open_execution(net, (ot_compile_opts){ .plan_only = true });
    ck_status(ot_execution_forward(plan, 1), OT_EINVAL);
    ck_assert_ptr_nonnull(strstr(ot_message(), "planned only"));
    ot_execution_free(plan);
    ot_net_free(net);
}
END_TEST

TCase *execution_case(void)
{
    TCase *c = tcase_create("execution");
    tcase_set_timeout(c, 120);
    tcase_add_loop_test(c, a_network_has_its_segments_in_order, 0, NETWORKS);
    tcase_add_loop_test(c, gradients_of_every_network_match_central_differences, 0, 2 * NETWORKS);
    tcase_add_loop_test(c, a_wrong_derivative_is_found_in_every_segment, 0, 5);
    tcase_add_loop_test(c, steps_are_repeated, 0, NETWORKS);
    tcase_add_test(c, steps_of_another_network_are_refused);
    tcase_add_loop_test(c, the_order_of_calls_and_the_batch_are_checked, 0, NETWORKS);
    return c;
}
