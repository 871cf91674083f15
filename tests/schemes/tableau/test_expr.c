/* SPDX-License-Identifier: BSD-3-Clause
 * Tests the parser of coefficients: values, places of errors, limits, locales and time. */
#include "schemes/tableau/expr.h"

#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/memory.h"
#include "schemes/cases.h"

static ot_status evaluate(const char *text, unsigned long root, char **value)
{
    ot__source s;
    ot__value x;
    OT_TRY(ot__source_open(&s, "f", text, strlen(text)));
    ot__value_init(&x);
    const ot_status status = ot__expr_read(&s, &root, &x);
    if (status == OT_OK) *value = ot__exact_text(&x.x);
    ot__value_clear(&x);
    return status;
}

static void check_value(const char *text, const char *expected)
{
    char *value = NULL;
    ck_ok(evaluate(text, 1, &value));
    ck_assert_msg(strcmp(value, expected) == 0, "%s gave %s instead of %s", text, value, expected);
    ot__free(value);
}

START_TEST(expressions_have_the_value_of_arithmetic)
{
    static const char *const cases[][2] = {
        { "7", "7" },
        { "0.25", "1/4" },
        { "12.50", "25/2" },
        { "0.333", "333/1000" },
        { "1/2/3", "1/6" },
        { "8/4*2", "4" },
        { "1 - 2 - 3", "-4" },
        { "1 + 2*3", "7" },
        { "(1 + 2)*3", "9" },
        { "-1/3", "-1/3" },
        { "+1/3", "1/3" },
        { "\xE2\x88\x92"
          "1/3",
          "-1/3" }, /* U+2212, the minus sign of typeset texts */
        { "2 \xE2\x88\x92 3", "-1" },
        { ".5", "1/2" },
        { "1.", "1" },
        { "5e-1", "1/2" },
        { "2.5E+1", "25" },
        { ".125e3", "125" },
        { "--2", "2" },
        { "2 - -3", "5" },
        { "-(1 + 2)", "-3" },
        { "2*-3", "-6" },
        { "sqrt(2)", "sqrt(2)" },
        { "sqrt(8)", "2*sqrt(2)" },
        { "sqrt(9)", "3" },
        { "sqrt(1/2)", "sqrt(2)/2" },
        { "sqrt(1 + 1)", "sqrt(2)" },
        { "sqrt(sqrt(16))", "2" },
        { "sqrt(sqrt(2)*sqrt(2))", "sqrt(2)" },
        { "(sqrt(2) - 1)*(sqrt(2) + 1)", "1" },
        { "1/(1 + sqrt(2))", "-1 + sqrt(2)" },
        { "sqrt(2) + sqrt(8) + sqrt(18)", "6*sqrt(2)" },
        { "(2 - sqrt(2))/6", "(2 - sqrt(2))/6" },
        { " \t( 2-sqrt ( 2 ) ) / 6", "(2 - sqrt(2))/6" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        check_value(cases[i][0], cases[i][1]);
}
END_TEST

START_TEST(a_decimal_point_is_a_point_in_every_locale)
{
    /* If no such locale is installed, the test reads the same numbers in the default locale. */
    setlocale(LC_ALL, "de_DE.UTF-8");
    check_value("0.5", "1/2");
    check_value("1234567.5", "2469135/2");
}
END_TEST

static void check_complaint(const char *text, const char *place_and_words)
{
    char *value = NULL;
    const ot_status status = evaluate(text, 6, &value);
    ck_assert_msg(status == OT_EFORMAT, "\"%.200s\" was read as %.200s", text, value);
    ck_assert_msg(strncmp(ot_message(), place_and_words, strlen(place_and_words)) == 0,
                  "\"%.200s\": %s\ninstead of: %s", text, ot_message(), place_and_words);
}

START_TEST(complaints_name_the_place_and_the_reason)
{
    static const char *const cases[][2] = {
        { "", "f:1:1: a number is missing" },
        { "1 +", "f:1:4: a number is missing" },
        { "1 + # 2", "f:1:5: a number is missing" },
        { "1/0", "f:1:2: division by zero" },
        { "1/(2 - 4/2)", "f:1:2: division by zero" },
        { "1/(sqrt(6) - sqrt(6))", "f:1:2: division by zero" },
        { "0/0", "f:1:2: division by zero" },
        { "(1 + 2", "f:1:7: ) is missing: ( is in column 1" },
        { "2*)", "f:1:3: a number is expected, not \")\"" },
        { "x", "f:1:1: a number is expected, not \"x\"" },
        { "nan", "f:1:1: a number is expected, not \"nan\"" },
        { "\xC3\xA4", "f:1:1: a number is expected, not \"\xC3\xA4\"" },
        { ".", "f:1:1: a digit must be before or after the point" },
        { ".e5", "f:1:1: a digit must be before or after the point" },
        { "1e300", "f:1:1: a value grows beyond 200 digits" },
        { "1e-999999999999999999", "f:1:1: a value grows beyond 200 digits" },
        { "1//2", "f:1:3: a quotient has one slash: 1/2" },
        { "\\frac{1}{2}", "f:1:1: write a fraction as (1)/(2)" },
        { "\\sqrt{2}", "f:1:1: write a square root as sqrt(2)" },
        { "1.d0", "f:1:3: write an exponent with e: 1e0, not 1d0" },
        { "3 + 0.5D-1/7", "f:1:8: write an exponent with e" },
        { "sqrt 2", "f:1:6: ( must follow sqrt" },
        { "sqrt(-1)", "f:1:1: square root of a negative number" },
        { "1 + sqrt(1 + sqrt(6))", "f:1:5: square root of an irrational number" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        check_complaint(cases[i][0], cases[i][1]);
}
END_TEST

/* The rounding that an expression may have, against the same expression with its decimals moved. */
START_TEST(decimals_say_how_far_they_may_be_rounded)
{
    static const struct {
        const char *text;
        double unit, coarse;
        int digits;
    } cases[] = {
        { "1/3", 0, 0, 0 },
        { "0.5", 0, 0, 0 },
        { "0.375", 0, 0, 0 }, /* 3/8 */
        { "0.333", 0, 1e-3, 0 },
        { "0.33333", 0, 1e-5, 0 },
        { "0.333333", 1e-6, 1e-6, 6 },
        { "0.0000333333", 1e-10, 1e-10, 6 },
        { "3.33333e-5", 1e-10, 1e-10, 6 },
        { "0.1234567 - 0.333", 1e-7, 1.0001e-3, 7 },
        { "2*0.1234567", 2e-7, 2e-7, 7 },
        { "0.1234567/4", 0.25e-7, 0.25e-7, 7 },
        { "1/0.1234567", 1e-7 / (0.1234567 * 0.1234567), 1e-7 / (0.1234567 * 0.1234567), 7 },
        { "0.1234567*0.12345678", 1.2345678e-8 + 1.234567e-9, 1.2345678e-8 + 1.234567e-9, 7 },
        { "sqrt(0.2500001)", 1e-7 / 2 / 0.5000001, 1e-7 / 2 / 0.5000001, 7 },
        { "sqrt(1000003)", 1e-60, 1e-60, OT__ROOT_DIGITS }, /* too large to be exact */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        ot__source s;
        ot__value v;
        unsigned long root = 1;
        ck_ok(ot__source_open(&s, "f", cases[i].text, strlen(cases[i].text)));
        ot__value_init(&v);
        ck_ok(ot__expr_read(&s, &root, &v));
        ck_assert_msg(fabs(v.unit - cases[i].unit) <= 1e-6 * cases[i].unit, "%s: %g", cases[i].text,
                      v.unit);
        ck_assert_msg(fabs(v.coarse - cases[i].coarse) <= 1e-6 * cases[i].coarse, "%s: %g",
                      cases[i].text, v.coarse);
        ck_assert_msg(v.digits == cases[i].digits, "%s: %d digits", cases[i].text, v.digits);
        ot__value_clear(&v);
    }
}
END_TEST

/* A root that is too large, or beside another one, is a decimal of 60 digits. */
START_TEST(roots_outside_of_the_field_are_decimals)
{
    char *value;
    ck_ok(evaluate("sqrt(1000003)*sqrt(1000003)", 1, &value));
    ck_assert_ptr_null(strstr(value, "sqrt"));
    ot__free(value);
    ck_ok(evaluate("sqrt(2)", 6, &value));
    ck_assert_msg(strstr(value, "/") && !strstr(value, "sqrt"), "%s", value);
    ot__free(value);
}
END_TEST

START_TEST(nesting_is_bounded)
{
    enum { N = 100000 };
    static const char deep[] = { '(', '-' };
    char *text = ot__new(N + 1, 1);
    for (size_t i = 0; i < sizeof deep; i++) {
        memset(text, deep[i], N);
        check_complaint(text, "f:1:51: nested more than 50 deep");
    }
    memset(text, 0, N);
    for (int i = 0; i < 49; i++)
        strcat(text, "(");
    strcat(text, "7");
    for (int i = 0; i < 49; i++)
        strcat(text, ")");
    check_value(text, "7");
    ot__free(text);
}
END_TEST

START_TEST(digits_are_bounded_in_numbers_and_in_what_becomes_of_them)
{
    char text[4000] = "";
    memset(text, '9', 201);
    check_complaint(text, "f:1:1: the number has 201 digits; it may have 200");
    text[199] = 0;
    check_value(text, text);
    strcat(text, "*11");
    check_complaint(text, "f:1:200: a value grows beyond 200 digits");
    strcpy(text, "0.");
    memset(text + 2, '0', 199);
    strcpy(text + 201, "1");
    check_complaint(text, "f:1:1: the number has 201 digits");
    strcpy(text, "3");
    for (int i = 0; i < 600; i++)
        strcat(text, "/7*3");
    check_complaint(text, "f:1:");
    ck_assert_ptr_nonnull(strstr(ot_message(), "grows beyond 200 digits"));
}
END_TEST

START_TEST(time_grows_with_the_length_of_a_line_and_no_faster)
{
    static const char *const pieces[] = { "(1)+", "sqrt(1)*", "0*sqrt(999983)-" };
    enum {
        N = 1 << 20,
        SECONDS = 20
    }; /* about one second; minutes if time grows with the square */
    char *text = ot__new(N + 2, 1), *value = NULL;
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        const size_t n = strlen(pieces[i]);
        int end = 0, column = 0;
        for (; end + n <= N; end += (int)n)
            strcpy(text + end, pieces[i]);
        strcat(text, "!");
        const clock_t start = clock();
        ck_status(evaluate(text, 1, &value), OT_EFORMAT);
        ck_assert_int_lt((clock() - start) / CLOCKS_PER_SEC, SECONDS);
        ck_assert_int_eq(sscanf(ot_message(), "f:1:%d: a number is expected", &column), 1);
        ck_assert_int_eq(column, end + 1); /* all of it was read */
    }
    ot__free(text);
}
END_TEST

TCase *expr_case(void)
{
    TCase *c = tcase_create("expr");
    tcase_add_test(c, expressions_have_the_value_of_arithmetic);
    tcase_add_test(c, a_decimal_point_is_a_point_in_every_locale);
    tcase_add_test(c, complaints_name_the_place_and_the_reason);
    tcase_add_test(c, nesting_is_bounded);
    tcase_add_test(c, time_grows_with_the_length_of_a_line_and_no_faster);
    tcase_add_test(c, decimals_say_how_far_they_may_be_rounded);
    tcase_add_test(c, roots_outside_of_the_field_are_decimals);
    tcase_add_test(c, digits_are_bounded_in_numbers_and_in_what_becomes_of_them);
    return c;
}
