/* SPDX-License-Identifier: BSD-3-Clause
 * Compares reference and portable kernels with numbers that PyTorch computed (golden.h, written by
 * golden.py). */
#include <math.h>

#include "ops/cases.h"
#include "ops/golden.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* Each test runs once per tier. */
static const struct {
    ot_dtype dtype;
    double tolerance; /* relative to the largest number of a tensor */
} tiers[] = { { OT_F64, 1e-13 }, { OT_F32, 1e-6 } };

static void put(ot_dtype dtype, void *to, const double *from, size_t n)
{
    ck_assert_ptr_nonnull(to);
    for (size_t i = 0; i < n; i++) {
        if (dtype == OT_F64)
            ((double *)to)[i] = from[i];
        else
            ((float *)to)[i] = (float)from[i];
    }
}

static void expect(int tier, const char *what, const void *got, const double *want, size_t n)
{
    double most = 0;
    for (size_t i = 0; i < n; i++)
        most = fmax(most, fabs(want[i]));
    for (size_t i = 0; i < n; i++) {
        const double x = tiers[tier].dtype == OT_F64 ? ((const double *)got)[i]
                                                     : (double)((const float *)got)[i];
        ck_assert_msg(fabs(x - want[i]) <= tiers[tier].tolerance * most,
                      "%s[%zu] is %.15g, PyTorch has %.15g", what, i, x, want[i]);
    }
}

static ot_program *compile(const ot_tape *t, ot_var y, int tier, bool evaluate, ot_params *params)
{
    ot_program *p = NULL;
    const ot_compile_opts opts = { .dtype = tiers[tier].dtype,
                                   .evaluate = evaluate,
                                   .input_gradients = true,
                                   .tier = OT_TIER_PORTABLE,
                                   .params = params };
    ck_ok(ot_compile(t, y, &opts, &p));
    return p;
}

static void put_input(ot_program *p, int tier, ot_var v, const double *from, size_t n)
{
    put(tiers[tier].dtype, ot_program_input(p, v), from, n);
}

static void put_param(ot_params *ps, int tier, const char *name, const double *from, size_t n)
{
    put(tiers[tier].dtype, ot_params_edit(ps, ot_params_find(ps, name), tiers[tier].dtype), from,
        n);
}

static void expect_param(ot_params *ps, int tier, const char *name, const double *want, size_t n)
{
    expect(tier, name, ot_params_value(ps, ot_params_find(ps, name), tiers[tier].dtype), want, n);
}

static void expect_grad(ot_program *p, int tier, const char *name, const double *want, size_t n)
{
    ot_params *ps = ot_program_params(p);
    expect(tier, name, ot_params_grad(ps, ot_params_find(ps, name), tiers[tier].dtype), want, n);
}

static void backward(ot_program *p, int tier, const double *gy, size_t n)
{
    double seed[64];
    ck_assert_uint_le(n, COUNT(seed));
    put(tiers[tier].dtype, seed, gy, n);
    ck_ok(ot_backward(p, seed, false));
}

START_TEST(conv2d_and_its_gradients_are_pytorchs)
{
    ot_tape *t = ot_tape_new();
    const ot_var x = ot_input(t, "x", OT_SHAPE(2, 5, 4, 2));
    const ot_var w = ot_param(t, "w", OT_SHAPE(3, 2, 3, 2), OT_ZEROS);
    const ot_var y = ot_conv2d(t, x, w, 2, 1);
    ot_program *p = compile(t, y, _i, false, NULL);
    put_input(p, _i, x, conv2d_x, COUNT(conv2d_x));
    put_param(ot_program_params(p), _i, "w", conv2d_w, COUNT(conv2d_w));
    ck_ok(ot_forward(p, 2));
    backward(p, _i, conv2d_gy, COUNT(conv2d_gy));
    expect(_i, "y", ot_program_value(p, y), conv2d_y, COUNT(conv2d_y));
    expect(_i, "gx", ot_program_grad(p, x), conv2d_gx, COUNT(conv2d_gx));
    expect_grad(p, _i, "w", conv2d_gw, COUNT(conv2d_gw));
    ot_program_free(p);
    ot_tape_free(t);
}
END_TEST

/* The tape of the batch norm tests, with its parameters. */
typedef struct norm {
    ot_tape *t;
    ot_var x, y;
    ot_params *params;
} norm;

