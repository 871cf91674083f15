/* SPDX-License-Identifier: BSD-3-Clause
 * Tests the parser and the writer of tableaux, the places in messages, and the manual page. */
#include "schemes/tableau/tableau.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/rng.h"
#include "schemes/cases.h"
#include "schemes/scheme.h"

#define HEAD "scheme = mine\norder = 2\n"

START_TEST(a_file_may_have_comments_blank_lines_any_order_and_windows_line_ends)
{
    ot_scheme *s = NULL;
    ck_ok(ot_scheme_parse("\xEF\xBB\xBF# Ralston's\r\n\r\n"
                          "b  = 0.25 , 3/4   # weights\r\n"
                          "embedded first (order 1) = 1, 0\r\n"
                          "a2 = 2/3\r\n"
                          "title = Nystr\xC3\xB6m\xC2\xA0? \t\r\n"
                          "order=2\r\n"
                          "\tscheme = mine_2\r\n",
                          "f", &s));
    ck_assert_str_eq(ot_scheme_name(s), "mine_2");
    ck_assert_str_eq(ot_scheme_title(s), "Nystr\xC3\xB6m\xC2\xA0?");
    ck_assert_int_eq(ot_scheme_stages(s), 2);
    ck_assert_int_eq(ot_scheme_order(s), 2);
    ck_assert_double_eq(ot_scheme_a(s, 1, 0), 2.0 / 3);
    ck_assert_double_eq(ot_scheme_b(s, 1), 0.75);
    ck_assert_str_eq(ot_scheme_text(s), "scheme    = mine_2\n"
                                        "title     = Nystr\xC3\xB6m\xC2\xA0?\n"
                                        "order     = 2\n"
                                        "a2 = 2/3\n"
                                        "b  = 1/4, 3/4\n"
                                        "embedded first (order 1) = 1, 0\n");
    ot_scheme_free(s);
}
END_TEST

START_TEST(a_name_may_have_an_x_that_counts_no_blocks)
{
    static const char *const names[] = { "x", "fox", "rk4x2b", "x_4",
                                         "abcdefghijklmnopqrstuvwxyz_0123" };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char text[80];
        ot_scheme *s = NULL;
        snprintf(text, sizeof text, "scheme = %s\norder = 1\nb = 1\n", names[i]);
        ck_ok(ot_scheme_parse(text, "f", &s));
        ck_assert_str_eq(ot_scheme_name(s), names[i]);
        ot_scheme_free(s);
    }
}
END_TEST

START_TEST(a_title_has_at_most_200_bytes)
{
    enum { MOST = 200 };
    char title[MOST + 2], text[300];
    ot_scheme *s = NULL;
    memset(title, 't', MOST + 1);
    title[MOST + 1] = 0;
    snprintf(text, sizeof text, HEAD "title = %s\nb = 1\n", title);
    ck_status(ot_scheme_parse(text, "f", &s), OT_EFORMAT);
    ck_assert_str_eq(ot_message(), "f:3:9: 201 bytes of text; there may be 200");
    title[MOST] = 0;
    snprintf(text, sizeof text, HEAD "title = %s\nb = 1\n", title);
    ck_ok(ot_scheme_parse(text, "f", &s));
    ck_assert_str_eq(ot_scheme_title(s), title);
    ot_scheme_free(s);
}
END_TEST

START_TEST(entries_are_told_exactly_and_none_outside)
{
    static const struct {
        int i, j;
        const char *a, *weight; /* a(i, j), weight(row i, j) */
    } cases[] = {
        { 0, 0, NULL, "1/4" }, { 0, 1, NULL, "3/4" }, { 1, 0, "2/3", "1" },
        { 1, 1, NULL, "0" },   { 1, -1, NULL, NULL }, { -1, 0, NULL, NULL },
        { 2, 0, NULL, NULL },  { 0, 2, NULL, NULL },  { 1, 2, NULL, NULL },
    };
    ot_tableau *t = NULL;
    ck_ok(
        ot_tableau_parse(HEAD "a2 = 2/3\nb = 1/4, 3/4\nembedded low (order 1) = 1, 0\n", "f", &t));
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        char *const a = ot_tableau_a(t, cases[k].i, cases[k].j);
        char *const weight = ot_tableau_weight(t, cases[k].i, cases[k].j);
        ck_assert_pstr_eq(a, cases[k].a);
        ck_assert_pstr_eq(weight, cases[k].weight);
        free(a);
        free(weight);
    }
    ot__fail_allocation(1, 0);
    ck_assert_ptr_null(ot_tableau_a(t, 1, 0));
    ot__fail_allocation(0, 0);
    ck_assert_int_eq(ot_tableau_rows(t), 2);
    ck_assert_pstr_eq(ot_tableau_row_name(t, 0), "b");
    ck_assert_pstr_eq(ot_tableau_row_name(t, 1), "low");
    ck_assert_pstr_eq(ot_tableau_row_name(t, 2), NULL);
    ck_assert_pstr_eq(ot_tableau_row_name(t, -1), NULL);
    ot_tableau_free(t);
}
END_TEST

