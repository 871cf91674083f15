/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/text.h"

#include <stdio.h>
#include <string.h>

#include "base/cases.h"
#include "base/decimal.h"
#include "base/status.h"

START_TEST(a_number_in_range_is_read_and_passed)
{
    const char *text = "128,rest";
    int n = 0;
    ck_assert(ot__read_count(&text, 1, 128, &n));
    ck_assert_int_eq(n, 128);
    ck_assert_str_eq(text, ",rest");
}
END_TEST

START_TEST(a_number_out_of_range_is_refused_and_nothing_moves)
{
    static const char *const bad[] = { "0", "129", "99999999999999999999999", "-1", "+2", "x", "" };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        const char *text = bad[i];
        int n = 77;
        ck_assert_msg(!ot__read_count(&text, 1, 128, &n), "%s was read", bad[i]);
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

/* The first and last character of each range that is not shown, its neighbours, and bytes that are
 * no UTF-8. */
static const struct {
    const char *text, *shown;
} texts[] = {
    { "plain text, \xc3\xa9 and \xf0\x9f\x98\x80", "plain text, \xc3\xa9 and \xf0\x9f\x98\x80" },
    { "a\x01\x1f \x7f~", "a?? ?~" },
    { "a\nb\tc\rd", "a?b?c?d" },
    { "\xc2\x80\xc2\x9b\xc2\x9f\xc2\xa0", "???\xc2\xa0" },
    { "\x80\x9b\xff", "???" },
    { "\xe2\x80\xa7\xe2\x80\xa8\xe2\x80\xae\xe2\x80\xaf", "\xe2\x80\xa7??\xe2\x80\xaf" },
    { "\xd8\x9b\xd8\x9c\xd8\x9d", "\xd8\x9b?\xd8\x9d" },
    { "\xe2\x80\x8d\xe2\x80\x8e\xe2\x80\x8f\xe2\x80\x90", "\xe2\x80\x8d??\xe2\x80\x90" },
    { "\xe2\x81\xa5\xe2\x81\xa6\xe2\x81\xa9\xe2\x81\xaa", "\xe2\x81\xa5??\xe2\x81\xaa" },
    { "\xef\xbf\xbd\xef\xbf\xbe\xef\xbf\xbf", "\xef\xbf\xbd??" },
    { "\xed\x9f\xbf\xed\xa0\x80\xee\x80\x80", "\xed\x9f\xbf???\xee\x80\x80" },
    { "\xc0\x9b\xe0\x82\x9b\xf0\x80\x82\x9b", "?????????" }, /* CSI in more bytes than needed */
    { "\xf4\x8f\xbf\xbf\xf4\x90\x80\x80", "\xf4\x8f\xbf\xbf????" },
    { "cut \xe2\x82", "cut ??" },
    { "", "" },
};

START_TEST(text_that_is_shown_steers_no_terminal)
{
    char text[64];
    snprintf(text, sizeof text, "%s", texts[_i].text);
    const bool good = strcmp(texts[_i].text, texts[_i].shown) == 0;
    ck_assert_int_eq(ot__is_printable(text), good);
    ot__make_printable(text);
    ck_assert_str_eq(text, texts[_i].shown);
    ck_assert(ot__is_printable(text));
}
END_TEST

START_TEST(a_message_is_one_line_that_steers_no_terminal)
{
    ck_assert_int_eq(ot__fail(OT_EFORMAT, "%s", "a\n\033[31mb\x7f\xc3\xa9\x9b"), OT_EFORMAT);
    ck_assert_str_eq(ot_message(), "a??[31mb?\xc3\xa9?");
}
END_TEST

TCase *text_case(void)
{
    TCase *c = tcase_create("text");
    tcase_add_test(c, a_number_in_range_is_read_and_passed);
    tcase_add_test(c, a_number_out_of_range_is_refused_and_nothing_moves);
    tcase_add_test(c, a_mistyped_name_finds_the_nearest_and_nonsense_finds_none);
    tcase_add_test(c, a_name_of_64_letters_is_near_to_none);
    tcase_add_loop_test(c, text_that_is_shown_steers_no_terminal, 0,
                        sizeof texts / sizeof texts[0]);
    tcase_add_test(c, a_message_is_one_line_that_steers_no_terminal);
    return c;
}
