/* SPDX-License-Identifier: BSD-3-Clause
 * Numbers with their units. */
#include <math.h>

#include "cli/cases.h"
#include "cli/frame/text.h"

static const struct {
    const char *(*write)(cli_text *t, double value);
    double value;
    const char *expected;
} numbers[] = {
    { cli_bytes, 0, "0 B" },
    { cli_bytes, 10239, "10239 B" },
    { cli_bytes, 1048576, "1.00 MiB" },
    { cli_bytes, 45.25 * 1048576, "45.2 MiB" },
    { cli_flops, 0, "0 FLOP" },
    { cli_flops, 999, "999 FLOP" },
    { cli_flops, 1000, "1.00 kFLOP" },
    { cli_flops, 12345678, "12.3 MFLOP" },
    { cli_flops, 999999, "1.00 MFLOP" },
    { cli_flops, 123e9, "123 GFLOP" },
    { cli_flops, 5e15, "5000 TFLOP" },
    { cli_rate, 5804.4, "5804" },
    { cli_rate, 0, "-" },
    { cli_duration, 0, "0 s" },
    { cli_duration, 9.4, "9 s" },
    { cli_duration, 59.4, "59 s" },
    { cli_duration, 59.6, "1:00" },
    { cli_duration, 127, "2:07" },
    { cli_duration, 3599, "59:59" },
    { cli_duration, 3600, "1:00:00" },
    { cli_duration, 4360, "1:12:40" },
    { cli_duration, -1, "0 s" },
    { cli_duration, NAN, "0 s" },
    { cli_duration, INFINITY, "0 s" },
};

START_TEST(a_number_has_the_unit_that_keeps_it_short)
{
    cli_text t;
    ck_assert_str_eq(numbers[_i].write(&t, numbers[_i].value), numbers[_i].expected);
}
END_TEST

static const struct {
    size_t n;
    const char *expected;
} counts[] = { { 0, "0" },
               { 7, "7" },
               { 999, "999" },
               { 1000, "1,000" },
               { 298314, "298,314" },
               { 1234567, "1,234,567" },
               { SIZE_MAX, "18,446,744,073,709,551,615" } };

START_TEST(digits_are_in_groups_of_three_from_the_right)
{
    cli_text t;
    ck_assert_str_eq(cli_grouped(&t, counts[_i].n), counts[_i].expected);
}
END_TEST

TCase *text_case(void)
{
    TCase *c = tcase_create("text");
    tcase_add_loop_test(c, a_number_has_the_unit_that_keeps_it_short, 0,
                        sizeof numbers / sizeof numbers[0]);
    tcase_add_loop_test(c, digits_are_in_groups_of_three_from_the_right, 0,
                        sizeof counts / sizeof counts[0]);
    return c;
}
