/* SPDX-License-Identifier: BSD-3-Clause
 * Programs that compute batch norms and ReLUs on reading give the same numbers as programs that
 * store them. */
#include <math.h>
#include <string.h>

#include "autograd/cases.h"
#include "autograd/program.h"
#include "base/rng.h"

enum { N = 3, SIDE = 6, C = 16 }; /* channels that the best kernels take */

static ot_tape *t;

static void new_tape(void)
{
    t = ot_tape_new();
}

static void free_tape(void)
{
    ot_tape_free(t);
}

static ot_var batch_norm(ot_var x)
{
    const ot_shape c = OT_SHAPE(C);
    return ot_batch_norm(t, x, ot_param(t, "gamma", c, ot_init_he(2)),
                         ot_param(t, "beta", c, ot_init_he(2)), ot_stat(t, "mean", c, OT_ZEROS),
                         ot_stat(t, "var", c, OT_ONES), 0.1, 1e-5);
}

static ot_var conv(const char *name, ot_var x, int stride)
{
    return ot_conv2d(t, x, ot_param(t, name, OT_SHAPE(32, C, 3, 3), ot_init_he(9 * C)), stride, 1);
}

/* Vars of a network, and the root that reads them.  The first `views` of these vars can be computed
 * on reading; the others must be stored. */
typedef struct pattern {
    ot_var var[3], root;
    int n, views;
} pattern;

static pattern norm_conv(ot_var x)
{
    const ot_var y = batch_norm(x);
    return (pattern){ .var = { y }, .root = conv("w", y, 1), .n = 1, .views = 1 };
}

static pattern norm_relu_conv(ot_var x)
{
    const ot_var y = batch_norm(x), z = ot_relu(t, y);
    return (pattern){ .var = { y, z }, .root = conv("w", z, 2), .n = 2, .views = 2 };
}

static pattern norm_relu_pool(ot_var x)
{
    const ot_var y = batch_norm(x), z = ot_relu(t, y);
    return (pattern){ .var = { y, z }, .root = ot_global_avg_pool(t, z), .n = 2, .views = 2 };
}

static pattern norm_relu_avg_pool(ot_var x)
{
    const ot_var y = batch_norm(x), z = ot_relu(t, y);
    return (pattern){ .var = { y, z }, .root = ot_avg_pool(t, z, 2, 2), .n = 2, .views = 2 };
}

static pattern norm_max_pool(ot_var x)
{
    const ot_var y = batch_norm(x);
    return (pattern){ .var = { y }, .root = ot_max_pool(t, y, 3, 2, 0, true), .n = 1, .views = 1 };
}

static pattern norm_relu_channels(ot_var x)
{
    const ot_var y = batch_norm(x), z = ot_relu(t, y);
    return (pattern){ .var = { y, z }, .root = ot_channels(t, z, -4, 9), .n = 2, .views = 2 };
}

/* The first operand of concat can be computed on reading, the others are stored. */
static pattern norm_relu_concat(ot_var x)
{
    const ot_var y = batch_norm(x), z = ot_relu(t, y), v = ot_relu(t, ot_mul(t, x, x));
    const ot_var parts[] = { z, v, x };
    return (pattern){ .var = { y, z, v }, .root = ot_concat(t, 3, parts), .n = 3, .views = 2 };
}

static pattern norm_relu_last_of_concat(ot_var x)
{
    const ot_var y = batch_norm(x), z = ot_relu(t, y), parts[] = { x, z };
    return (pattern){ .var = { y, z }, .root = ot_concat(t, 2, parts), .n = 2 };
}

static pattern norm_relu_two_convs(ot_var x)
{
    const ot_coef coef[] = { { .value = 1 }, { .value = -2 } };
    const ot_var y = batch_norm(x), z = ot_relu(t, y);
    const ot_var both[] = { conv("w", z, 1), conv("v", z, 1) };
    return (pattern){ .var = { y, z }, .root = ot_lincomb(t, 2, coef, both), .n = 2, .views = 2 };
}

static pattern relu_of_something_stored(ot_var x)
{
    const ot_var z = ot_relu(t, ot_mul(t, x, x));
    return (pattern){ .var = { z }, .root = conv("w", z, 1), .n = 1 };
}