static norm norm_new(int tier)
{
    norm n = { .t = ot_tape_new() };
    n.x = ot_input(n.t, "x", OT_SHAPE(3, 2, 2, 2));
    const ot_var gamma = ot_param(n.t, "gamma", OT_SHAPE(2), OT_ONES);
    const ot_var beta = ot_param(n.t, "beta", OT_SHAPE(2), OT_ZEROS);
    const ot_var mean = ot_stat(n.t, "mean", OT_SHAPE(2), OT_ZEROS);
    const ot_var var = ot_stat(n.t, "var", OT_SHAPE(2), OT_ONES);
    n.y = ot_batch_norm(n.t, n.x, gamma, beta, mean, var, 0.1, 1e-5);
    ck_ok(ot_params_new(n.t, &n.params));
    put_param(n.params, tier, "gamma", bn_gamma, 2);
    put_param(n.params, tier, "beta", bn_beta, 2);
    put_param(n.params, tier, "mean", bn_mean, 2);
    put_param(n.params, tier, "var", bn_var, 2);
    return n;
}

START_TEST(batch_norm_trains_as_pytorch_with_its_running_statistics)
{
    norm n = norm_new(_i);
    ot_program *p = compile(n.t, n.y, _i, false, n.params);
    put_input(p, _i, n.x, bn_x, COUNT(bn_x));
    ck_ok(ot_forward(p, 3));
    backward(p, _i, bn_gy, COUNT(bn_gy));
    expect(_i, "y", ot_program_value(p, n.y), bn_train_y, COUNT(bn_train_y));
    expect(_i, "gx", ot_program_grad(p, n.x), bn_train_gx, COUNT(bn_train_gx));
    expect_grad(p, _i, "gamma", bn_train_ggamma, 2);
    expect_grad(p, _i, "beta", bn_train_gbeta, 2);
    put_input(p, _i, n.x, bn_x2, COUNT(bn_x2));
    ck_ok(ot_forward(p, 3));
    expect_param(n.params, _i, "mean", bn_second_mean, 2);
    expect_param(n.params, _i, "var", bn_second_var, 2);
    ot_program_free(p);
    ot_params_free(n.params);
    ot_tape_free(n.t);
}
END_TEST

START_TEST(batch_norm_evaluates_as_pytorch_and_leaves_its_statistics)
{
    norm n = norm_new(_i);
    put_param(n.params, _i, "mean", bn_second_mean, 2);
    put_param(n.params, _i, "var", bn_second_var, 2);
    ot_program *p = compile(n.t, n.y, _i, true, n.params);
    put_input(p, _i, n.x, bn_x, COUNT(bn_x));
    ck_ok(ot_forward(p, 3));
    backward(p, _i, bn_gy, COUNT(bn_gy));
    expect(_i, "y", ot_program_value(p, n.y), bn_eval_y, COUNT(bn_eval_y));
    expect(_i, "gx", ot_program_grad(p, n.x), bn_eval_gx, COUNT(bn_eval_gx));
    expect_grad(p, _i, "gamma", bn_eval_ggamma, 2);
    expect_grad(p, _i, "beta", bn_eval_gbeta, 2);
    expect_param(n.params, _i, "mean", bn_second_mean, 2);
    expect_param(n.params, _i, "var", bn_second_var, 2);
    ot_program_free(p);
    ot_params_free(n.params);
    ot_tape_free(n.t);
}
END_TEST

START_TEST(linear_and_its_gradients_are_pytorchs)
{
    ot_tape *t = ot_tape_new();
    const ot_var x = ot_input(t, "x", OT_SHAPE(3, 4));
    const ot_var w = ot_param(t, "w", OT_SHAPE(2, 4), OT_ZEROS);
    const ot_var y = ot_linear(t, x, w, ot_param(t, "b", OT_SHAPE(2), OT_ZEROS));
    ot_program *p = compile(t, y, _i, false, NULL);
    put_input(p, _i, x, linear_x, COUNT(linear_x));
    put_param(ot_program_params(p), _i, "w", linear_w, COUNT(linear_w));
    put_param(ot_program_params(p), _i, "b", linear_b, COUNT(linear_b));
    ck_ok(ot_forward(p, 3));
    backward(p, _i, linear_gy, COUNT(linear_gy));
    expect(_i, "y", ot_program_value(p, y), linear_y, COUNT(linear_y));
    expect(_i, "gx", ot_program_grad(p, x), linear_gx, COUNT(linear_gx));
    expect_grad(p, _i, "w", linear_gw, COUNT(linear_gw));
    expect_grad(p, _i, "b", linear_gb, COUNT(linear_gb));
    ot_program_free(p);
    ot_tape_free(t);
}
END_TEST

