/* SPDX-License-Identifier: BSD-3-Clause
 * Tests that predictions agree with the accuracy of an evaluation. */
#include <math.h>
#include <string.h>

#include "data/dataset.h"
#include "train/cases.h"
#include "train/small.h"

static const ot_net_opts kinds[] = {
    { .blocks = "rk4 x1" },
    { .blocks = "euler x2", .step = OT_STEP_CHANNEL },
    { .blocks = "bogacki_shampine32 x1",
      .weights = OT_WEIGHTS_SHARED,
      .step = OT_STEP_CONTROLLED,
      .control.tolerance = 0.1 },
};

static void build(const ot_net_opts *kind, ot_net **net, ot_params **params)
{
    ot_net_opts o = *kind;
    o.width = 4;
    o.stem_stride = 2;
    o.batch = SMALL_BATCH;
    ck_ok(ot_net_new(&o, net));
    ck_ok(ot_params_new(ot_net_tape(*net), params));
    ot_params_init(*params, 5);
}

static int largest(const float logit[10])
{
    int best = 0;
    for (int k = 1; k < 10; k++)
        if (logit[k] > logit[best]) best = k;
    return best;
}

/* 60 images in batches of 32: the last one is smaller. */
START_TEST(the_classes_of_a_prediction_give_the_accuracy_of_an_evaluation)
{
    small s = small_new();
    ot_net *net = NULL;
    ot_params *params = NULL;
    int32_t classes[SMALL_TEST];
    float logits[SMALL_TEST][10];
    ot_eval_result r;
    int correct = 0;
    build(&kinds[_i], &net, &params);
    ck_ok(ot_predict(net, params, s.test, SMALL_BATCH, OT_TIER_DEFAULT, classes, &logits[0][0]));
    ck_ok(ot_evaluate(net, params, s.test, SMALL_BATCH, OT_TIER_DEFAULT, &r));
    double loss = 0;
    for (int i = 0; i < SMALL_TEST; i++) {
        double sum = 0;
        ck_assert_int_eq(classes[i], largest(logits[i]));
        for (int k = 0; k < 10; k++)
            sum += exp((double)logits[i][k]);
        loss += log(sum) - (double)logits[i][s.test->label[i]];
        correct += classes[i] == s.test->label[i];
    }
    ck_assert_double_eq_tol(r.accuracy, (double)correct / SMALL_TEST, 1e-12);
    ck_assert_double_eq_tol(r.loss, loss / SMALL_TEST, 1e-5);
    ot_params_free(params);
    ot_net_free(net);
    small_free(&s);
}
END_TEST

START_TEST(a_prediction_uses_the_normalisation_of_the_weights)
{
    small s = small_new();
    float one[SMALL_TEST][10], other[SMALL_TEST][10];
    const ot_normalisation n = { .channels = 3,
                                 .mean = { 0.1f, 0.2f, 0.3f },
                                 .deviation = { 0.5f, 0.5f, 0.5f } };
    ck_ok(ot_params_set_normalisation(s.params, &n));
    ck_ok(ot_predict(s.net, s.params, s.test, 8, OT_TIER_DEFAULT, NULL, &one[0][0]));
    s.test->normalisation.mean[0] = 0.9f; /* must not be used */
    ck_ok(ot_predict(s.net, s.params, s.test, 8, OT_TIER_DEFAULT, NULL, &other[0][0]));
    ck_assert_mem_eq(one, other, sizeof one);
    ck_ok(ot_params_set_normalisation(s.params, NULL));
    ck_ok(ot_predict(s.net, s.params, s.test, 8, OT_TIER_DEFAULT, NULL, &other[0][0]));
    ck_assert_mem_ne(one, other, sizeof one);
    small_free(&s);
}
END_TEST

