/* SPDX-License-Identifier: BSD-3-Clause
 * Mixup: permutations, weights, and the images and labels of batches. */
#include "data/mixup.h"

#include <math.h>
#include <string.h>

#include "data/cases.h"

enum { N = 37, BATCH = 16, IMAGE = 3072 };

/* p by the definition in mixup.h: the cycles are cut apart first. */
static void by_cycles(const int32_t *cycles, int n, int p[])
{
    for (int k = 0, start = 0; k < n; k++) {
        const bool last = k + 1 == n || cycles[k + 1] > cycles[start];
        p[cycles[k]] = last ? cycles[start] : cycles[k + 1];
        if (last) start = k + 1;
    }
}

START_TEST(every_permutation_is_equally_probable)
{
    enum { DRAWS = 24000 };
    int count[4][4][4] = { 0 }, seen = 0;
    for (int b = 0; b < DRAWS; b++) {
        int32_t cycles[4];
        int p[4] = { -1, -1, -1, -1 };
        ot__mixup_permute(3, 1, b, 4, cycles);
        by_cycles(cycles, 4, p);
        ck_assert_int_eq(1 << p[0] | 1 << p[1] | 1 << p[2] | 1 << p[3], 15);
        count[p[0]][p[1]][p[2]]++;
    }
    for (int i = 0; i < 64; i++) {
        const int n = (&count[0][0][0])[i];
        seen += n > 0;
        ck_assert(n == 0 || fabs(n - 1000.0) < 5 * sqrt(1000));
    }
    ck_assert_int_eq(seen, 24);
}
END_TEST

START_TEST(weight_and_permutation_depend_on_seed_epoch_and_batch)
{
    static const struct {
        uint64_t seed;
        int epoch, batch;
    } at[] = { { 1, 0, 0 }, { 2, 0, 0 }, { 1, 1, 0 }, { 1, 0, 1 }, { 1ull << 40 | 1, 0, 0 } };
    int32_t first[N], other[N];
    const float w = ot__mixup_weight(0.7, 1, 0, 0);
    ot__mixup_permute(1, 0, 0, N, first);
    for (size_t i = 0; i < sizeof at / sizeof at[0]; i++) {
        ot__mixup_permute(at[i].seed, at[i].epoch, at[i].batch, N, other);
        ck_assert_int_eq(memcmp(first, other, sizeof first) == 0, i == 0);
        ck_assert_int_eq(w == ot__mixup_weight(0.7, at[i].seed, at[i].epoch, at[i].batch), i == 0);
    }
}
END_TEST

/* Number k of image i, mixed with that of image p(i). */
static double mixed(const double *x, const int p[], double w, int i, int k, int numbers)
{
    return w * x[i * numbers + k] + (1 - w) * x[p[i] * numbers + k];
}

START_TEST(images_are_mixed_with_their_partners_in_both_dtypes)
{
    enum { NUMBERS = 150 };
    static double before[N * NUMBERS], x[N * NUMBERS];
    static float y[N * NUMBERS];
    int32_t cycles[N], labels[N], second[N];
    int p[N];
    const ot__mix mix = { .n = N, .weight = 0.3f, .cycles = cycles };
    ot__mixup_permute(_i, 0, 0, N, cycles);
    by_cycles(cycles, N, p);
    for (int i = 0; i < N * NUMBERS; i++)
        y[i] = (float)(x[i] = before[i] = (float)sin(i));
    for (int i = 0; i < N; i++)
        labels[i] = 10 * i;
    ot__mixup_images(&mix, OT_F64, x, NUMBERS);
    ot__mixup_images(&mix, OT_F32, y, NUMBERS);
    ot__mixup_labels(&mix, labels, second);
    for (int i = 0; i < N; i++) {
        ck_assert_int_eq(second[i], 10 * p[i]);
        for (int k = 0; k < NUMBERS; k++) {
            const double expected = mixed(before, p, (double)mix.weight, i, k, NUMBERS);
            ck_assert_double_eq_tol(x[i * NUMBERS + k], expected, 1e-15);
            ck_assert_double_eq_tol((double)y[i * NUMBERS + k], expected, 2e-7);
        }
    }
}
END_TEST

static ot_loader *loader_of(const ot_dataset *d, double mixup)
{
    ot_loader *l = NULL;
    const ot_loader_opts opts = {
        .batch = BATCH, .seed = 5, .shuffle = true, .crop_pad = 4, .flip = true, .mixup = mixup
    };
    ck_ok(ot_loader_new(d, &opts, &l));
    ot_loader_epoch(l, 2);
    return l;
}

typedef struct batch {
    float x[BATCH * IMAGE], weight[BATCH];
    int32_t labels[BATCH], second[BATCH];
    int n;
} batch;