START_TEST(softmax_xent_and_its_gradient_are_pytorchs)
{
    static const int32_t classes[] = { 4, 0, 2, 2 };
    ot_tape *t = ot_tape_new();
    const ot_var x = ot_input(t, "x", OT_SHAPE(4, 5)), labels = ot_labels(t, "labels", 4);
    const ot_var y = ot_softmax_xent(t, x, labels);
    ot_program *p = compile(t, y, _i, false, NULL);
    put_input(p, _i, x, xent_x, COUNT(xent_x));
    for (int i = 0; i < 4; i++)
        ((int32_t *)ot_program_input(p, labels))[i] = classes[i];
    ck_ok(ot_forward(p, 4));
    ck_ok(ot_backward(p, NULL, false));
    expect(_i, "y", ot_program_value(p, y), xent_y, COUNT(xent_y));
    expect(_i, "gx", ot_program_grad(p, x), xent_gx, COUNT(xent_gx));
    ot_program_free(p);
    ot_tape_free(t);
}
END_TEST

static const struct {
    double smoothing;
    const double *y, *gx, *gw; /* gw NULL: without second labels */
} targets[] = {
    { 0.1, xent_smooth_y, xent_smooth_gx, NULL },
    { 0, xent_mixed_y, xent_mixed_gx, xent_mixed_gw },
    { 0.3, xent_both_y, xent_both_gx, xent_both_gw },
};
enum { TARGETS = sizeof targets / sizeof targets[0] };

/* Records the loss with an input of weights. */
static ot_var record_target(ot_tape *t, int i, ot_var x, ot_var labels, ot_var *second, ot_var *w)
{
    *second = ot_labels(t, "second", 4);
    *w = ot_input(t, "w", OT_SHAPE(4));
    ot_xent_opts opts = { .smoothing = targets[i].smoothing };
    if (targets[i].gw) {
        opts.second_labels = *second;
        opts.weight = *w;
    }
    return ot_softmax_xent_with(t, x, labels, &opts);
}

START_TEST(smoothed_and_mixed_labels_are_pytorchs)
{
    static const int32_t first[] = { 4, 0, 2, 2 }, other[] = { 1, 0, 3, 4 };
    static const double weights[] = { 0.9, 0.25, 0.5, 1 };
    const int target = _i % TARGETS, dtype = _i / TARGETS;
    ot_tape *t = ot_tape_new();
    ot_var second, w;
    const ot_var x = ot_input(t, "x", OT_SHAPE(4, 5)), labels = ot_labels(t, "labels", 4);
    const ot_var y = record_target(t, target, x, labels, &second, &w);
    ot_program *p = compile(t, y, dtype, false, NULL);
    put_input(p, dtype, x, xent_x, COUNT(xent_x));
    if (targets[target].gw) put_input(p, dtype, w, weights, COUNT(weights));
    for (int i = 0; i < 4; i++) {
        ((int32_t *)ot_program_input(p, labels))[i] = first[i];
        if (targets[target].gw) ((int32_t *)ot_program_input(p, second))[i] = other[i];
    }
    ck_ok(ot_forward(p, 4));
    ck_ok(ot_backward(p, NULL, false));
    expect(dtype, "y", ot_program_value(p, y), targets[target].y, 1);
    expect(dtype, "gx", ot_program_grad(p, x), targets[target].gx, COUNT(xent_x));
    if (targets[target].gw)
        expect(dtype, "gw", ot_program_grad(p, w), targets[target].gw, COUNT(weights));
    ot_program_free(p);
    ot_tape_free(t);
}
END_TEST

/* ---- ops of one operand ---- */

static ot_var avg_pool_of_2(ot_tape *t, ot_var x)
{
    return ot_avg_pool(t, x, 2, 2);
}

static ot_var avg_pool_of_1(ot_tape *t, ot_var x)
{
    return ot_avg_pool(t, x, 1, 2);
}

static ot_var avg_pool_of_3(ot_tape *t, ot_var x)
{
    return ot_avg_pool(t, x, 3, 1);
}

static ot_var max_pool_floor(ot_tape *t, ot_var x)
{
    return ot_max_pool(t, x, 3, 2, 0, false);
}

static ot_var max_pool_ceil(ot_tape *t, ot_var x)
{
    return ot_max_pool(t, x, 3, 2, 0, true);
}

static ot_var max_pool_pad(ot_tape *t, ot_var x)
{
    return ot_max_pool(t, x, 3, 2, 1, false);
}

static ot_var channels_slice(ot_tape *t, ot_var x)
{
    return ot_channels(t, x, 1, 2);
}

static ot_var channels_pad(ot_tape *t, ot_var x)
{
    return ot_channels(t, x, -1, 5);
}

