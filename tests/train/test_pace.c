/* SPDX-License-Identifier: BSD-3-Clause
 * Tests the estimate of the time until a training ends, with given times of batches. */
#include "train/cases.h"
#include "train/pace.h"

static ot__times times_of(int n, const double seconds[])
{
    ot__times t = { .count = 0 };
    for (int i = 0; i < n; i++)
        ot__times_add(&t, seconds[i]);
    return t;
}

START_TEST(the_median_ignores_a_pause)
{
    ot__times t = times_of(0, NULL);
    ck_assert(ot__times_median(&t) == 0.0);
    t = times_of(4, (const double[]){ 3, 1, 1000, 2 });
    ck_assert(ot__times_median(&t) == 2.5);
    t = times_of(5, (const double[]){ 3, 1, 1000, 2, 2 });
    ck_assert(ot__times_median(&t) == 2.0);
}
END_TEST

START_TEST(the_median_forgets_what_is_long_ago)
{
    ot__times t = { .count = 0 };
    for (int i = 0; i < 100; i++)
        ot__times_add(&t, 50.0);
    for (int i = 0; i < OT__PACE_WINDOW; i++)
        ot__times_add(&t, 1.0 * (OT__PACE_WINDOW - i));
    ck_assert(ot__times_median(&t) == 1.0 + OT__PACE_WINDOW / 2);
}
END_TEST

/* An epoch has 10 steps of 2 s and 4 test batches of 1 s; 3 steps of this one are left. */
static const ot__remaining left = {
    .train = 3, .test = 4, .epochs = 5, .epoch_train = 10, .epoch_test = 4, .limit = -1.0
};

static ot__pace pace(void)
{
    return (ot__pace){ .train = times_of(1, (const double[]){ 2.0 }),
                       .test = times_of(1, (const double[]){ 1.0 }) };
}

START_TEST(the_time_left_includes_evaluation)
{
    const ot__pace p = pace();
    ck_assert(ot__pace_eta(&p, &left) == 10.0 + 5 * 24.0);
}
END_TEST

START_TEST(before_the_first_evaluation_it_is_taken_for_a_third_of_a_step)
{
    ot__pace p = pace();
    p.test.count = 0;
    ck_assert_double_eq_tol(ot__pace_eta(&p, &left), (6 + 8 / 3.0) + 5 * (20 + 8 / 3.0), 1e-12);
}
END_TEST

/* The epoch in which the limit passes is finished. */
START_TEST(a_limit_ends_with_the_epoch_in_which_it_passes)
{
    static const double limit[][2] = { { 0, 10 },  { 9, 10 },  { 10, 10 },
                                       { 11, 34 }, { 34, 34 }, { 1e9, 130 } };
    const ot__pace p = pace();
    for (size_t i = 0; i < sizeof limit / sizeof limit[0]; i++) {
        ot__remaining r = left;
        r.limit = limit[i][0];
        ck_assert_double_eq(ot__pace_eta(&p, &r), limit[i][1]);
    }
}
END_TEST

TCase *pace_case(void)
{
    TCase *c = tcase_create("pace");
    tcase_add_test(c, the_median_ignores_a_pause);
    tcase_add_test(c, the_median_forgets_what_is_long_ago);
    tcase_add_test(c, the_time_left_includes_evaluation);
    tcase_add_test(c, before_the_first_evaluation_it_is_taken_for_a_third_of_a_step);
    tcase_add_test(c, a_limit_ends_with_the_epoch_in_which_it_passes);
    return c;
}
