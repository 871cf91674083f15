/* SPDX-License-Identifier: BSD-3-Clause
 * The numbers at an axis, and where a value is in a chart. */
#include <math.h>

#include "cli/cases.h"
#include "cli/frame/ticks.h"
#include "cli/report/svg.h"

static const struct {
    double width;
    int parts;
    double step;
} steps[] = {
    { 10, 5, 2 },  { 10, 10, 1 }, { 100, 4, 20 }, { 1, 4, 0.2 }, { 0.003, 3, 0.001 },
    { 7, 1, 5 },   { 8, 1, 10 },  { 14, 10, 1 },  { 16, 10, 2 }, { 34, 10, 2 },
    { 36, 10, 5 }, { 74, 10, 5 }, { 76, 10, 10 },
};

START_TEST(a_step_is_one_two_or_five_times_a_power_of_ten)
{
    const double step = cli_ticks_step(steps[_i].width, steps[_i].parts);
    ck_assert_double_eq_tol(step, steps[_i].step, 1e-12 * steps[_i].step);
}
END_TEST

static const struct {
    double from, to, step, first;
    int n;
} marks[] = {
    { 0, 10, 2, 0, 6 },    { 0.5, 10.5, 2, 1, 5 },
    { -3, 3, 1, -3, 7 },   { 0.1, 0.3, 0.1, 1, 3 }, /* 0.3/0.1 is below 3 */
    { 1.1, 1.9, 1, 2, 0 }, { 0, 1000, 1, 0, CLI_TICKS_MOST },
    { 0, 1, 0, 0, 0 },     { 1e300, 2e300, 1, 0, 0 },
};

START_TEST(marks_are_all_multiples_of_the_step_within_the_range)
{
    const cli_ticks t = cli_ticks_of(marks[_i].from, marks[_i].to, marks[_i].step);
    ck_assert_int_eq(t.n, marks[_i].n);
    if (t.n > 0) ck_assert_double_eq(t.first, marks[_i].first);
}
END_TEST

START_TEST(x_grows_to_the_right_and_y_upwards)
{
    const cli_chart c = {
        .width = 400, .height = 200, .x = { .from = 1, .to = 5 }, .y = { .from = 10, .to = 20 }
    };
    ck_assert_double_eq(cli_chart_x(&c, 1), 0);
    ck_assert_double_eq(cli_chart_x(&c, 2), 100);
    ck_assert_double_eq(cli_chart_x(&c, 5), 400);
    ck_assert_double_eq(cli_chart_y(&c, 20), 0); /* SVG counts from the top */
    ck_assert_double_eq(cli_chart_y(&c, 15), 100);
    ck_assert_double_eq(cli_chart_y(&c, 10), 200);
}
END_TEST

TCase *axes_case(void)
{
    TCase *c = tcase_create("axes");
    tcase_add_loop_test(c, a_step_is_one_two_or_five_times_a_power_of_ten, 0,
                        sizeof steps / sizeof steps[0]);
    tcase_add_loop_test(c, marks_are_all_multiples_of_the_step_within_the_range, 0,
                        sizeof marks / sizeof marks[0]);
    tcase_add_test(c, x_grows_to_the_right_and_y_upwards);
    return c;
}