static ot_var channels_both(ot_tape *t, ot_var x)
{
    return ot_channels(t, x, 2, 4);
}

/* The operand, its shape, the output gradient, the result and the gradient of the operand. */
#define GOLDEN(record, operand, ...)                                                               \
    {                                                                                              \
        record, operand##_x, record##_gy, record##_y, record##_gx, COUNT(operand##_x),             \
            COUNT(record##_y),                                                                     \
        {                                                                                          \
            4,                                                                                     \
            {                                                                                      \
                __VA_ARGS__                                                                        \
            }                                                                                      \
        }                                                                                          \
    }

static const struct {
    ot_var (*record)(ot_tape *t, ot_var x);
    const double *x, *gy, *y, *gx;
    size_t n_x, n_y;
    ot_shape shape;
} golden[] = {
    GOLDEN(avg_pool_of_2, avg_pool, 2, 5, 4, 2),  GOLDEN(avg_pool_of_1, avg_pool, 2, 5, 4, 2),
    GOLDEN(avg_pool_of_3, avg_pool, 2, 5, 4, 2),  GOLDEN(max_pool_floor, max_pool, 2, 6, 4, 2),
    GOLDEN(max_pool_ceil, max_pool, 2, 6, 4, 2),  GOLDEN(max_pool_pad, max_pool, 2, 6, 4, 2),
    GOLDEN(channels_slice, channels, 2, 2, 2, 3), GOLDEN(channels_pad, channels, 2, 2, 2, 3),
    GOLDEN(channels_both, channels, 2, 2, 2, 3),
};

START_TEST(pools_and_channels_are_pytorchs)
{
    const int tier = _i % (int)COUNT(tiers), i = _i / (int)COUNT(tiers);
    ot_tape *t = ot_tape_new();
    const ot_var x = ot_input(t, "x", golden[i].shape), y = golden[i].record(t, x);
    ot_program *p = compile(t, y, tier, false, NULL);
    put_input(p, tier, x, golden[i].x, golden[i].n_x);
    ck_ok(ot_forward(p, golden[i].shape.dim[0]));
    backward(p, tier, golden[i].gy, golden[i].n_y);
    expect(tier, "y", ot_program_value(p, y), golden[i].y, golden[i].n_y);
    expect(tier, "gx", ot_program_grad(p, x), golden[i].gx, golden[i].n_x);
    ot_program_free(p);
    ot_tape_free(t);
}
END_TEST

START_TEST(concat_and_its_gradients_are_pytorchs)
{
    ot_tape *t = ot_tape_new();
    const ot_var x = ot_input(t, "x", OT_SHAPE(2, 2, 2, 3));
    const ot_var z = ot_input(t, "z", OT_SHAPE(2, 2, 2, 1));
    const ot_var y = ot_concat(t, 3, (const ot_var[]){ x, z, x });
    ot_program *p = compile(t, y, _i, false, NULL);
    put_input(p, _i, x, concat_x, COUNT(concat_x));
    put_input(p, _i, z, concat_z, COUNT(concat_z));
    ck_ok(ot_forward(p, 2));
    backward(p, _i, concat_gy, COUNT(concat_gy));
    expect(_i, "y", ot_program_value(p, y), concat_y, COUNT(concat_y));
    expect(_i, "gx", ot_program_grad(p, x), concat_gx, COUNT(concat_gx));
    expect(_i, "gz", ot_program_grad(p, z), concat_gz, COUNT(concat_gz));
    ot_program_free(p);
    ot_tape_free(t);
}
END_TEST

TCase *golden_case(void)
{
    TCase *c = tcase_create("golden");
    const int n = COUNT(tiers);
    tcase_add_loop_test(c, conv2d_and_its_gradients_are_pytorchs, 0, n);
    tcase_add_loop_test(c, batch_norm_trains_as_pytorch_with_its_running_statistics, 0, n);
    tcase_add_loop_test(c, batch_norm_evaluates_as_pytorch_and_leaves_its_statistics, 0, n);
    tcase_add_loop_test(c, linear_and_its_gradients_are_pytorchs, 0, n);
    tcase_add_loop_test(c, softmax_xent_and_its_gradient_are_pytorchs, 0, n);
    tcase_add_loop_test(c, smoothed_and_mixed_labels_are_pytorchs, 0, n * TARGETS);
    tcase_add_loop_test(c, pools_and_channels_are_pytorchs, 0, n * (int)COUNT(golden));
    tcase_add_loop_test(c, concat_and_its_gradients_are_pytorchs, 0, n);
    return c;
}
