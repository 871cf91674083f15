/* SPDX-License-Identifier: BSD-3-Clause
 * What defines the schemes with layers of their own.  In most tests level 0 is one Euler block,
 * whose result x level 1 reads without a change of shape, and y is what level 1 leaves. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "models/cases.h"
#include "models/net.h"

enum { N = 3, SIZE = 5, PIXELS = N * SIZE * SIZE, WIDTH = 4 };
enum { GROWTH = 3 };

typedef struct subject {
    ot_net *net;
    ot_params *params;
    ot_program *program;
    ot_var x, y;
    int channels; /* of y */
} subject;

/* A network whose level 1 has these blocks, with initial values for one seed. */
static subject begin(const char *blocks)
{
    char text[128];
    subject s = { .net = NULL };
    snprintf(text, sizeof text, "euler + %s", blocks);
    ck_ok(ot_net_new(
        &(ot_net_opts){ .blocks = text, .levels = "4,*", .image = SIZE, .batch = N, .classes = 3 },
        &s.net));
    ck_ok(ot_params_new(ot_net_tape(s.net), &s.params));
    ot_params_init(s.params, 2);
    s.x = s.net->level_result[0];
    s.y = s.net->level_result[1];
    s.channels = ot_var_shape(ot_net_tape(s.net), s.y).dim[3];
    return s;
}

static void end(subject *s)
{
    ot_program_free(s->program);
    ot_params_free(s->params);
    ot_net_free(s->net);
}

static void forward(subject *s, bool evaluate)
{
    const ot_compile_opts how = {
        .dtype = OT_F64, .evaluate = evaluate, .params = s->params, .n_keep = 1, .keep = &s->x
    };
    ot_program_free(s->program);
    ck_ok(ot_compile(ot_net_tape(s->net), s->y, &how, &s->program));
    double *const images = ot_program_input(s->program, ot_net_images(s->net));
    for (int j = 0; j < PIXELS * 3; j++)
        images[j] = sin(0.4 + 0.7 * j);
    ck_ok(ot_forward(s->program, N));
}

static const double *x_of(const subject *s)
{
    return ot_program_value(s->program, s->x);
}

static const double *y_of(const subject *s)
{
    return ot_program_value(s->program, s->y);
}

static double *weights(const subject *s, const char *name, size_t elements)
{
    const int i = ot_params_find(s->params, name);
    ck_assert_msg(i >= 0, "%s is missing", name);
    ck_assert_uint_eq(ot_params_elements(s->params, i), elements);
    return ot_params_edit(s->params, i, OT_F64);
}

static void check_near(double found, double expected, const char *what, int at)
{
    ck_assert_msg(fabs(found - expected) <= 1e-12 * (1 + fabs(expected)),
                  "%s: element %d is %.17g, not %.17g", what, at, found, expected);
}

/* ---- dense ---- */

START_TEST(a_dense_level_has_the_old_channels_first_and_adds_growth_per_block)
{
    subject one = begin("dense(growth=3) x1"), two = begin("dense(growth=3) x2");
    ck_assert_int_eq(one.channels, WIDTH + GROWTH);
    ck_assert_int_eq(two.channels, WIDTH + 2 * GROWTH);
    forward(&one, false);
    forward(&two, false);
    for (int p = 0; p < PIXELS; p++)
        for (int c = 0; c < one.channels; c++) {
            const double y = y_of(&one)[p * one.channels + c];
            if (c < WIDTH) ck_assert(y == x_of(&one)[p * WIDTH + c]);
            ck_assert(y == y_of(&two)[p * two.channels + c]);
        }
    end(&one);
    end(&two);
}
END_TEST

START_TEST(dense_blocks_with_weights_of_zero_leave_x_and_zeros)
{
    subject s = begin("dense(growth=3, bottleneck=2) x2");
    for (int b = 1; b <= 2; b++) {
        char name[64];
        snprintf(name, sizeof name, "blocks.%d.stages.0.conv2.weight", b);
        const size_t elements = GROWTH * 2 * GROWTH * 9;
        memset(weights(&s, name, elements), 0, elements * sizeof(double));
    }
    forward(&s, false);
    for (int p = 0; p < PIXELS; p++)
        for (int c = 0; c < s.channels; c++)
            ck_assert(y_of(&s)[p * s.channels + c] == (c < WIDTH ? x_of(&s)[p * WIDTH + c] : 0));
    end(&s);
}
END_TEST

