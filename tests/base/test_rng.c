/* SPDX-License-Identifier: BSD-3-Clause
 * Random numbers: a published vector, independence and distributions. */
#include "base/rng.h"

#include <Random123/philox.h>
#include <math.h>

#include "base/cases.h"

START_TEST(philox_gives_the_published_vector_of_zeros)
{
    /* kat_vectors of Random123: philox4x32 10, counter 0, key 0. */
    const philox4x32_ctr_t counter = { { 0 } };
    const philox4x32_key_t key = { { 0 } };
    const philox4x32_ctr_t bits = philox4x32(counter, key);
    ck_assert_uint_eq(bits.v[0], 0x6627e8d5u);
    ck_assert_uint_eq(bits.v[1], 0xe169c58du);
    ck_assert_uint_eq(bits.v[2], 0xbc57ac4cu);
    ck_assert_uint_eq(bits.v[3], 0x9b00dbd8u);
}
END_TEST

START_TEST(a_draw_depends_on_seed_purpose_and_every_counter_word)
{
    const uint32_t base = ot__random(1, OT__RNG_INIT, 2, 3, 4, 5).word[0];
    ck_assert_uint_eq(base, ot__random(1, OT__RNG_INIT, 2, 3, 4, 5).word[0]);
    ck_assert_uint_ne(base, ot__random(2, OT__RNG_INIT, 2, 3, 4, 5).word[0]);
    ck_assert_uint_ne(base, ot__random(1ull << 40 | 1, OT__RNG_INIT, 2, 3, 4, 5).word[0]);
    ck_assert_uint_ne(base, ot__random(1, OT__RNG_SHUFFLE, 2, 3, 4, 5).word[0]);
    ck_assert_uint_ne(base, ot__random(1, OT__RNG_INIT, 9, 3, 4, 5).word[0]);
    ck_assert_uint_ne(base, ot__random(1, OT__RNG_INIT, 2, 9, 4, 5).word[0]);
    ck_assert_uint_ne(base, ot__random(1, OT__RNG_INIT, 2, 3, 9, 5).word[0]);
    ck_assert_uint_ne(base, ot__random(1, OT__RNG_INIT, 2, 3, 4, 9).word[0]);
}
END_TEST

START_TEST(normal_numbers_have_mean_zero_and_variance_one)
{
    enum { N = 100000 };
    double sum = 0, squares = 0;
    for (uint32_t i = 0; i < N; i++) {
        const ot__draw d = ot__random(7, OT__RNG_INIT, i, 0, 0, 0);
        const double z = ot__normal(d.word[0], d.word[1]);
        ck_assert(isfinite(z));
        sum += z;
        squares += z * z;
    }
    ck_assert_double_lt(fabs(sum / N), 4 / sqrt(N));
    ck_assert_double_lt(fabs(squares / N - 1), 4 * sqrt(2.0 / N));
}
END_TEST

START_TEST(below_covers_its_range_and_no_more)
{
    ck_assert_uint_eq(ot__below(0, 10), 0);
    ck_assert_uint_eq(ot__below(UINT32_MAX, 10), 9);
    ck_assert_uint_eq(ot__below(UINT32_MAX, 1), 0);
}
END_TEST

TCase *rng_case(void)
{
    TCase *c = tcase_create("rng");
    tcase_add_test(c, philox_gives_the_published_vector_of_zeros);
    tcase_add_test(c, a_draw_depends_on_seed_purpose_and_every_counter_word);
    tcase_add_test(c, normal_numbers_have_mean_zero_and_variance_one);
    tcase_add_test(c, below_covers_its_range_and_no_more);
    return c;
}
