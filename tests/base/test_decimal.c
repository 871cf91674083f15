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

/* ---- reading ---- */

enum { LEAST = -5, MOST = 300 };

/* How much of a text is read as a count, a whole number and a real number, each from LEAST or 0 to
 * MOST; 0: it is refused. */
static const struct {
    const char *text;
    int count, whole, real;
} readings[] = {
    { "0", 1, 1, 1 },
    { "007x", 3, 3, 3 },
    { "300", 3, 3, 3 },
    { "301", 0, 0, 0 },
    { "+7", 0, 2, 2 },
    { "-5", 0, 2, 2 },
    { "-6", 0, 0, 0 },
    { "", 0, 0, 0 },
    { " 1", 0, 0, 0 },
    { "x", 0, 0, 0 },
    { "-", 0, 0, 0 },
    { "1.5", 1, 1, 3 },
    { ".5", 0, 0, 2 },
    { "5.", 1, 1, 2 },
    { ".", 0, 0, 0 },
    { "2e1", 1, 1, 3 },
    { "2e", 1, 1, 1 },
    { "2e+", 1, 1, 1 },
    { "2E-2", 1, 1, 4 },
    { "1e400", 1, 1, 0 },
    { "0x10", 1, 1, 0 },
    { "inf", 0, 0, 0 },
    { "nan", 0, 0, 0 },
    { "300.5", 3, 3, 0 },
    { "-5.5", 0, 2, 0 },
    { "99999999999999999999", 0, 0, 0 },
    { "18446744073709551617", 0, 0, 0 }, /* 2^64 + 1 */
};

START_TEST(a_number_is_read_if_it_is_decimal_and_in_its_range)
{
    const char *const text = readings[_i].text, *at = text;
    int count = -1;
    ck_assert_int_eq(ot__read_count(&at, 0, MOST, &count), readings[_i].count > 0);
    ck_assert_int_eq(at - text, readings[_i].count);
    ck_assert(readings[_i].count > 0 || count == -1);
    long long whole = -100;
    at = text;
    ck_assert_int_eq(ot__read_whole(&at, LEAST, MOST, &whole), readings[_i].whole > 0);
    ck_assert_int_eq(at - text, readings[_i].whole);
    ck_assert(readings[_i].whole > 0 ? whole == strtoll(text, NULL, 10) : whole == -100);
    double real = -100;
    at = text;
    ck_assert_int_eq(ot__read_real(&at, LEAST, MOST, &real), readings[_i].real > 0);
    ck_assert_int_eq(at - text, readings[_i].real);
    ck_assert(readings[_i].real > 0 ? real == strtod(text, NULL) : real == -100);
}
END_TEST

START_TEST(a_real_number_without_limits_is_finite)
{
    double real = 7;
    const char *at = "1e400";
    ck_assert(!ot__read_real(&at, -INFINITY, INFINITY, &real));
    at = "-1e400";
    ck_assert(!ot__read_real(&at, -INFINITY, INFINITY, &real));
    ck_assert_double_eq(real, 7);
}
END_TEST

static const struct {
    const char *text;
    bool good;
    uint64_t seed;
} seeds[] = {
    { "0", true, 0 },    { "42", true, 42 },  { "18446744073709551615", true, UINT64_MAX },
    { "", false, 0 },    { "42x", false, 0 }, { "18446744073709551616", false, 0 },
    { "-1", false, 0 },  { "+1", false, 0 },  { " 1", false, 0 },
    { "1.0", false, 0 }, { "1e3", false, 0 },
};

START_TEST(a_seed_is_any_whole_number_of_64_bits)
{
    uint64_t seed = 7;
    ck_assert_int_eq(ot__read_seed(seeds[_i].text, &seed), seeds[_i].good);
    ck_assert(seed == (seeds[_i].good ? seeds[_i].seed : 7));
}
END_TEST

START_TEST(a_pair_is_two_numbers_and_nothing_else)
{
    static const char *const wrong[] = { "1",   "1:",  ":2",   "1:2:", "1:2x", "1,2",
                                         "1:9", "9:1", " 1:2", "1: 2", "" };
    double pair[2] = { 7, 7 };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        ck_assert_msg(!ot__read_pair(wrong[i], ':', -5, 5, pair), "'%s'", wrong[i]);
    ck_assert(pair[0] == 7 && pair[1] == 7);
    ck_assert(ot__read_pair("-0.5:1.5", ':', -5, 5, pair));
    ck_assert(pair[0] == -0.5 && pair[1] == 1.5);
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
    tcase_add_loop_test(c, a_number_is_read_if_it_is_decimal_and_in_its_range, 0,
                        sizeof readings / sizeof readings[0]);
    tcase_add_test(c, a_real_number_without_limits_is_finite);
    tcase_add_loop_test(c, a_seed_is_any_whole_number_of_64_bits, 0,
                        sizeof seeds / sizeof seeds[0]);
    tcase_add_test(c, a_pair_is_two_numbers_and_nothing_else);
    return c;
}