START_TEST(a_scheme_without_title_is_called_by_its_name)
{
    ot_scheme *s = NULL;
    ck_ok(ot_scheme_parse("scheme = mine\norder = 1\nb = 1", "f", &s));
    ck_assert_str_eq(ot_scheme_title(s), "mine");
    ck_assert_str_eq(ot_scheme_text(s), "scheme    = mine\norder     = 1\nb = 1\n");
    ot_scheme_free(s);
}
END_TEST

static void check_complaint(const char *text, const char *place_and_words)
{
    ot_scheme *s = NULL;
    const ot_status status = ot_scheme_parse(text, "f", &s);
    ck_assert_msg(status == OT_EFORMAT, "this was accepted:\n%.500s", text);
    ck_assert_ptr_null(s);
    ck_assert_msg(strncmp(ot_message(), place_and_words, strlen(place_and_words)) == 0,
                  "%s\ninstead of: %s\nfor:\n%.500s", ot_message(), place_and_words, text);
}

START_TEST(complaints_name_the_place_and_what_would_be_right)
{
    static const char *const cases[][2] = {
        { "", "f:1:1: there is no line \"scheme = ...\"" },
        { "scheme = mine\nb = 1\n", "f:3:1: there is no line \"order = ...\"" },
        { HEAD, "f:3:1: there is no line \"b = ...\"" },
        { HEAD "a2 = 1\na3 = 1\nb = 0, 0, 1\n",
          "f:4:1: row a3 has 1 entry; it must have 2, one for each stage before it" },
        { HEAD "a2 = 1\na3 = 1, 1, 1\nb = 0, 0, 1\n",
          "f:4:1: row a3 has 3 entries; it may have 2: with more, stage 3 would depend on itself "
          "or a "
          "later stage, an implicit scheme" },
        { HEAD "a2 = 1\nb = 0, 0, 1\n",
          "f:4:1: b has 3 entries, so there are 3 stages, but no row a3" },
        { HEAD "a2 = 1\na3 = 1, 0\nb = 0, 1\n",
          "f:4:1: there is a row a3 of stage 3, but b in line 5 has only 2" },
        { HEAD "a2 = 1\nb = 1\n",
          "f:3:1: there is a row a2 of stage 2, but b in line 4 has only 1 entry" },
        { HEAD "b = 0, 0\na2 = 1\n", "f:3:1: all weights are 0" },
        { HEAD "a2 = 1\na2 = 1\nb = 0, 1\n", "f:4:1: a2 is given twice, first in line 3" },
        { HEAD "order = 2\n", "f:3:1: order is given twice, first in line 2" },
        { HEAD "a1 = 1\nb = 1\n", "f:3:1: row a1 has 1 entries; it may have 0" },
        { HEAD "a0 = 1\n", "f:3:1: unknown key \"a0\"; did you mean \"a2\"?" },
        { HEAD "a65 = 1\n", "f:3:1: a tableau has stages 1 to 64" },
        { HEAD "a99999999999999999999 = 1\n", "f:3:1: a tableau has stages 1 to 64" },
        { HEAD "  titel = x\n", "f:3:3: unknown key \"titel\"; did you mean \"title\"?" },
        { HEAD "quux = x\n", "f:3:1: unknown key \"quux\"; keys are scheme, title," },
        { HEAD "= 2\n", "f:3:1: unknown key \"=\"; keys are" },
        { HEAD "c = 0, 1\na2 = 1/2\nb = 0, 1\n",
          "f:3:1: node 2 of c is 1, but row a2 adds up to 0.5" },
        { HEAD "c = 0.1, 1/2\na2 = 1/2\nb = 0, 1\n", "f:3:1: node 1 of c is 0.1" },
        { HEAD "c = 0\na2 = 1/2\nb = 0, 1\n", "f:3:1: c has 1 entry; it must have 2" },
        { HEAD "c = 0\nc = 0\nb = 1\n", "f:4:1: c is given twice" },
        { HEAD "a2 = 0,5\n",
          "f:3:1: row a2 has 2 entries; it may have 1: with more, stage 2 would" },
        { HEAD "a2 1\n", "f:3:4: = is expected, not \"1\"" },
        { HEAD "a2\n", "f:3:3: = is missing" },
        { HEAD "a2 = 1/0\n", "f:3:7: division by zero" },
        { HEAD "a2 = 1 2\n", "f:3:8: a comma or an operator is expected, not \"2\"" },
        { HEAD "a2 = 1.d0\n", "f:3:8: write an exponent with e: 1e0, not 1d0" },
        { HEAD "a3 = 1,, 2\n", "f:3:8: a number is expected, not \",\"" },
        { HEAD "a3 = 1, 2,\n", "f:3:11: a number is missing" },
        { HEAD "a2 = \n", "f:3:6: a number is missing" },
        { HEAD "title =  # nothing\n", "f:3:10: some text is missing" },
        { "order = four\n", "f:1:9: an order from 0 to 64 is expected, not \"four\"" },
        { "order = 65\n", "f:1:9: an order from 0 to 64 is expected, not \"65\"" },
        { "order = -1\n", "f:1:9: an order from 0 to 64 is expected, not \"-\"" },
        { "order = 4 4\n", "f:1:11: the end of the line is expected, not \"4\"" },
        { "scheme = RK4\n", "f:1:10: a name of lower-case letters" },
        { "scheme = 4rk\n", "f:1:10: a name of lower-case letters" },
        { "scheme = rkFour\n", "f:1:10: a name of lower-case letters" },
        { "scheme = rk 4\n", "f:1:13: the end of the line is expected, not \"4\"" },
        { "scheme = rk4x2\n", "f:1:10: a name may not end in \"x2\"" },
        { "scheme = abcdefghijklmnopqrstuvwxyz_01234\n", "f:1:10: the name has 32 characters" },
        { HEAD "embedded = 1\n", "f:3:10: a name of lower-case letters" },
        { HEAD "embedded low = 1\n", "f:3:14: (order N) is expected, not \"=\"" },
        { HEAD "embedded low (1) = 1\n", "f:3:15: order, as in (order 4), is expected, not \"1\"" },
        { HEAD "embedded low (order 1 = 1\n", "f:3:23: ) is expected, not \"=\"" },
        { HEAD "b = 1\nembedded low (order 1) = 1, 0\n",
          "f:4:1: embedded low has 2 entries; it must have 1 as b has" },
        { HEAD "embedded e (order 1) = 1\nembedded e (order 1) = 1\n",
          "f:4:1: embedded e is given twice, first in line 3" },
        { HEAD "title = a\xFF\n", "f:3:10: byte 0xff is not UTF-8" },
        { HEAD "title = \xC0\xAF\n", "f:3:9: byte 0xc0 is not UTF-8" },         /* overlong / */
        { HEAD "title = \xED\xA0\x80\n", "f:3:9: byte 0xed is not UTF-8" },     /* surrogate */
        { HEAD "title = \xF4\x90\x80\x80\n", "f:3:9: byte 0xf4 is not UTF-8" }, /* > U+10FFFF */
        { HEAD "title = \xE2(\x80\n", "f:3:9: byte 0xe2 is not UTF-8" },
        { "scheme = rk{\n", "f:1:12: the end of the line is expected, not \"{\"" },
        { HEAD "title = \xE2\x82", "f:3:9: byte 0xe2 is not UTF-8" }, /* cut off */
        { HEAD "title = \033[31m\n", "f:3:9: a control character (byte 0x1b)" },
        { HEAD "title = \xC2\x9B\n", "f:3:9: a control character" },
        { HEAD "title = \xC3\xB6\xC3\xB6 \177\n", "f:3:12: a control character" },
        { HEAD "title = a\xE2\x80\xAE"
               "b\n",
          "f:3:10: a control character" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        check_complaint(cases[i][0], cases[i][1]);
}
END_TEST

START_TEST(embedded_weights_are_as_many_as_those_of_b)
{
    check_complaint(HEAD "a2 = 1/2\nb = 0, 1\nembedded low (order 1) = 1\n",
                    "f:5:1: embedded low has 1 entry; it must have 2 as b has");
    check_complaint(HEAD "a2 = 1/2\nb = 0, 1\nembedded low (order 1) = 1, 0, 1\n",
                    "f:5:1: embedded low has 3 entries; it must have 2 as b has");
}
END_TEST

static void append_zeros(char *text, int n)
{
    for (int i = 0; i < n; i++)
        strcat(text, i ? ", 0" : "0");
}

START_TEST(stages_are_bounded)
{
    static char text[100000];
    for (int stages = 64; stages <= 65; stages++) {
        strcpy(text, "scheme = mine\norder = 0\n");
        for (int i = 2; i <= 64; i++) {
            sprintf(text + strlen(text), "a%d = ", i);
            append_zeros(text, i - 1);
            strcat(text, "\n");
        }
        strcat(text, "b = 1, ");
        append_zeros(text, stages - 1);
        if (stages == 65) {
            check_complaint(text, "f:66:197: more than 64 entries");
            continue;
        }
        ot_scheme *s = NULL;
        ck_ok(ot_scheme_parse(text, "f", &s));
        ck_assert_int_eq(ot_scheme_stages(s), 64);
        ck_assert_int_eq(ot_scheme_evaluations(s), 1);
        ot_scheme_free(s);
    }
}
END_TEST

START_TEST(a_text_without_end_is_refused)
{
    enum { N = OT__TEXT_MOST + 1 };
    char *text = ot__new(N + 1, 1);
    memset(text, '#', N);
    check_complaint(text, "f:1:1: the text has 1048577 bytes");
    ot__free(text);
}
END_TEST

START_TEST(of_a_long_origin_the_end_is_named)
{
    char origin[400];
    ot_scheme *s = NULL;
    memset(origin, 'd', sizeof origin);
    strcpy(origin + 380, "/mine.tableau");
    ck_status(ot_scheme_parse("order = 4\norder = 4\n", origin, &s), OT_EFORMAT);
    ck_assert_ptr_nonnull(strstr(ot_message(), "d/mine.tableau:2:1: order is given twice"));
}
END_TEST

START_TEST(a_file_is_read_and_zero_bytes_in_it_are_refused)
{
    static const char good[] = "scheme = mine\norder = 1\nb = 1\n";
    char path[OT_TEMPORARY];
    ot_temporary(path);
    const int fd = mkstemp(path);
    ot_scheme *s = NULL;
    ck_assert_int_eq(write(fd, good, strlen(good)), (int)strlen(good));
    ck_ok(ot_scheme_read(path, &s));
    ck_assert_str_eq(ot_scheme_name(s), "mine");
    ot_scheme_free(s);
    ck_assert_int_eq(write(fd, "\0x", 2), 2);
    ck_status(ot_scheme_read(path, &s), OT_EFORMAT);
    ck_assert_ptr_null(s);
    ck_assert_ptr_nonnull(strstr(ot_message(), ":4:1: a control character (byte 0x00)"));
    close(fd);
    unlink(path);
    ck_status(ot_scheme_read(path, &s), OT_ENOENT);
}
END_TEST

/* The literal blocks of the manual page parse, or fail, as the page says. */
START_TEST(the_examples_of_the_manual_are_read)
{
    static const char *const names[] = { "my_gill", "my_heun" };
    const char *srcdir = getenv("srcdir");
    char *path = ot__format("%s/man/odetape-tableau.5", srcdir ? srcdir : "..");
    char *page = NULL;
    size_t size = 0;
    ck_ok(ot__file_read(path, 1 << 20, &page, &size));
    char *at = page;
    for (int i = 0; i < 2; i++) {
        ot_scheme *s = NULL;
        at = strstr(at, ".Bd -literal");
        ck_assert_ptr_nonnull(at);
        at = strchr(at, '\n') + 1;
        char *end = strstr(at, ".Ed");
        *end = 0;
        ck_ok(ot_scheme_parse(at, path, &s));
        ck_assert_str_eq(ot_scheme_name(s), names[i]);
        ot_scheme_free(s);
        at = end + 1;
    }
    ck_assert_ptr_null(strstr(at, ".Bd -literal"));
    ot__free(page);
    ot__free(path);
}
END_TEST

/* With one byte changed or removed, or the end cut off, a text is refused with a place, or it is a
 * scheme whose text parses to the same scheme. */
START_TEST(no_damaged_text_does_harm)
{
    static const char bytes[] = "0123456789+-*/().,=#\n a2b\x80\xff(((---sqrt";
    int refused = 0;
    for (uint32_t i = 0; i < 4000; i++) {
        const ot__draw u = ot__random(5, OT__RNG_INIT, i, 0, 0, 0);
        const int which = (int)ot__below(u.word[0], (uint32_t)ot__builtin_count);
        char *text = ot__strdup(ot_scheme_text(ot_scheme_at(which)));
        const size_t n = strlen(text), at = ot__below(u.word[1], (uint32_t)n);
        if (u.word[2] % 3 == 0) text[at] = bytes[u.word[3] % (sizeof bytes - 1)];
        if (u.word[2] % 3 == 1) memmove(text + at, text + at + 1, n - at);
        if (u.word[2] % 3 == 2) text[at] = 0;
        ot_scheme *s = NULL, *again = NULL;
        const ot_status status = ot_scheme_parse(text, "f", &s);
        if (status != OT_OK) {
            int line, column;
            ck_assert_int_eq(status, OT_EFORMAT);
            ck_assert_int_eq(sscanf(ot_message(), "f:%d:%d: ", &line, &column), 2);
            refused++;
        } else {
            ck_ok(ot_scheme_parse(ot_scheme_text(s), "f", &again));
            ck_assert_str_eq(ot_scheme_text(again), ot_scheme_text(s));
        }
        ot_scheme_free(s);
        ot_scheme_free(again);
        ot__free(text);
    }
    ck_assert_int_gt(refused, 1500);
    ck_assert_int_lt(refused, 3900);
}
END_TEST

START_TEST(running_out_of_memory_anywhere_is_an_error_and_nothing_more)
{
    static const char *const names[] = { "gill4", "cash_karp", "verner89" };
    for (size_t k = 0; k < sizeof names / sizeof names[0]; k++) {
        const char *text = ot_scheme_text(ot_scheme_find(names[k]));
        ot_scheme *s = NULL;
        ot_status status = OT_ENOMEM;
        long n = 0;
        while (status != OT_OK) {
            ot__fail_allocation(++n, 0);
            status = ot_scheme_parse(text, "f", &s);
            ot__fail_allocation(0, 0);
            if (status != OT_OK) ck_assert_int_eq(status, OT_ENOMEM);
        }
        ck_assert_int_gt(n, 20);
        ck_assert_str_eq(ot_scheme_text(s), text);
        ot_scheme_free(s);
    }
}
END_TEST

TCase *tableau_case(void)
{
    TCase *c = tcase_create("tableau");
    tcase_add_test(c, a_file_may_have_comments_blank_lines_any_order_and_windows_line_ends);
    tcase_add_test(c, a_name_may_have_an_x_that_counts_no_blocks);
    tcase_add_test(c, a_title_has_at_most_200_bytes);
    tcase_add_test(c, entries_are_told_exactly_and_none_outside);
    tcase_add_test(c, a_scheme_without_title_is_called_by_its_name);
    tcase_add_test(c, complaints_name_the_place_and_what_would_be_right);
    tcase_add_test(c, stages_are_bounded);
    tcase_add_test(c, a_text_without_end_is_refused);
    tcase_add_test(c, of_a_long_origin_the_end_is_named);
    tcase_add_test(c, embedded_weights_are_as_many_as_those_of_b);
    tcase_add_test(c, a_file_is_read_and_zero_bytes_in_it_are_refused);
    tcase_add_test(c, the_examples_of_the_manual_are_read);
    tcase_add_test(c, no_damaged_text_does_harm);
    tcase_add_test(c, running_out_of_memory_anywhere_is_an_error_and_nothing_more);
    return c;
}
