/* SPDX-License-Identifier: BSD-3-Clause
 * Gamma and beta numbers have the mean, the variance and the tails of their distributions. */
#include "base/beta.h"

#include <math.h>

#include "base/cases.h"

enum { N = 100000 };

/* Below and above 1, where the method differs, and extremes. */
static const double shapes[] = { 0.01, 0.2, 0.4, 1, 2.5, 40, 1e6 };

START_TEST(gamma_numbers_have_their_mean_and_variance)
{
    const double a = shapes[_i];
    double sum = 0, squares = 0;
    for (uint32_t i = 0; i < N; i++) {
        const double x = exp(ot__log_gamma_number(a, 7, OT__RNG_MIXUP, i, 0, 0));
        sum += x;
        squares += (x - a) * (x - a);
    }
    /* The variance of (x - a)^2 is 2 a^2 + 6 a. */
    ck_assert_double_lt(fabs(sum / N - a), 4 * sqrt(a / N));
    ck_assert_double_lt(fabs(squares / N - a), 4 * sqrt((2 * a * a + 6 * a) / N));
}
END_TEST

START_TEST(beta_numbers_are_in_0_to_1_with_their_mean_and_variance)
{
    const double a = shapes[_i], variance = 1 / (4 * (2 * a + 1));
    double sum = 0, squares = 0;
    for (uint32_t i = 0; i < N; i++) {
        const double x = ot__beta_number(a, a, 7, OT__RNG_MIXUP, i, 3);
        ck_assert(x >= 0 && x <= 1);
        sum += x;
        squares += (x - 0.5) * (x - 0.5);
    }
    ck_assert_double_lt(fabs(sum / N - 0.5), 4 * sqrt(variance / N));
    ck_assert_double_lt(fabs(squares / N - variance), 4 * variance * sqrt(2.0 / N));
}
END_TEST

START_TEST(beta_numbers_of_two_shapes_have_their_mean)
{
    double sum = 0;
    for (uint32_t i = 0; i < N; i++)
        sum += ot__beta_number(2, 0.5, 3, OT__RNG_MIXUP, i, 0);
    ck_assert_double_lt(fabs(sum / N - 0.8), 4 * sqrt(0.16 / 3.5 / N));
}
END_TEST

/* Of Beta(1, 1) and Beta(1/2, 1/2) the distribution functions are x and 2/pi asin(sqrt(x)). */
START_TEST(beta_numbers_have_their_distribution)
{
    for (int k = 1; k < 20; k++) {
        const double at = k / 20.0,
                     expected = _i ? at : 2 / 3.14159265358979323846 * asin(sqrt(at));
        int below = 0;
        for (uint32_t i = 0; i < N; i++)
            below += ot__beta_number(_i ? 1 : 0.5, _i ? 1 : 0.5, 1, OT__RNG_MIXUP, 5, i) < at;
        ck_assert_double_lt(fabs(below / (double)N - expected), 5 * sqrt(0.25 / N));
    }
}
END_TEST

TCase *beta_case(void)
{
    const int n = sizeof shapes / sizeof shapes[0];
    TCase *c = tcase_create("beta");
    tcase_add_loop_test(c, gamma_numbers_have_their_mean_and_variance, 0, n);
    tcase_add_loop_test(c, beta_numbers_are_in_0_to_1_with_their_mean_and_variance, 0, n);
    tcase_add_test(c, beta_numbers_of_two_shapes_have_their_mean);
    tcase_add_loop_test(c, beta_numbers_have_their_distribution, 0, 2);
    return c;
}
