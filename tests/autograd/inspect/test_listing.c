/* SPDX-License-Identifier: BSD-3-Clause
 * Listings of a small program as text, graph and JSON. */
#include <jansson.h>
#include <string.h>

#include "autograd/cases.h"

static ot_tape *t;
static ot_program *p;
static char *text;
static size_t size;

static void new_program(void)
{
    t = ot_tape_new();
    const ot_var x = ot_input(t, "x", OT_SHAPE(2, 5));
    ot_scope_push(t, "a\"b");
    const ot_var w = ot_param(t, "w", OT_SHAPE(3, 5), ot_init_he(5));
    const ot_var y = ot_relu(t, ot_linear(t, x, w, (ot_var){ 0 }));
    ot_scope_pop(t);
    ot_param(t, "unused", OT_SHAPE(2), OT_ONES);
    ck_ok(ot_compile(t, ot_sum(t, y), NULL, &p));
}

static void free_program(void)
{
    ot_program_free(p);
    ot_tape_free(t);
    free(text);
}

static void list(ot_list_format format)
{
    FILE *out = open_memstream(&text, &size);
    ck_ok(ot_program_list(p, format, out));
    fclose(out);
}

START_TEST(text_has_a_numbered_line_for_every_record_in_use)
{
    list(OT_LIST_WIDE);
    static const char *const expected[] = { "\n%1 ",  "\n%2 ", "\n%3 ", "\n%4 ", "\n%6 ",
                                            "linear", "relu",  "(2,5)", "%1 %2", "a\"b.w" };
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++)
        ck_assert_msg(strstr(text, expected[i]) != NULL, "no %s in\n%s", expected[i], text);
    ck_assert_ptr_null(strstr(text, "unused"));
}
END_TEST

START_TEST(json_parses_and_holds_shapes_operands_and_lifetimes)
{
    list(OT_LIST_JSON);
    json_t *all = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    ck_assert_ptr_nonnull(all);
    const json_t *records = json_object_get(all, "records");
    ck_assert_uint_eq(json_array_size(records), 5);
    const json_t *linear = json_array_get(records, 2);
    ck_assert_str_eq(json_string_value(json_object_get(linear, "op")), "linear");
    ck_assert_int_eq(json_integer_value(json_array_get(json_object_get(linear, "operands"), 1)), 2);
    ck_assert_int_eq(json_integer_value(json_array_get(json_object_get(linear, "shape"), 1)), 3);
    ck_assert_uint_eq(json_array_size(json_object_get(linear, "lifetime")), 2);
    ck_assert(json_real_value(json_object_get(linear, "flops_forward")) >= 2 * 15);
    json_decref(all);
}
END_TEST

START_TEST(dot_escapes_quotes_and_draws_every_operand)
{
    list(OT_LIST_DOT);
    ck_assert_ptr_nonnull(strstr(text, "digraph"));
    ck_assert_ptr_nonnull(strstr(text, "n1 -> n3;"));
    ck_assert_ptr_nonnull(strstr(text, "n2 -> n3;"));
    ck_assert_ptr_nonnull(strstr(text, "a\\\"b.w"));
}
END_TEST

START_TEST(a_full_disk_is_noticed)
{
    FILE *full = fopen("/dev/full", "w");
    if (!full) return;
    ck_status(ot_program_list(p, OT_LIST_TEXT, full), OT_EIO);
    fclose(full);
}
END_TEST

TCase *listing_case(void)
{
    TCase *c = tcase_create("listing");
    tcase_add_checked_fixture(c, new_program, free_program);
    tcase_add_test(c, text_has_a_numbered_line_for_every_record_in_use);
    tcase_add_test(c, json_parses_and_holds_shapes_operands_and_lifetimes);
    tcase_add_test(c, dot_escapes_quotes_and_draws_every_operand);
    tcase_add_test(c, a_full_disk_is_noticed);
    return c;
}