static pattern norm_read_by_relu_and_conv(ot_var x)
{
    const ot_coef coef[] = { { .value = 1 }, { .value = -2 } };
    const ot_var y = batch_norm(x), z = ot_relu(t, y);
    const ot_var both[] = { conv("w", y, 1), conv("v", z, 1) };
    return (pattern){ .var = { y, z }, .root = ot_lincomb(t, 2, coef, both), .n = 2 };
}

static pattern norm_read_as_a_tensor(ot_var x)
{
    const ot_var y = batch_norm(x);
    return (pattern){ .var = { y }, .root = conv("w", ot_mul(t, y, y), 1), .n = 1 };
}

/* With the best kernels the convs leave all sums, and the gradient of h is computed on reading
 * too. */
static pattern conv_norm_relu_conv(ot_var x)
{
    const ot_var u = ot_param(t, "u", OT_SHAPE(C, C, 3, 3), ot_init_he(9 * C));
    const ot_var h = ot_conv2d(t, x, u, 1, 1), y = batch_norm(h), z = ot_relu(t, y);
    return (pattern){ .var = { y, z }, .root = conv("w", z, 1), .n = 2, .views = 2 };
}

/* As in a residual network: batch norm reads a linear combination, and a gradient is added to
 * another. */
static pattern combination_norm_relu_conv(ot_var x)
{
    const ot_coef coef[] = { { .value = 1 }, { .value = 0.5 } };
    const ot_var u = ot_param(t, "u", OT_SHAPE(C, C, 3, 3), ot_init_he(9 * C));
    const ot_var v = ot_param(t, "v", OT_SHAPE(C, C, 3, 3), ot_init_he(9 * C));
    const ot_var h = ot_lincomb(t, 2, coef, (const ot_var[]){ x, ot_conv2d(t, x, u, 1, 1) });
    const ot_var y = batch_norm(h), z = ot_relu(t, y), k = ot_conv2d(t, z, v, 1, 1);
    return (pattern){ .var = { y, z },
                      .root = ot_lincomb(t, 2, coef, (const ot_var[]){ h, k }),
                      .n = 2,
                      .views = 2 };
}

static pattern (*const patterns[])(ot_var x) = {
    norm_conv,
    norm_relu_conv,
    norm_relu_pool,
    norm_relu_avg_pool,
    norm_max_pool,
    norm_relu_channels,
    norm_relu_concat,
    norm_relu_last_of_concat,
    norm_relu_two_convs,
    relu_of_something_stored,
    norm_read_by_relu_and_conv,
    norm_read_as_a_tensor,
    conv_norm_relu_conv,
    combination_norm_relu_conv,
};
enum { PATTERNS = sizeof patterns / sizeof patterns[0] };

static float number(uint32_t i)
{
    const ot__draw d = ot__random(5, OT__RNG_GRADCHECK, i, 0, 0, 0);
    return (float)(3 + 2 * ot__normal(d.word[0], d.word[1]));
}

static void run(ot_program *p, ot_var x)
{
    float *in = ot_program_input(p, x);
    for (uint32_t i = 0; i < N * SIDE * SIDE * C; i++)
        in[i] = number(i);
    ck_ok(ot_forward(p, N));
    ck_ok(ot_backward(p, NULL, false));
}

static void same(const char *what, size_t n, const float *a, const float *b)
{
    double difference = 0, squares = 0;
    for (size_t i = 0; i < n; i++) {
        difference += ((double)a[i] - b[i]) * ((double)a[i] - b[i]);
        squares += (double)a[i] * a[i];
    }
    ck_assert_msg(difference <= 1e-11 * squares, "%s: %g of %g", what, difference, squares);
}

/* Compares a program of the pattern that keeps its vars, so that they are stored, with a program
 * that keeps none. */
