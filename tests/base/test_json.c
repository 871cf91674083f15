/* SPDX-License-Identifier: BSD-3-Clause
 * Calls of jansson with too little memory. */
#include "base/json.h"

#include <stdlib.h>
#include <string.h>

#include "base/cases.h"

static long fail_at, calls;

static void *fail_once(size_t n)
{
    return ++calls == fail_at ? NULL : malloc(n);
}

static void *none(size_t n)
{
    (void)n;
    return NULL;
}

static ot_status parse(const char *text, json_t **value)
{
    json_error_t why;
    return ot__json_parse(text, strlen(text), value, &why);
}

START_TEST(a_text_is_a_value_or_is_refused)
{
    json_t *value;
    ck_ok(parse("{\"a\": [1, 2.5, null]}", &value));
    ck_assert_uint_eq(json_array_size(json_object_get(value, "a")), 3);
    json_decref(value);
    ck_status(parse("{\"a\": 1, \"a\": 2}", &value), OT_EFORMAT);
    ck_assert_ptr_null(value);
    ck_status(parse("{\"a\": ", &value), OT_EFORMAT);
    ck_status(ot__json_text("\xff", &value), OT_EFORMAT);
    ck_ok(ot__json_text("caf\xc3\xa9", &value));
    json_decref(value);
}
END_TEST

/* What a text is in a file of JSON, and in one that is printed. */
static const struct {
    const char *text, *dumped;
} dumps[] = {
    { "plain \xc3\xa9", "\"plain \xc3\xa9\"" },
    { "a\033[31m\n", "\"a\\u001B[31m\\n\"" },
    { "\x7f|\xc2\x9b|\xc2\xa0", "\"\\u007F|\\u009B|\xc2\xa0\"" },
    { "\xe2\x80\xae|\xe2\x81\xa9|\xef\xbf\xbf", "\"\\u202E|\\u2069|\\uFFFF\"" },
    { "\xd8\x9c|\xe2\x80\x8e", "\"\\u061C|\\u200E\"" },
};

START_TEST(a_text_is_dumped_without_what_steers_a_terminal_and_reads_back)
{
    json_t *const value = json_string(dumps[_i].text), *again;
    char *const text = ot__json_dump(value, JSON_ENCODE_ANY);
    ck_assert_str_eq(text, dumps[_i].dumped);
    again = json_loads(text, JSON_DECODE_ANY, NULL);
    ck_assert_str_eq(json_string_value(again), dumps[_i].text);
    json_decref(again);
    json_decref(value);
    free(text);
}
END_TEST

START_TEST(a_good_text_without_memory_is_not_called_wrong)
{
    json_t *value;
    json_set_alloc_funcs(none, free);
    ck_status(parse("[1]", &value), OT_ENOMEM);
    ck_status(ot__json_text("good", &value), OT_ENOMEM);
    for (fail_at = 1; fail_at < 20; fail_at++) { /* there is memory again after one failure */
        calls = 0;
        json_set_alloc_funcs(fail_once, free);
        ck_ok(parse("[1]", &value));
        json_decref(value);
    }
}
END_TEST

START_TEST(a_part_that_is_missing_takes_the_whole_with_it)
{
    json_t *object = json_object(), *array = json_array();
    ot__json_set(&object, "a", json_integer(1));
    ot__json_append(&array, json_integer(1));
    ck_assert_uint_eq(json_object_size(object), 1);
    ck_assert_uint_eq(json_array_size(array), 1);
    ot__json_set(&object, "b", NULL);
    ot__json_append(&array, NULL);
    ck_assert_ptr_null(object);
    ck_assert_ptr_null(array);
    ot__json_set(&object, "c", json_integer(1)); /* it stays NULL */
    ot__json_append(&array, json_integer(1));
    ck_assert_ptr_null(object);
    ck_assert_ptr_null(array);
}
END_TEST

TCase *json_case(void)
{
    TCase *c = tcase_create("json");
    tcase_add_loop_test(c, a_text_is_dumped_without_what_steers_a_terminal_and_reads_back, 0,
                        sizeof dumps / sizeof dumps[0]);
    tcase_add_test(c, a_text_is_a_value_or_is_refused);
    tcase_add_test(c, a_good_text_without_memory_is_not_called_wrong);
    tcase_add_test(c, a_part_that_is_missing_takes_the_whole_with_it);
    return c;
}
