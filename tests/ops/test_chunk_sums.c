/* SPDX-License-Identifier: BSD-3-Clause
 * Float32 kernels add what they sum over the batch as a binary tree over chunks of images
 * (base/chunks.h).  In these batches a chunk is one image.  What each image contributes is chosen
 * so that the sum in any other order is another number. */
#include <math.h>
#include <string.h>

#include "autograd/op.h"
#include "base/chunks.h"
#include "ops/cases.h"

enum { IMAGES = OT__MOST_CHUNKS, SIZE = 4, MOST_THREADS = 4 };

/* Numbers of which sums in another order differ, in double or in float: the large ones swallow some
 * of those between them. */
static double number(int image, bool in_float)
{
    const double large = in_float ? 0x1p30 : 0x1p60;
    return image % 4 == 0 ? large : image % 4 == 2 ? -large : 1000 + image;
}

static double rounded(double x, bool in_float)
{
    return in_float ? (double)(float)x : x;
}

/* The sum by hand: pairs, then pairs of pairs. */
static double sum_by_hand(bool in_float)
{
    double sum[IMAGES];
    for (int i = 0; i < IMAGES; i++)
        sum[i] = number(i, in_float);
    for (int n = IMAGES / 2; n >= 1; n /= 2)
        for (int i = 0; i < n; i++)
            sum[i] = rounded(sum[2 * i] + sum[2 * i + 1], in_float);
    return sum[0];
}

static double sum_in_order(bool in_float)
{
    double sum = 0;
    for (int i = 0; i < IMAGES; i++)
        sum = rounded(sum + number(i, in_float), in_float);
    return sum;
}

/* ---- the ops ---- */

static ot_var param(ot_tape *t, const char *name, ot_shape shape)
{
    return ot_param(t, name, shape, OT_ONES);
}

static ot_var channels(ot_tape *t, ot_var x, const char *name)
{
    return param(t, name, OT_SHAPE(ot_var_shape(t, x).dim[ot_var_shape(t, x).rank - 1]));
}

static ot_var bias(ot_tape *t, ot_var x)
{
    return ot_bias(t, x, channels(t, x, "sum"));
}

static ot_var position(ot_tape *t, ot_var x)
{
    const ot_shape s = ot_var_shape(t, x);
    return ot_position(t, x, param(t, "sum", OT_SHAPE(s.dim[1], s.dim[2], s.dim[3])));
}

static ot_var scale(ot_tape *t, ot_var x)
{
    return ot_scale(t, x, channels(t, x, "sum"));
}

static ot_var linear_weights(ot_tape *t, ot_var x)
{
    return ot_linear(t, ot_global_avg_pool(t, x), param(t, "sum", OT_SHAPE(3, 5)), (ot_var){ 0 });
}

static ot_var linear_bias(ot_tape *t, ot_var x)
{
    return ot_linear(t, ot_global_avg_pool(t, x), param(t, "w", OT_SHAPE(3, 5)),
                     param(t, "sum", OT_SHAPE(3)));
}

static ot_var batch_norm(ot_tape *t, ot_var x)
{
    return ot_batch_norm(t, x, channels(t, x, "gamma"), channels(t, x, "sum"),
                         ot_stat(t, "mean", OT_SHAPE(5), OT_ZEROS),
                         ot_stat(t, "var", OT_SHAPE(5), OT_ONES), 0.1, 1e-5);
}

static ot_var group_norm(ot_tape *t, ot_var x)
{
    return ot_group_norm(t, x, channels(t, x, "gamma"), channels(t, x, "sum"), 1, 1e-5);
}

static ot_var layer_norm(ot_tape *t, ot_var x)
{
    return ot_layer_norm(t, x, channels(t, x, "gamma"), channels(t, x, "sum"), 1e-5);
}

static ot_var pixel_norm(ot_tape *t, ot_var x)
{
    return ot_pixel_norm(t, x, channels(t, x, "gamma"), channels(t, x, "sum"), 1e-5);
}

static ot_var conv(ot_tape *t, ot_var x)
{
    return ot_conv2d(t, x, param(t, "sum", OT_SHAPE(2, 5, 1, 1)), 1, 0);
}

/* Has special kernels on CPUs that have any, since the window has three channels. */
static ot_var conv_of_few(ot_tape *t, ot_var x)
{
    return ot_conv2d(t, ot_channels(t, x, 0, 3), param(t, "sum", OT_SHAPE(16, 3, 3, 3)), 1, 0);
}