static void compare(int which, ot_tier tier, bool evaluate)
{
    ot_params *a = NULL, *b = NULL;
    ot_program *stored = NULL, *views = NULL;
    const ot_var x = ot_input(t, "x", OT_SHAPE(N, SIDE, SIDE, C));
    const pattern q = patterns[which](x);
    ck_ok(ot_params_new(t, &a));
    ck_ok(ot_params_new(t, &b));
    ot_compile_opts opts = { .evaluate = evaluate, .input_gradients = true, .params = a };
    opts.tier = tier;
    ck_ok(ot_compile(t, q.root, &opts, &views));
    opts.params = b;
    opts.keep = q.var;
    opts.n_keep = q.n;
    ck_ok(ot_compile(t, q.root, &opts, &stored));
    for (int i = 0; i < q.n; i++) {
        ck_assert_int_eq(views->access[q.var[i].id].stored != q.var[i].id, i < q.views);
        ck_assert_int_eq(stored->access[q.var[i].id].stored, q.var[i].id);
    }
    run(stored, x);
    run(views, x);
    same("root", ot__elements(ot_var_shape(t, q.root)), ot_program_value(stored, q.root),
         ot_program_value(views, q.root));
    same("gradient of x", ot__elements(ot_var_shape(t, x)), ot_program_grad(stored, x),
         ot_program_grad(views, x));
    for (int i = 0; i < ot_params_count(a); i++) {
        same(ot_params_name(a, i), ot_params_elements(a, i), ot_params_value(b, i, OT_F32),
             ot_params_value(a, i, OT_F32));
        if (ot_params_trained(a, i))
            same(ot_params_name(a, i), ot_params_elements(a, i), ot_params_grad(b, i, OT_F32),
                 ot_params_grad(a, i, OT_F32));
    }
    ot_program_free(stored);
    ot_program_free(views);
    ot_params_free(a);
    ot_params_free(b);
}

START_TEST(views_give_the_values_and_gradients_of_stored_tensors)
{
    compare(_i, OT_TIER_PORTABLE, false);
}
END_TEST

START_TEST(views_give_them_in_evaluation_mode_too)
{
    compare(_i, OT_TIER_PORTABLE, true);
}
END_TEST

static bool best_kernels_are_here(void)
{
    return strcmp(ot_machine().best_kernels, "none") != 0;
}

START_TEST(views_give_them_with_the_best_kernels_too)
{
    if (!best_kernels_are_here()) OT_SKIP("this CPU has no special kernels");
    compare(_i, OT_TIER_BEST, false);
}
END_TEST

START_TEST(a_view_is_not_in_the_arena_and_its_relu_has_no_steps)
{
    ot_program *p = NULL;
    const pattern q = norm_relu_conv(ot_input(t, "x", OT_SHAPE(N, SIDE, SIDE, C)));
    ck_ok(ot_compile(t, q.root, &(ot_compile_opts){ .tier = OT_TIER_PORTABLE }, &p));
    for (int i = 0; i < q.n; i++)
        ck_assert_int_eq(p->place[q.var[i].id].y, -1);
    ck_assert_int_eq(p->n_forward, 2);
    ck_assert_int_eq(p->n_steps, 4);
    ot_program_free(p);
}
END_TEST

START_TEST(batch_norm_between_convs_touches_no_tensor)
{
    ot_program *p = NULL;
    if (!best_kernels_are_here()) OT_SKIP("this CPU has no special kernels");
    const pattern q = conv_norm_relu_conv(ot_input(t, "x", OT_SHAPE(N, SIDE, SIDE, C)));
    ck_ok(ot_compile(t, q.root, &(ot_compile_opts){ .tier = OT_TIER_BEST }, &p));
    const int norm = q.var[0].id, h = ot__node_of(t, q.var[0])->record.in[0].id;
    if (ot__node_of(t, (ot_var){ h })->record.op->best &&
        p->access[h].leaves_sums) { /* this CPU has such kernels */
        ck_assert(p->access[norm].leaves_gradient_sums);
        ck_assert_int_eq(p->access[h].gradient_norm, norm);
        ck_assert_int_eq(p->place[h].gy, -1);
    }
    ot_program_free(p);
}
END_TEST

TCase *access_case(void)
{
    TCase *c = tcase_create("access");
    tcase_add_checked_fixture(c, new_tape, free_tape);
    tcase_add_loop_test(c, views_give_the_values_and_gradients_of_stored_tensors, 0, PATTERNS);
    tcase_add_loop_test(c, views_give_them_in_evaluation_mode_too, 0, PATTERNS);
    tcase_add_loop_test(c, views_give_them_with_the_best_kernels_too, 0, PATTERNS);
    tcase_add_test(c, batch_norm_between_convs_touches_no_tensor);
    tcase_add_test(c, a_view_is_not_in_the_arena_and_its_relu_has_no_steps);
    return c;
}
