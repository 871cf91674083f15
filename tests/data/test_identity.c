/* SPDX-License-Identifier: BSD-3-Clause
 * Fingerprint and normalisation of a data set. */
#include <math.h>
#include <string.h>

#include "base/normalisation.h"
#include "data/cases.h"

static ot_dataset *random_set(int count, uint32_t noise)
{
    ot_dataset *d = empty_set(count);
    d->count = count;
    for (int i = 0; i < count; i++) {
        uint8_t *const v = &images_of(d)[i].at[0][0][0];
        d->label[i] = i % 10;
        for (size_t k = 0; k < sizeof images_of(d)[i]; k++) {
            noise = noise * 1664525u + 1013904223u;
            v[k] = (uint8_t)((noise >> 24) / (1 + k % OT__CHANNELS));
        }
    }
    return d;
}

/* Mean and deviation by the plain formulas, in two passes. */
static void expect(const ot_dataset *d, int c, double *mean, double *deviation)
{
    const size_t n = (size_t)d->count * sizeof images_of(d)[0] / OT__CHANNELS;
    double sum = 0, squares = 0;
    for (size_t k = 0; k < n; k++)
        sum += (&images_of(d)[0].at[0][0][0])[k * OT__CHANNELS + (size_t)c] / 255.0;
    *mean = sum / (double)n;
    for (size_t k = 0; k < n; k++) {
        const double x =
            (&images_of(d)[0].at[0][0][0])[k * OT__CHANNELS + (size_t)c] / 255.0 - *mean;
        squares += x * x;
    }
    *deviation = sqrt(squares / (double)n);
}

START_TEST(mean_and_deviation_are_those_of_the_bytes_at_any_number_of_threads)
{
    ot_dataset *d = random_set(131, 7);
    const ot_normalisation one = ot__normalisation_of(d);
    for (int c = 0; c < OT__CHANNELS; c++) {
        double mean, deviation;
        expect(d, c, &mean, &deviation);
        ck_assert_double_eq_tol(one.mean[c], mean, 1e-7);
        ck_assert_double_eq_tol(one.deviation[c], deviation, 1e-7);
    }
    for (int threads = 1; threads <= 8; threads++) {
        ck_ok(ot_set_threads(threads));
        const ot_normalisation n = ot__normalisation_of(d);
        ck_assert_mem_eq(n.mean, one.mean, sizeof n.mean);
        ck_assert_mem_eq(n.deviation, one.deviation, sizeof n.deviation);
    }
    ot_dataset_free(d);
}
END_TEST

START_TEST(a_constant_channel_has_deviation_one)
{
    ot_dataset *d = random_set(3, 1);
    memset(d->image, 51, 3 * sizeof(ot__image32));
    const ot_normalisation n = ot__normalisation_of(d);
    for (int c = 0; c < OT__CHANNELS; c++) {
        ck_assert_double_eq_tol(n.mean[c], 0.2, 1e-7);
        ck_assert(n.deviation[c] == 1.0f);
    }
    ot_dataset_free(d);
}
END_TEST

START_TEST(the_builtin_set_has_the_numbers_that_weights_were_always_trained_with)
{
    for (int split = OT_SPLIT_TRAIN; split <= OT_SPLIT_TEST; split++) {
        ot_dataset *d = NULL;
        ot_normalisation n;
        ck_ok(ot_dataset_open("builtin", (ot_split)split, &d));
        ck_ok(ot_dataset_normalisation(d, &n));
        ck_assert_int_eq(n.channels, 3);
        ck_assert(n.mean[0] == 0.4914f && n.deviation[2] == 0.2616f);
        ck_assert_uint_eq(strlen(ot_dataset_fingerprint(d)), 32);
        ot_dataset_free(d);
    }
}
END_TEST

START_TEST(a_fingerprint_changes_with_any_image_and_any_label)
{
    char before[33];
    for (int change = 0; change < 3; change++) {
        ot_dataset *d = random_set(20, 3);
        ck_ok(ot__dataset_identify(d, OT_SPLIT_TRAIN));
        snprintf(before, sizeof before, "%s", ot_dataset_fingerprint(d));
        if (change == 1) images_of(d)[19].at[31][31][2] ^= 1;
        if (change == 2) d->label[7] ^= 1;
        ck_ok(ot__dataset_identify(d, OT_SPLIT_TRAIN));
        ck_assert_int_eq(strcmp(before, ot_dataset_fingerprint(d)) != 0, change > 0);
        ot_dataset_free(d);
    }
}
END_TEST

START_TEST(a_normalisation_is_written_with_digits_that_give_it_back)
{
    static const float values[] = { 0.4914f, 1.0f / 3, 1e-7f, 12345.678f, -0.25f };
    char text[OT__NORMALISATION_TEXT], other[OT__NORMALISATION_TEXT];
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        const float pair[] = { values[i], fabsf(values[i]) };
        ot_normalisation n;
        ot__normalisation_write(1, pair, text);
        ot__normalisation_write(1, pair + 1, other);
        ck_ok(ot__normalisation_read("x", text, other, &n));
        ck_assert(n.channels == 1 && n.mean[0] == pair[0] && n.deviation[0] == pair[1]);
    }
}
END_TEST

START_TEST(a_normalisation_that_is_malformed_is_refused)
{
    static const char *const bad[][2] = {
        { "", "" },
        { "1 2", "1" },
        { "1", "0" },
        { "1", "-1" },
        { "1 2 3 4 5", "1 2 3 4 5" },
        { "x", "1" },
        { "0x10", "1" },
        { "nan", "1" },
        { "1,5", "1" },
        { "1e999", "1" },
        { "[1]", "1" },
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        ot_normalisation n;
        ck_status(ot__normalisation_read("x", bad[i][0], bad[i][1], &n), OT_EFORMAT);
        ck_assert_int_eq(n.channels, 0);
    }
}
END_TEST

TCase *identity_case(void)
{
    TCase *c = tcase_create("identity");
    tcase_add_test(c, mean_and_deviation_are_those_of_the_bytes_at_any_number_of_threads);
    tcase_add_test(c, a_constant_channel_has_deviation_one);
    tcase_add_test(c, the_builtin_set_has_the_numbers_that_weights_were_always_trained_with);
    tcase_add_test(c, a_fingerprint_changes_with_any_image_and_any_label);
    tcase_add_test(c, a_normalisation_is_written_with_digits_that_give_it_back);
    tcase_add_test(c, a_normalisation_that_is_malformed_is_refused);
    return c;
}