static ot_var transposed(ot_tape *t, ot_var x)
{
    return ot_conv2d_transpose(t, x, param(t, "sum", OT_SHAPE(5, 2, 1, 1)), 1, 0, SIZE, SIZE);
}

static ot_var factor(ot_tape *t, ot_var x)
{
    return ot_lincomb(t, 1, &(ot_coef){ 1, param(t, "sum", OT_SCALAR) }, &x);
}

static ot_var filled(ot_tape *t, ot_var x)
{
    return ot_fill(t, x, (ot_coef){ 1, param(t, "sum", OT_SCALAR) });
}

static const struct {
    const char *name;
    ot_var (*record)(ot_tape *t, ot_var x); /* the gradient of "sum" is a sum over the batch */
    bool in_float;                          /* the sums of chunks are floats */
} ops[] = {
    { "bias", bias, false },
    { "position", position, false },
    { "scale", scale, false },
    { "linear, weights", linear_weights, true },
    { "linear, bias", linear_bias, true },
    { "batch_norm", batch_norm, false },
    { "group_norm", group_norm, false },
    { "layer_norm", layer_norm, false },
    { "pixel_norm", pixel_norm, false },
    { "conv2d", conv, true },
    { "conv2d of three channels", conv_of_few, true },
    { "conv2d_transpose", transposed, true },
    { "lincomb", factor, false },
    { "fill", filled, false },
};
enum { OPS = sizeof ops / sizeof ops[0] };

/* ---- the tests ---- */

/* An input of ones, and in backward a gradient whose only number in an image is that image's. */
static float gradient_of_sum(ot_program *p, const ot_tape *t, ot_var x, ot_var y, bool in_float)
{
    const size_t n = ot__elements(ot_var_shape(t, y)), image = n / IMAGES;
    float *const in = ot_program_input(p, x), seed[IMAGES * SIZE * SIZE * 16] = { 0 };
    for (size_t i = 0; i < ot__elements(ot_var_shape(t, x)); i++)
        in[i] = 1;
    ck_assert_uint_le(n, sizeof seed / sizeof seed[0]);
    for (int i = 0; i < IMAGES; i++)
        seed[(size_t)i * image] = (float)number(i, in_float);
    ck_ok(ot_forward(p, IMAGES));
    ck_ok(ot_backward(p, seed, false));
    ot_params *const ps = ot_program_params(p);
    for (int i = 0; i < ot_params_count(ps); i++)
        if (strcmp(ot_params_name(ps, i), "sum") == 0)
            return *(const float *)ot_params_grad(ps, i, OT_F32);
    ck_abort_msg("there is no sum");
    return 0;
}

static void check_op(int op, ot_tier tier, int threads)
{
    ot_tape *t = ot_tape_new();
    ot_program *p = NULL;
    const ot_var x = ot_input(t, "x", OT_SHAPE(IMAGES, SIZE, SIZE, 5)), y = ops[op].record(t, x);
    ck_ok(ot_set_threads(threads));
    ck_ok(ot_tape_status(t));
    ck_ok(ot_compile(t, y, &(ot_compile_opts){ .tier = tier }, &p));
    ot_params_init(ot_program_params(p), 1);
    const float is = gradient_of_sum(p, t, x, y, ops[op].in_float);
    const double by_hand = sum_by_hand(ops[op].in_float);
    ck_assert_msg(is == (float)by_hand, "%s, %s kernels, %d threads: %g, by hand %g", ops[op].name,
                  ot_tier_name(tier), threads, (double)is, by_hand);
    ot_program_free(p);
    ot_tape_free(t);
}

START_TEST(sums_over_the_batch_are_trees_of_the_sums_of_chunks)
{
    ck_assert_double_ne(sum_by_hand(ops[_i].in_float), sum_in_order(ops[_i].in_float));
    for (int threads = 1; threads <= MOST_THREADS; threads++) {
        check_op(_i, OT_TIER_PORTABLE, threads);
        check_op(_i, OT_TIER_BEST, threads);
    }
}
END_TEST

START_TEST(so_are_the_sums_that_are_results)
{
    for (int threads = 1; threads <= MOST_THREADS; threads++) {
        ot_tape *t = ot_tape_new();
        ot_program *p = NULL;
        const ot_var x = ot_input(t, "x", OT_SHAPE(IMAGES, 2)), y = ot_sum(t, x);
        ck_ok(ot_set_threads(threads));
        ck_ok(ot_compile(t, y, &(ot_compile_opts){ .tier = OT_TIER_PORTABLE }, &p));
        float *const in = ot_program_input(p, x);
        memset(in, 0, 2 * IMAGES * sizeof *in);
        for (int i = 0; i < IMAGES; i++)
            in[2 * i] = (float)number(i, false);
        ck_ok(ot_forward(p, IMAGES));
        ck_assert_float_eq(*(const float *)ot_program_value(p, y), (float)sum_by_hand(false));
        ot_program_free(p);
        ot_tape_free(t);
    }
}
END_TEST