/* dL/dx for L = sum of g y over channels from..to - 1 of y. */
static void gradient(subject *s, int from, int to, double g[PIXELS * WIDTH])
{
    double *const seed = calloc((size_t)(PIXELS * s->channels), sizeof *seed);
    ck_assert_ptr_nonnull(seed);
    for (int p = 0; p < PIXELS; p++)
        for (int c = from; c < to; c++)
            seed[p * s->channels + c] = cos(1.3 * (p * s->channels + c));
    forward(s, false);
    ck_ok(ot_backward(s->program, seed, false));
    memcpy(g, ot_program_grad(s->program, s->x), PIXELS * WIDTH * sizeof *g);
    free(seed);
}

/* The readers of x are y itself and every layer; each group of channels of y is one of them. */
START_TEST(the_gradient_of_x_in_a_dense_level_is_the_sum_over_all_readers)
{
    enum { LAYERS = 2, CHANNELS = WIDTH + LAYERS * GROWTH };
    static double all[PIXELS * WIDTH], part[LAYERS + 1][PIXELS * WIDTH];
    subject s = begin("dense(growth=3) x2");
    gradient(&s, 0, CHANNELS, all);
    for (int l = 0; l <= LAYERS; l++)
        gradient(&s, l ? WIDTH + (l - 1) * GROWTH : 0, WIDTH + l * GROWTH, part[l]);
    for (int j = 0; j < PIXELS * WIDTH; j++) {
        double sum = 0;
        for (int l = 0; l <= LAYERS; l++)
            sum += part[l][j];
        check_near(part[0][j], cos(1.3 * (j / WIDTH * CHANNELS + j % WIDTH)), "y itself", j);
        check_near(all[j], sum, "the sum", j);
    }
    end(&s);
}
END_TEST

/* ---- osa ---- */

/* Sets the last convolution of the module to [b_0 I, b_1 I, ..., b_n I]. */
static void blend(const subject *s, int n, const double b[])
{
    const int in = (n + 1) * WIDTH;
    double *const w = weights(s, "blocks.1.stages.0.conv.weight", (size_t)(WIDTH * in));
    for (int o = 0; o < WIDTH; o++)
        for (int c = 0; c < in; c++)
            w[o * in + c] = c % WIDTH == o ? b[c / WIDTH] : 0;
}

START_TEST(an_osa_module_that_takes_x_alone_is_relu_of_norm_of_x)
{
    subject s = begin("osa(n=2, inner=4, gate=off)");
    blend(&s, 2, (const double[]){ 1, 0, 0 });
    forward(&s, false);
    for (int c = 0; c < WIDTH; c++) {
        double mean = 0, variance = 0;
        for (int p = 0; p < PIXELS; p++)
            mean += x_of(&s)[p * WIDTH + c] / PIXELS;
        for (int p = 0; p < PIXELS; p++)
            variance += pow(x_of(&s)[p * WIDTH + c] - mean, 2) / PIXELS;
        for (int p = 0; p < PIXELS; p++) {
            const double n = (x_of(&s)[p * WIDTH + c] - mean) / sqrt(variance + 1e-5);
            check_near(y_of(&s)[p * WIDTH + c], fmax(n, 0), "relu(bn(x))", p);
        }
    }
    end(&s);
}
END_TEST

/* In evaluation mode the last norm divides by sqrt(1 + eps), and the ReLU changes no sum of
 * numbers that are not negative. */
START_TEST(an_osa_module_can_blend_its_stages_as_a_runge_kutta_step_does)
{
    static const double b[3][3] = { { 0, 1, 0 }, { 0, 0, 1 }, { 0, 0.25, 0.75 } };
    static double y[3][PIXELS * WIDTH];
    subject s = begin("osa(n=2, inner=4, gate=off)");
    for (int k = 0; k < 3; k++) {
        blend(&s, 2, b[k]);
        forward(&s, true);
        memcpy(y[k], y_of(&s), sizeof y[k]);
    }
    for (int j = 0; j < PIXELS * WIDTH; j++)
        check_near(y[2][j], b[2][1] * y[0][j] + b[2][2] * y[1][j], "the blend", j);
    end(&s);
}
END_TEST

/* Only blocks after the first of a level have a shortcut. */
START_TEST(an_osa_level_adds_x_from_its_second_block_on)
{
    subject one = begin("osa(n=1, inner=4, gate=off) x1");
    subject two = begin("osa(n=1, inner=4, gate=off) x2");
    const size_t n = WIDTH;
    memset(weights(&two, "blocks.2.stages.0.bn.weight", n), 0, n * sizeof(double));
    forward(&one, false);
    forward(&two, false);
    for (int j = 0; j < PIXELS * WIDTH; j++)
        ck_assert(y_of(&one)[j] == y_of(&two)[j]);
    end(&one);
    end(&two);
}
END_TEST