START_TEST(a_logit_that_is_not_finite_is_named)
{
    small s = small_new();
    float *const w = ot_params_edit(s.params, ot_params_find(s.params, "head.fc.bias"), OT_F32);
    ck_assert_ptr_nonnull(w);
    w[3] = NAN;
    int32_t classes[SMALL_TEST];
    ck_status(ot_predict(s.net, s.params, s.test, 8, OT_TIER_DEFAULT, classes, NULL), OT_ENUMERIC);
    small_free(&s);
}
END_TEST

/* Images of one brightness per class, from memory. */
static const struct {
    int height, width, channels, classes;
} sizes[] = { { 8, 8, 1, 3 }, { 12, 12, 4, 300 }, { 20, 20, 3, 2 }, { 8, 6, 3, 10 } };

static ot_dataset *shades(int size)
{
    enum { COUNT = 48 };
    static uint8_t bytes[COUNT * 20 * 20 * 3];
    static int32_t label[COUNT];
    const int n = sizes[size].height * sizes[size].width * sizes[size].channels;
    ot_dataset *d = NULL;
    for (int i = 0; i < COUNT; i++) {
        label[i] = i % 2 * (sizes[size].classes - 1);
        for (int k = 0; k < n; k++)
            bytes[i * n + k] = (uint8_t)(label[i] ? 200 - k % 7 : 20 + (i + k) % 9);
    }
    ck_ok(ot_dataset_new(&(ot_dataset_desc){ .count = COUNT,
                                             .height = sizes[size].height,
                                             .width = sizes[size].width,
                                             .channels = sizes[size].channels,
                                             .classes = sizes[size].classes,
                                             .images = bytes,
                                             .labels = label },
                         &d));
    return d;
}

START_TEST(a_network_learns_images_of_any_square_size_from_memory)
{
    static const ot_tier tiers[] = { OT_TIER_DEFAULT, OT_TIER_REFERENCE };
    const int size = _i / 2;
    ot_dataset *d = shades(size);
    ot_net *net = NULL;
    ot_params *params = NULL;
    ot_eval_result after;
    ck_ok(ot_net_new(&(ot_net_opts){ .blocks = "euler x1",
                                     .width = 4,
                                     .stem_stride = 2,
                                     .image = sizes[size].height,
                                     .channels = sizes[size].channels,
                                     .classes = sizes[size].classes,
                                     .batch = 20 },
                     &net));
    ck_ok(ot_params_new(ot_net_tape(net), &params));
    ot_params_init(params, 5);
    const ot_train_opts opts = { .net = net,
                                 .params = params,
                                 .train = d,
                                 .test = d,
                                 .epochs = 6,
                                 .batch = 20,
                                 .lr = 0.1,
                                 .momentum = 0.9,
                                 .crop_pad = 1,
                                 .flip = true,
                                 .cutout = 2,
                                 .tier = tiers[_i % 2] };
    const bool square = sizes[size].height == sizes[size].width;
    ck_status(ot_train(&opts, NULL), square ? OT_OK : OT_ESHAPE);
    if (square) {
        ck_ok(ot_evaluate(net, params, d, 0, tiers[_i % 2], &after));
        ck_assert_double_ge(after.accuracy, 0.9);
        ck_assert_mem_eq(ot_params_normalisation(params).mean, d->normalisation.mean,
                         sizeof d->normalisation.mean);
    } else {
        ck_assert_ptr_nonnull(strstr(ot_message(), "8x8x3; the data set's are 8x6x3"));
    }
    ot_params_free(params);
    ot_net_free(net);
    ot_dataset_free(d);
}
END_TEST

TCase *predict_case(void)
{
    TCase *c = tcase_create("predict");
    tcase_add_loop_test(c, the_classes_of_a_prediction_give_the_accuracy_of_an_evaluation, 0,
                        sizeof kinds / sizeof kinds[0]);
    tcase_add_test(c, a_prediction_uses_the_normalisation_of_the_weights);
    tcase_add_loop_test(c, a_network_learns_images_of_any_square_size_from_memory, 0,
                        2 * sizeof sizes / sizeof sizes[0]);
    tcase_add_test(c, a_logit_that_is_not_finite_is_named);
    return c;
}