static void fill(const ot_loader *l, int b, batch *out)
{
    out->n = ot_loader_fill_mixed(l, b, out->x, out->labels, out->second, out->weight);
}

/* The image of a batch that image i of the mixed batch was mixed with: w x_i + (1 - w) x_p. */
static int partner(const batch *plain, const batch *mix, int i)
{
    const float w = mix->weight[i];
    for (int p = 0; p < plain->n; p++) {
        double gap = 0;
        for (int k = 0; k < IMAGE; k++)
            gap = fmax(gap,
                       fabs((double)(w * plain->x[i * IMAGE + k] +
                                     (1 - w) * plain->x[p * IMAGE + k] - mix->x[i * IMAGE + k])));
        if (gap < 1e-6) return p;
    }
    return -1;
}

START_TEST(a_batch_holds_the_images_of_the_plain_one_in_pairs)
{
    static batch plain, mix;
    ot_dataset *d = small_set(N);
    ot_loader *l = loader_of(d, 0), *m = loader_of(d, 2);
    for (int b = 0; b < ot_loader_batches(l); b++) {
        uint32_t partners = 0;
        fill(l, b, &plain);
        fill(m, b, &mix);
        ck_assert_int_eq(plain.n, b < N / BATCH ? BATCH : N % BATCH);
        ck_assert_int_eq(plain.n, mix.n);
        for (int i = 0; i < mix.n; i++) {
            const int p = partner(&plain, &mix, i);
            ck_assert_int_ge(p, 0);
            ck_assert(mix.weight[i] == mix.weight[0] && plain.weight[i] == 1);
            ck_assert_int_eq(mix.labels[i], plain.labels[i]);
            ck_assert_int_eq(mix.second[i], plain.labels[p]);
            ck_assert_int_eq(plain.second[i], plain.labels[i]);
            partners |= 1u << p;
        }
        ck_assert_uint_eq(partners, (1u << mix.n) - 1);
    }
    ot_loader_free(l);
    ot_loader_free(m);
    ot_dataset_free(d);
}
END_TEST

START_TEST(a_mixed_batch_has_the_same_bits_at_any_number_of_threads)
{
    static batch expected, found;
    ot_dataset *d = small_set(N);
    for (int threads = 1; threads <= 4; threads++) {
        ck_ok(ot_set_threads(threads));
        ot_loader *l = loader_of(d, 0.2);
        fill(l, 1, threads == 1 ? &expected : &found);
        if (threads > 1) ck_assert_mem_eq(&expected, &found, sizeof found);
        ot_loader_free(l);
    }
    ot_dataset_free(d);
}
END_TEST

START_TEST(without_mixup_a_batch_has_the_bits_of_the_plain_one_and_with_it_only_that_is_refused)
{
    static batch plain, mix;
    ot_dataset *d = small_set(N);
    ot_loader *l = loader_of(d, 0), *m = loader_of(d, 2);
    fill(l, 0, &mix);
    ck_assert_int_eq(ot_loader_fill(l, 0, plain.x, plain.labels), BATCH);
    ck_assert_mem_eq(plain.x, mix.x, sizeof mix.x);
    ck_assert_int_eq(ot_loader_fill(m, 0, plain.x, plain.labels), 0);
    ot_loader_free(l);
    ot_loader_free(m);
    ot_dataset_free(d);
}
END_TEST

START_TEST(an_alpha_that_cannot_be_is_refused)
{
    static const ot_loader_opts bad[] = { { .mixup = -0.1 },
                                          { .mixup = 2e6 },
                                          { .mixup = NAN },
                                          { .mixup = INFINITY },
                                          { .mixup = 0.2, .batch = 1 } };
    ot_dataset *d = small_set(N);
    ot_loader *l = NULL;
    ck_status(ot_loader_new(d, &bad[_i], &l), OT_EINVAL);
    ck_assert_ptr_null(l);
    ck_assert_msg(strstr(ot_message(), "mixup: "), "%s", ot_message());
    ot_dataset_free(d);
}
END_TEST

TCase *mixup_case(void)
{
    TCase *c = tcase_create("mixup");
    tcase_add_test(c, every_permutation_is_equally_probable);
    tcase_add_test(c, weight_and_permutation_depend_on_seed_epoch_and_batch);
    tcase_add_loop_test(c, images_are_mixed_with_their_partners_in_both_dtypes, 0, 5);
    tcase_add_test(c, a_batch_holds_the_images_of_the_plain_one_in_pairs);
    tcase_add_test(c, a_mixed_batch_has_the_same_bits_at_any_number_of_threads);
    tcase_add_test(
        c, without_mixup_a_batch_has_the_bits_of_the_plain_one_and_with_it_only_that_is_refused);
    tcase_add_loop_test(c, an_alpha_that_cannot_be_is_refused, 0, 5);
    return c;
}
