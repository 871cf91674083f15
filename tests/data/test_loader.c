/* SPDX-License-Identifier: BSD-3-Clause
 * Order, batches and numbers of the loader. */
#include <math.h>
#include <string.h>

#include "base/normalisation.h"
#include "data/cases.h"

enum { N = 203, BATCH = 16, IMAGE = 3072 };

/* Images that are black except for the first byte: that of image i is i. */
static ot_dataset *numbered_set(void)
{
    ot_dataset *d = empty_set(N);
    d->count = N;
    d->normalisation = ot__normalisation_cifar10;
    for (int i = 0; i < N; i++) {
        memset(&images_of(d)[i], 0, sizeof images_of(d)[i]);
        images_of(d)[i].at[0][0][0] = (uint8_t)i;
        d->label[i] = i * 7 % 10;
    }
    return d;
}

static ot_loader *loader_of(const ot_dataset *d, ot_loader_opts opts)
{
    ot_loader *l = NULL;
    ck_ok(ot_loader_new(d, &opts, &l));
    return l;
}

/* The numbers of the images in the order delivered. */
static void order_of(ot_loader *l, int epoch, int order[N])
{
    float x[BATCH * IMAGE];
    int32_t label[BATCH];
    int done = 0;
    ot_loader_epoch(l, epoch);
    for (int b = 0; b < ot_loader_batches(l); b++) {
        const int n = ot_loader_fill(l, b, x, label);
        ck_assert_int_eq(n, b < N / BATCH ? BATCH : N % BATCH);
        for (int i = 0; i < n; i++) {
            order[done] = (int)lrint((x[i * IMAGE] * 0.2470 + 0.4914) * 255);
            ck_assert_int_eq(label[i], order[done++] * 7 % 10);
        }
    }
    ck_assert_int_eq(done, N);
}

START_TEST(without_shuffling_images_come_as_stored_in_every_epoch)
{
    ot_dataset *d = numbered_set();
    ot_loader *l = loader_of(d, (ot_loader_opts){ .batch = BATCH, .seed = 3 });
    for (int epoch = 0; epoch < 2; epoch++) {
        int order[N];
        order_of(l, epoch, order);
        for (int i = 0; i < N; i++)
            ck_assert_int_eq(order[i], i);
    }
    ot_loader_free(l);
    ot_dataset_free(d);
}
END_TEST

START_TEST(a_shuffle_is_a_permutation_that_epoch_and_seed_change)
{
    ot_dataset *d = numbered_set();
    ot_loader *l = loader_of(d, (ot_loader_opts){ .batch = BATCH, .seed = 3, .shuffle = true });
    ot_loader *m = loader_of(d, (ot_loader_opts){ .batch = BATCH, .seed = 4, .shuffle = true });
    int order[4][N];
    order_of(l, 0, order[0]);
    order_of(l, 1, order[1]);
    order_of(m, 0, order[2]);
    order_of(l, 0, order[3]);
    ck_assert_mem_eq(order[0], order[3], sizeof order[0]);
    for (int a = 0; a < 3; a++) {
        int seen[N] = { 0 }, fixed = 0;
        for (int i = 0; i < N; i++) {
            seen[order[a][i]]++;
            fixed += order[a][i] == i;
            for (int b = 0; b < a; b++)
                fixed += order[a][i] == order[b][i];
        }
        for (int i = 0; i < N; i++)
            ck_assert_int_eq(seen[i], 1);
        ck_assert_int_lt(fixed, 12); /* one expected for each comparison */
    }
    ot_loader_free(l);
    ot_loader_free(m);
    ot_dataset_free(d);
}
END_TEST

START_TEST(every_image_comes_first_about_as_often)
{
    ot_dataset *d = numbered_set();
    ot_loader *l = loader_of(d, (ot_loader_opts){ .batch = BATCH, .seed = 8, .shuffle = true });
    enum { EPOCHS = 400 };
    double sum = 0;
    for (int epoch = 0; epoch < EPOCHS; epoch++) {
        float x[BATCH * IMAGE];
        int32_t label[BATCH];
        ot_loader_epoch(l, epoch);
        ck_assert_int_eq(ot_loader_fill(l, 0, x, label), BATCH);
        sum += lrint((x[0] * 0.2470 + 0.4914) * 255);
    }
    /* Uniform over 0..N-1: mean (N-1)/2, standard deviation N/sqrt(12). */
    ck_assert_double_lt(fabs(sum / EPOCHS - (N - 1) / 2.0), 4 * N / sqrt(12.0 * EPOCHS));
    ot_loader_free(l);
    ot_dataset_free(d);
}
END_TEST

