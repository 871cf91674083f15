/* SPDX-License-Identifier: BSD-3-Clause
 * Numbers as text: the shortest ones, against all shorter ones; and bytes. */
#include "base/decimal.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "base/cases.h"
#include "base/json.h"

static const struct {
    double value;
    const char *text;
} known[] = {
    { 0.1, "0.1" },
    { 300, "300" },
    { 1e6, "1000000" },
    { 1e16, "10000000000000000" },
    { 1e17, "1e17" },
    { 1e-4, "0.0001" },
    { 1e-5, "1e-5" },
    { -2.5e-7, "-2.5e-7" },
    { 1.0 / 3, "0.3333333333333333" },
    { 0.1 + 0.2, "0.30000000000000004" },
    { 5e-324, "5e-324" },
    { 1.7976931348623157e308, "1.7976931348623157e308" },
    { 0, "0" },
    { INFINITY, "inf" },
    { -INFINITY, "-inf" },
    { NAN, "nan" },
};

START_TEST(a_number_is_its_shortest_decimal)
{
    ck_assert_str_eq(OT__REAL(known[_i].value), known[_i].text);
}
END_TEST

/* Any bits: the text reads back as the same number, and no text of fewer digits does. */
START_TEST(every_number_reads_back_and_no_shorter_text_does)
{
    for (uint64_t i = 0; i < 20000; i++) {
        const uint64_t bits = i * UINT64_C(0x9E3779B97F4A7C15) ^ i << 32;
        double x, y;
        memcpy(&x, &bits, sizeof x);
        if (!isfinite(x)) continue;
        const char *const text = OT__REAL(x), *end = text;
        ck_assert_msg(ot__read_real(&end, -INFINITY, INFINITY, &y) && !*end && x == y, "%s", text);
        if (!strpbrk(text, ".e")) continue; /* a whole number has all its digits */
        int digits = 0;
        for (const char *c = text; *c && *c != 'e'; c++)
            digits += *c >= '0' && *c <= '9' && (digits > 0 || *c != '0');
        char less[40];
        snprintf(less, sizeof less, "%.*e", digits - 2, x);
        ck_assert_msg(digits < 2 || strtod(less, NULL) != x, "%s is longer than %s", text, less);
    }
}
END_TEST

START_TEST(a_measured_number_is_rounded_and_has_no_exponent)
{
    ck_assert_str_eq(OT__ROUNDED(12345.6, 3), "12300");
    ck_assert_str_eq(OT__ROUNDED(299.96, 2), "300");
    ck_assert_str_eq(OT__ROUNDED(0.123456, 4), "0.1235");
    ck_assert_str_eq(OT__ROUNDED(-1.0 / 3, 6), "-0.333333");
    ck_assert_str_eq(OT__ROUNDED(NAN, 6), "nan");
    ck_assert_str_eq(ot__float_text(&(ot__real){ "" }, 0.1f), "0.1");
    ck_assert_str_eq(ot__float_text(&(ot__real){ "" }, 16777216.0f), "16777216");
    ck_assert_str_eq(ot__float_text(&(ot__real){ "" }, 1e-5f), "1e-5");
}
END_TEST

START_TEST(bytes_have_one_unit)
{
    ck_assert_str_eq(OT__BYTES(0), "0 B");
    ck_assert_str_eq(OT__BYTES(1023), "1023 B");
    ck_assert_str_eq(OT__BYTES(10239), "10239 B");
    ck_assert_str_eq(OT__BYTES(10240), "0.01 MiB");
    ck_assert_str_eq(OT__BYTES(1 << 20), "1.00 MiB");
    ck_assert_str_eq(OT__BYTES(9.996 * (1 << 20)), "10.0 MiB");
    ck_assert_str_eq(OT__BYTES(53.7 * (1 << 20)), "53.7 MiB");
    ck_assert_str_eq(OT__BYTES(99.96 * (1 << 20)), "100 MiB");
    ck_assert_str_eq(OT__BYTES(5e12), "4768372 MiB");
}
END_TEST

START_TEST(texts_are_the_same_if_only_numbers_are_spelled_otherwise)
{
    ck_assert(ot__same_decimals("batch(eps=1e-05) 0.10000000000000001", "batch(eps=1e-5) 0.1"));
    ck_assert(ot__same_decimals("3e+02", "300"));
    ck_assert(ot__same_decimals("", ""));
    ck_assert(!ot__same_decimals("rk4 x2", "rk4 x3"));
    ck_assert(!ot__same_decimals("0.1", "0.1 "));
    ck_assert(!ot__same_decimals("0.1", "a"));
}
END_TEST

START_TEST(json_has_the_shortest_numbers_outside_of_strings)
{
    json_t *const value =
        json_pack("{s:f, s:f, s:s, s:i, s:[f, f]}", "a", 0.1, "b", 300.0,
                  "c\\\"0.10000000000000001", "\"0.10000000000000001", "d", 7, "e", 1e-5, 1.0 / 3);
    char *const text = ot__json_dump(value, JSON_COMPACT | JSON_SORT_KEYS);
    ck_assert_str_eq(text, "{\"a\":0.1,\"b\":300.0,\"c\\\\\\\"0.10000000000000001\":"
                           "\"\\\"0.10000000000000001\",\"d\":7,\"e\":[1e-5,0.3333333333333333]}");
    json_t *again = NULL;
    ck_ok(ot__json_parse(text, strlen(text), &again, NULL));
    ck_assert(json_equal(value, again));
    json_decref(again);
    json_decref(value);
    free(text);
}
END_TEST

TCase *decimal_case(void)
{
    TCase *c = tcase_create("decimal");
    tcase_add_loop_test(c, a_number_is_its_shortest_decimal, 0,
                        (int)(sizeof known / sizeof known[0]));
    tcase_add_test(c, every_number_reads_back_and_no_shorter_text_does);
    tcase_add_test(c, a_measured_number_is_rounded_and_has_no_exponent);
    tcase_add_test(c, bytes_have_one_unit);
    tcase_add_test(c, texts_are_the_same_if_only_numbers_are_spelled_otherwise);
    tcase_add_test(c, json_has_the_shortest_numbers_outside_of_strings);
    return c;
}