/* ---- Winograd's algorithm, whose chunks leave sums in float ---- */

enum { CHANNELS = 16, WEIGHTS = CHANNELS * CHANNELS * 9 };

/* The gradient of the weights of a convolution of some images, the first of which is `first`. */
static void winograd_gradient(int first, int images, float to[WEIGHTS])
{
    ot_tape *t = ot_tape_new();
    ot_program *p = NULL;
    const ot_var x = ot_input(t, "x", OT_SHAPE(images, SIZE, SIZE, CHANNELS));
    const ot_var w = ot_param(t, "w", OT_SHAPE(CHANNELS, CHANNELS, 3, 3), OT_ONES);
    const ot_var y = ot_conv2d(t, x, w, 1, 1);
    ck_ok(ot_compile(t, y, &(ot_compile_opts){ .tier = OT_TIER_BEST }, &p));
    ot_params_init(ot_program_params(p), 1);
    const int image = SIZE * SIZE * CHANNELS;
    float *const in = ot_program_input(p, x), seed[IMAGES * SIZE * SIZE * CHANNELS];
    for (int i = 0; i < images * image; i++) {
        in[i] = sinf(0.7f * (float)(first * image + i));
        seed[i] = (float)number(first + i / image, false) * sinf(0.3f * (float)(first * image + i));
    }
    ck_ok(ot_forward(p, images));
    ck_ok(ot_backward(p, seed, false));
    memcpy(to, ot_params_grad(ot_program_params(p), 0, OT_F32), WEIGHTS * sizeof *to);
    ot_program_free(p);
    ot_tape_free(t);
}

START_TEST(winograds_gradients_are_trees_of_those_of_the_chunks)
{
    static float part[IMAGES][WEIGHTS], whole[WEIGHTS];
    if (strcmp(ot_machine().best_kernels, "none") == 0) OT_SKIP("this CPU has no special kernels");
    for (int i = 0; i < IMAGES; i++)
        winograd_gradient(i, 1, part[i]);
    for (int n = IMAGES / 2; n >= 1; n /= 2)
        for (int i = 0; i < n; i++)
            for (int k = 0; k < WEIGHTS; k++)
                part[i][k] = part[2 * i][k] + part[2 * i + 1][k];
    for (int threads = 1; threads <= MOST_THREADS; threads++) {
        ck_ok(ot_set_threads(threads));
        winograd_gradient(0, IMAGES, whole);
        ck_assert_int_eq(memcmp(whole, part[0], sizeof whole), 0);
    }
}
END_TEST

/* A tensor without images is one chunk. */
START_TEST(a_bias_of_a_single_row_has_its_gradient)
{
    ot_tape *t = ot_tape_new();
    ot_program *p = NULL;
    const ot_var a = ot_param(t, "a", OT_SHAPE(5), OT_ONES);
    const ot_var b = ot_param(t, "b", OT_SHAPE(5), OT_ONES);
    const ot_var y = _i ? ot_scale(t, a, b) : ot_bias(t, a, b);
    const float seed[] = { 1, 2, 3, 4, 5 };
    ck_ok(ot_compile(t, y, &(ot_compile_opts){ .tier = OT_TIER_PORTABLE }, &p));
    ot_params_init(ot_program_params(p), 1);
    ck_ok(ot_forward(p, 1));
    ck_ok(ot_backward(p, seed, false));
    for (int i = 0; i < 2; i++)
        ck_assert_int_eq(memcmp(ot_params_grad(ot_program_params(p), i, OT_F32), seed, sizeof seed),
                         0);
    ot_program_free(p);
    ot_tape_free(t);
}
END_TEST

TCase *chunk_sums_case(void)
{
    TCase *c = tcase_create("chunk_sums");
    tcase_add_loop_test(c, sums_over_the_batch_are_trees_of_the_sums_of_chunks, 0, OPS);
    tcase_add_test(c, so_are_the_sums_that_are_results);
    tcase_add_test(c, winograds_gradients_are_trees_of_those_of_the_chunks);
    tcase_add_loop_test(c, a_bias_of_a_single_row_has_its_gradient, 0, 2);
    return c;
}