START_TEST(the_gate_of_an_osa_module_is_a_hard_sigmoid_of_its_means)
{
    static const double bias[WIDTH] = { -3.5, -1.5, 0, 4 }, gate[WIDTH] = { 0, 0.25, 0.5, 1 };
    subject open = begin("osa(n=1, inner=4, gate=off)"), s = begin("osa(n=1, inner=4)");
    memset(weights(&s, "blocks.1.stages.0.fc.weight", WIDTH * WIDTH), 0,
           WIDTH * WIDTH * sizeof(double));
    memcpy(weights(&s, "blocks.1.stages.0.fc.bias", WIDTH), bias, sizeof bias);
    forward(&open, false);
    forward(&s, false);
    for (int j = 0; j < PIXELS * WIDTH; j++)
        check_near(y_of(&s)[j], gate[j % WIDTH] * y_of(&open)[j], "g o", j);
    end(&open);
    end(&s);
}
END_TEST

/* ---- rknet ---- */

/* Gives evaluation i of block 1 of `to` the weights of block 1 + i of `from`. */
static void copy_layers(const subject *from, const subject *to, int stages)
{
    int copied = 0;
    for (int k = 0; k < ot_params_count(from->params); k++) {
        int block = 0, rest = 0;
        char name[128];
        const char *const old = ot_params_name(from->params, k);
        if (sscanf(old, "blocks.%d.stages.0.%n", &block, &rest) != 1 || block < 1) continue;
        snprintf(name, sizeof name, "blocks.1.stages.%d.%s", block - 1, old + rest);
        const size_t n = ot_params_elements(from->params, k);
        memcpy(weights(to, name, n), ot_params_value(from->params, k, OT_F64), n * sizeof(double));
        copied++;
    }
    ck_assert_int_eq(copied, 10 * stages);
}

START_TEST(an_explicit_rknet_step_is_the_sum_of_a_dense_level)
{
    const int stages = _i;
    char rknet[64], dense[64];
    snprintf(rknet, sizeof rknet, "rknet(stages=%d)", stages);
    snprintf(dense, sizeof dense, "dense(growth=4, bottleneck=1) x%d", stages);
    subject sum = begin(rknet), parts = begin(dense);
    copy_layers(&parts, &sum, stages);
    forward(&sum, false);
    forward(&parts, false);
    for (int p = 0; p < PIXELS; p++)
        for (int c = 0; c < WIDTH; c++) {
            double y = 0;
            for (int i = 0; i <= stages; i++)
                y += y_of(&parts)[p * parts.channels + i * WIDTH + c];
            check_near(y_of(&sum)[p * WIDTH + c], y, "x + sum k", p);
        }
    end(&sum);
    end(&parts);
}
END_TEST

/* conv3(relu(bn(conv1(relu(bn(x)))))). */
static ot_var record_neck(ot_block *b, ot_var x)
{
    const int width = ot_block_channels(b);
    x = ot_relu(ot_block_tape(b), ot_block_norm(b, "bn1", x));
    x = ot_block_conv(b, "conv1", x, 1, width, 1);
    x = ot_relu(ot_block_tape(b), ot_block_norm(b, "bn2", x));
    return ot_block_conv(b, "conv2", x, 3, width, 1);
}

START_TEST(one_stage_of_rknet_is_an_euler_step_with_a_bottleneck)
{
    static const ot_subnet_kind neck = { .about.name = "neck", .convs = 2, .record = record_neck };
    static const char *const blocks[] = { "euler x3", "rknet(stages=1) x3" };
    static double logits[2][N * 3];
    ck_ok(ot_register_subnet(&neck));
    for (int k = 0; k < 2; k++) {
        subject s = { .net = NULL };
        ck_ok(ot_net_new(&(ot_net_opts){ .blocks = blocks[k],
                                         .subnet = k == 0 ? "neck" : NULL,
                                         .width = WIDTH,
                                         .image = SIZE,
                                         .batch = N,
                                         .classes = 3 },
                         &s.net));
        ck_assert_int_eq(ot_net_describe(s.net).convs, 6);
        ck_ok(ot_params_new(ot_net_tape(s.net), &s.params));
        s.x = s.y = ot_net_logits(s.net);
        forward(&s, false);
        memcpy(logits[k], y_of(&s), sizeof logits[k]);
        end(&s);
    }
    ck_assert_mem_eq(logits[0], logits[1], sizeof logits[0]);
}
END_TEST