START_TEST(batches_have_the_same_bits_at_any_number_of_threads)
{
    static float expected[N * IMAGE], x[N * IMAGE];
    ot_dataset *d = small_set(N);
    const ot_loader_opts opts = {
        .batch = N,
        .seed = 5,
        .shuffle = true,
        .crop_pad = 4,
        .flip = true,
        .policy = (ot_policy)_i,
        .cutout = 4 * _i,
    };
    for (int threads = 1; threads <= 4; threads++) {
        int32_t label[N];
        ck_ok(ot_set_threads(threads));
        ot_loader *l = loader_of(d, opts);
        ot_loader_epoch(l, 2);
        ck_assert_int_eq(ot_loader_fill(l, 0, threads == 1 ? expected : x, label), N);
        if (threads > 1) ck_assert_mem_eq(expected, x, sizeof x);
        ot_loader_free(l);
    }
    ot_dataset_free(d);
}
END_TEST

START_TEST(an_image_is_augmented_alike_wherever_it_stands_in_the_epoch)
{
    static float ordered[N * IMAGE], shuffled[N * IMAGE];
    int32_t label[N];
    int order[N];
    ot_loader_opts opts = { .batch = N, .seed = 5, .crop_pad = 4, .flip = true };
    ot_dataset *d = small_set(N), *numbered = numbered_set();
    ot_loader *l = loader_of(d, opts);
    opts.shuffle = true;
    ot_loader *m = loader_of(d, opts);
    ot_loader *n =
        loader_of(numbered, (ot_loader_opts){ .batch = BATCH, .seed = 5, .shuffle = true });
    order_of(n, 0, order);
    ot_loader_fill(l, 0, ordered, label);
    ot_loader_fill(m, 0, shuffled, label);
    for (int i = 0; i < N; i++)
        ck_assert_mem_eq(shuffled + i * IMAGE, ordered + order[i] * IMAGE, IMAGE * sizeof(float));
    ot_loader_free(l);
    ot_loader_free(m);
    ot_loader_free(n);
    ot_dataset_free(d);
    ot_dataset_free(numbered);
}
END_TEST

START_TEST(options_out_of_range_are_refused)
{
    static const ot_loader_opts bad[] = {
        { .batch = -1 },
        { .batch = 1 << 30 },
        { .crop_pad = -1 },
        { .crop_pad = 33 },
        { .cutout = -1 },
        { .cutout = 65 },
        { .policy = (ot_policy)(OT_POLICY_OFF + 1) },
    };
    ot_dataset *d = numbered_set();
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        ot_loader *l = NULL;
        ck_status(ot_loader_new(d, &bad[i], &l), OT_EINVAL);
        ck_assert_ptr_null(l);
    }
    ot_dataset_free(d);
}
END_TEST

START_TEST(a_batch_that_does_not_exist_is_empty)
{
    ot_dataset *d = numbered_set();
    ot_loader *l = loader_of(d, (ot_loader_opts){ .batch = 0 });
    float x[1];
    int32_t label[1];
    ck_assert_int_eq(ot_loader_batches(l), 2); /* of 128 */
    ck_assert_int_eq(ot_loader_fill(l, 2, x, label), 0);
    ck_assert_int_eq(ot_loader_fill(l, -1, x, label), 0);
    ot_loader_free(l);
    ot_loader_free(NULL);
    ot_dataset_free(d);
}
END_TEST

TCase *loader_case(void)
{
    TCase *c = tcase_create("loader");
    tcase_add_test(c, without_shuffling_images_come_as_stored_in_every_epoch);
    tcase_add_test(c, a_shuffle_is_a_permutation_that_epoch_and_seed_change);
    tcase_add_test(c, every_image_comes_first_about_as_often);
    tcase_add_loop_test(c, batches_have_the_same_bits_at_any_number_of_threads, 0,
                        OT_POLICY_OFF + 1);
    tcase_add_test(c, an_image_is_augmented_alike_wherever_it_stands_in_the_epoch);
    tcase_add_test(c, options_out_of_range_are_refused);
    tcase_add_test(c, a_batch_that_does_not_exist_is_empty);
    return c;
}
