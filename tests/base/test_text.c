/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/text.h"

#include <string.h>

#include "base/cases.h"
#include "base/status.h"

START_TEST(a_number_in_range_is_read_and_passed)
{
    const char *text = "128,rest";
    long n = 0;
    ck_assert(ot__read_int(&text, 1, 128, &n));
    ck_assert_int_eq(n, 128);
    ck_assert_str_eq(text, ",rest");
}
END_TEST

START_TEST(a_number_out_of_range_is_refused_and_nothing_moves)
{
    static const char *const bad[] = { "0", "129", "99999999999999999999999", "-1", "x", "" };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        const char *text = bad[i];
        long n = 77;
        ck_assert_msg(!ot__read_int(&text, 1, 128, &n), "%s was read", bad[i]);
        ck_assert_ptr_eq(text, bad[i]);
        ck_assert_int_eq(n, 77);
    }
}
END_TEST

START_TEST(a_mistyped_name_finds_the_nearest_and_nonsense_finds_none)
{
    static const char *const names[] = { "euler", "midpoint", "verner89" };
    ck_assert_str_eq(ot_nearest("ueler", 3, names), "euler");
    ck_assert_str_eq(ot_nearest("verner", 3, names), "verner89");
    ck_assert_ptr_null(ot_nearest("zzzzzz", 3, names));
    ck_assert_ptr_null(ot_nearest("", 3, names));
}
END_TEST

/* Of 64 letters, one more than are compared. */
START_TEST(a_name_of_64_letters_is_near_to_none)
{
    enum { LONG = 64 };
    char word[LONG + 1], other[LONG + 1];
    const char *const names[] = { word };
    memset(word, 'a', LONG);
    memset(other, 'a', LONG);
    word[LONG] = 0;
    for (int n = LONG - 2; n <= LONG; n++) {
        other[n] = 0;
        ck_assert_ptr_null(ot_nearest(other, 1, names));
        other[n] = 'a';
    }
    word[LONG - 1] = 0;
    other[LONG - 1] = 0;
    ck_assert_str_eq(ot_nearest(other, 1, names), word);
}
END_TEST

START_TEST(a_message_is_one_line_that_steers_no_terminal)
{
    ck_assert_int_eq(ot__fail(OT_EFORMAT, "%s", "a\n\033[31mb\x7f\xc3\xa9"), OT_EFORMAT);
    ck_assert_str_eq(ot_message(), "a??[31mb?\xc3\xa9");
}
END_TEST

TCase *text_case(void)
{
    TCase *c = tcase_create("text");
    tcase_add_test(c, a_number_in_range_is_read_and_passed);
    tcase_add_test(c, a_number_out_of_range_is_refused_and_nothing_moves);
    tcase_add_test(c, a_mistyped_name_finds_the_nearest_and_nonsense_finds_none);
    tcase_add_test(c, a_name_of_64_letters_is_near_to_none);
    tcase_add_test(c, a_message_is_one_line_that_steers_no_terminal);
    return c;
}