START_TEST(all_updates_of_a_rknet_step_share_one_set_of_weights)
{
    subject none = begin("rknet(stages=3)"), one = begin("rknet(stages=3, updates=1)"),
            three = begin("rknet(stages=3, updates=3, update=all)");
    ck_assert_uint_eq(ot_net_describe(one.net).params, ot_net_describe(three.net).params);
    ck_assert_int_eq(ot_net_describe(one.net).evaluations, 1 + 3 * 2);
    ck_assert_int_eq(ot_net_describe(three.net).evaluations, 1 + 3 * 4);
    /* A stage of an update reads x and two others: 12 channels. */
    const size_t update = 2 * 12 + 12 * 4 + 2 * 4 + 9 * 4 * 4;
    ck_assert_uint_eq(ot_net_describe(one.net).params - ot_net_describe(none.net).params,
                      3 * update);
    end(&none);
    end(&one);
    end(&three);
}
END_TEST

/* With two stages k_1 is the same; if g_2 reads nothing of k_1, so is k_2. */
START_TEST(updates_in_place_differ_from_updates_at_once_by_what_is_new_already)
{
    static double y[4][PIXELS * WIDTH];
    for (int k = 0; k < 4; k++) {
        char blocks[64];
        snprintf(blocks, sizeof blocks, "rknet(stages=2, updates=1, update=%s)",
                 k % 2 ? "all" : "inplace");
        subject s = begin(blocks);
        double *const w = weights(&s, "blocks.1.sets.2.conv1.weight", WIDTH * 2 * WIDTH);
        for (int j = 0; j < WIDTH * 2 * WIDTH; j++)
            if (k >= 2 && j % (2 * WIDTH) >= WIDTH) w[j] = 0;
        forward(&s, false);
        memcpy(y[k], y_of(&s), sizeof y[k]);
        end(&s);
    }
    ck_assert_mem_ne(y[0], y[1], sizeof y[0]);
    ck_assert_mem_eq(y[2], y[3], sizeof y[2]);
}
END_TEST

/* ---- with other schemes ---- */

START_TEST(schemes_with_and_without_their_own_layers_can_share_a_network)
{
    static const ot_net_opts mixed[] = {
        { .blocks = "dense(growth=3) x3, euler", .levels = "4,*:2", .down = "dense" },
        { .blocks = "euler, dense(growth=3) x2", .levels = "4,6:2", .down = "A" },
        { .blocks = "rk4, rknet, osa",
          .levels = "4,6:2",
          .weights = OT_WEIGHTS_SHARED,
          .down = "rknet" },
        { .blocks = "osa x2 + lm x3 + dense(growth=1)",
          .levels = "4,4:2,6",
          .branch = "rezero",
          .down = "maxpool",
          .subnet = "postact",
          .head = "multiscale" },
    };
    ot_gradcheck_report r;
    ot_net_opts o = mixed[_i];
    ot_net *net = NULL;
    o.image = 4;
    o.batch = 3;
    o.classes = 3;
    ck_ok(ot_net_new(&o, &net));
    ck_ok(ot_gradcheck(ot_net_tape(net), ot_net_loss(net), NULL,
                       &(ot_gradcheck_opts){ .seed = 2, .all_below = 1, .directions = 1 }, &r));
    ck_assert_msg(r.passed, "%s: error %.2e in %s", o.blocks, r.worst_error, r.worst_tensor);
    ot_net_free(net);
}
END_TEST

/* A sub-net that says it has biases of its own takes those of other layers away, not those of a
 * scheme. */
START_TEST(convolutions_of_a_scheme_have_biases_without_a_norm_whatever_the_sub_net_is)
{
    static const ot_subnet_kind biased = {
        .about.name = "biased", .convs = 2, .biases = true, .record = record_neck
    };
    ot_net *net = NULL;
    ot_params *ps = NULL;
    ck_ok(ot_register_subnet(&biased));
    ck_ok(ot_net_new(&(ot_net_opts){ .blocks = "euler, dense(growth=3)",
                                     .subnet = "biased",
                                     .norm = "none",
                                     .width = WIDTH,
                                     .image = SIZE },
                     &net));
    ck_ok(ot_params_new(ot_net_tape(net), &ps));
    ck_assert_int_lt(ot_params_find(ps, "blocks.0.stages.0.conv1.bias"), 0);
    ck_assert_int_ge(ot_params_find(ps, "blocks.1.stages.0.conv1.bias"), 0);
    ot_params_free(ps);
    ot_net_free(net);
}
END_TEST

/* ---- threads ---- */

static const ot_net_opts threaded[] = {
    { .blocks = "dense(growth=8) x3", .levels = "16,*:2,*:2", .down = "dense" },
    { .blocks = "osa(n=3, inner=16, out=24) x2", .levels = "16,*:2", .down = "maxpool" },
    { .blocks = "rknet(stages=3, updates=2)",
      .levels = "16,16:2",
      .down = "rknet",
      .head = "multiscale" },
};

/* Float32 gradients, one tensor after the other; returns the number of bytes. */
static size_t run_float(const ot_net *net, float *gradients)
{
    enum { BATCH = 11 };
    size_t n = 0;
    ot_program *p = NULL;
    ck_ok(ot_compile(ot_net_tape(net), ot_net_loss(net), NULL, &p));
    ot_params *const ps = ot_program_params(p);
    float *const x = ot_program_input(p, ot_net_images(net));
    int32_t *const labels = ot_program_input(p, ot_net_labels(net));
    for (int j = 0; j < BATCH * 9 * 9 * 3; j++)
        x[j] = (float)sin(0.4 + 0.7 * j);
    for (int i = 0; i < BATCH; i++)
        labels[i] = i % 10;
    ck_ok(ot_forward(p, BATCH));
    ck_ok(ot_backward(p, NULL, false));
    for (int i = 0; i < ot_params_count(ps); i++) {
        if (!ot_params_trained(ps, i)) continue;
        memcpy(gradients + n, ot_params_grad(ps, i, OT_F32),
               ot_params_elements(ps, i) * sizeof(float));
        n += ot_params_elements(ps, i);
    }
    ot_program_free(p);
    return n * sizeof(float);
}

START_TEST(their_gradients_have_the_same_bits_at_any_number_of_threads)
{
    static const int threads[] = { 1, 2, 3, 8 };
    ot_net_opts o = threaded[_i];
    ot_net *net = NULL;
    o.image = 9;
    o.batch = 11;
    ck_ok(ot_net_new(&o, &net));
    const size_t params = ot_net_describe(net).params;
    float *const first = calloc(2 * params, sizeof *first), *const again = first + params;
    ck_assert_ptr_nonnull(first);
    for (size_t k = 0; k < sizeof threads / sizeof threads[0]; k++) {
        ck_ok(ot_set_threads(threads[k]));
        const size_t bytes = run_float(net, k == 0 ? first : again);
        ck_assert_uint_eq(bytes, params * sizeof(float));
        if (k > 0) ck_assert_mem_eq(first, again, bytes);
    }
    free(first);
    ot_net_free(net);
}
END_TEST

TCase *own_properties_case(void)
{
    TCase *c = tcase_create("own_properties");
    tcase_add_test(c, a_dense_level_has_the_old_channels_first_and_adds_growth_per_block);
    tcase_add_test(c, dense_blocks_with_weights_of_zero_leave_x_and_zeros);
    tcase_add_test(c, the_gradient_of_x_in_a_dense_level_is_the_sum_over_all_readers);
    tcase_add_test(c, an_osa_module_that_takes_x_alone_is_relu_of_norm_of_x);
    tcase_add_test(c, an_osa_module_can_blend_its_stages_as_a_runge_kutta_step_does);
    tcase_add_test(c, an_osa_level_adds_x_from_its_second_block_on);
    tcase_add_test(c, the_gate_of_an_osa_module_is_a_hard_sigmoid_of_its_means);
    tcase_add_loop_test(c, an_explicit_rknet_step_is_the_sum_of_a_dense_level, 1, 5);
    tcase_add_test(c, one_stage_of_rknet_is_an_euler_step_with_a_bottleneck);
    tcase_add_test(c, all_updates_of_a_rknet_step_share_one_set_of_weights);
    tcase_add_test(c, updates_in_place_differ_from_updates_at_once_by_what_is_new_already);
    tcase_add_loop_test(c, schemes_with_and_without_their_own_layers_can_share_a_network, 0, 4);
    tcase_add_test(c, convolutions_of_a_scheme_have_biases_without_a_norm_whatever_the_sub_net_is);
    tcase_add_loop_test(c, their_gradients_have_the_same_bits_at_any_number_of_threads, 0,
                        sizeof threaded / sizeof threaded[0]);
    return c;
}
