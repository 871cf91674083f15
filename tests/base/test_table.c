/* SPDX-License-Identifier: BSD-3-Clause
 * Pages as text, as wide text and as JSON. */
#include "base/table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/cases.h"

typedef struct row {
    const char *name, *list, *note;
    double count, real;
    bool flag;
} row;

#define AT(member) .offset = offsetof(row, member)

static const ot__column columns[] = {
    { "name", "name", OT__CELL_TEXT, AT(name), .width = -4 },
    { "count", "count", OT__CELL_COUNT, AT(count) },
    { "real", "real", OT__CELL_REAL, AT(real), .format = "%.2f" },
    { "flag", "flag", OT__CELL_FLAG, AT(flag), .wide = true },
    { "list", NULL, OT__CELL_LIST, AT(list) },
    { NULL, "note", OT__CELL_TEXT, AT(note), .width = -4 },
};
static const ot__table table = OT__TABLE("rows", columns);
static const ot__column fact_columns[] = { { "real", NULL, OT__CELL_REAL, AT(real) } };
static const ot__table facts = OT__TABLE(NULL, fact_columns);

static char *text;

/* Prints a page of one row; status: what the page is closed with. */
static void print_page(const ot__table *t, const row *r, bool json, bool wide, ot_status status)
{
    size_t size;
    ot__page page;
    FILE *const out = open_memstream(&text, &size);
    ck_assert_ptr_nonnull(out);
    ot__page_open(&page, out, json, wide);
    ot__page_facts(&page, &facts, r);
    ot__page_table(&page, t);
    ot__page_row(&page, r);
    ck_status(ot__page_close(&page, status), status);
    fclose(out);
}

static void free_text(void)
{
    free(text);
    text = NULL;
}

#define EXPECT(json, wide, expected, ...)                                                          \
    do {                                                                                           \
        print_page(&table, &(row){ __VA_ARGS__ }, json, wide, OT_OK);                              \
        ck_assert_str_eq(text, expected);                                                          \
        free_text();                                                                               \
    } while (0)

START_TEST(a_column_is_as_wide_as_its_longest_cell)
{
    EXPECT(false, false, "name   count real  note\nlonger     3 0.50  x\n", .name = "longer",
           .count = 3, .real = 0.5, .note = "x");
}
END_TEST

START_TEST(only_a_wide_text_has_all_columns)
{
    EXPECT(false, true, "name count real flag  note\na        3 0.50  yes  x\n", .name = "a",
           .count = 3, .real = 0.5, .flag = true, .note = "x");
}
END_TEST

START_TEST(missing_cells_are_a_dash_or_null_and_a_line_ends_without_blanks)
{
    EXPECT(false, false, "name count real  note\n-        -    -\n", .count = NAN, .real = NAN,
           .note = "");
    EXPECT(true, false,
           "{\"real\": null, \"rows\": [\n {\"name\": null, \"count\": null, \"real\": null, "
           "\"flag\": false, \"list\": null}\n]}\n",
           .count = NAN, .real = NAN);
}
END_TEST

START_TEST(json_has_numbers_lists_and_escaped_texts)
{
    EXPECT(true, true,
           "{\"real\": 0.1, \"rows\": [\n {\"name\": \"a\\\"\\u001B\", \"count\": 12345678901, "
           "\"real\": 0.1, \"flag\": true, \"list\": [1, 2]}\n]}\n",
           .name = "a\"\033", .count = 12345678901.0, .real = 0.1, .flag = true, .list = "[1,2]");
}
END_TEST

START_TEST(a_text_that_is_not_utf8_is_null_in_json_and_cleaned_in_a_text)
{
    EXPECT(true, false,
           "{\"real\": 10.0, \"rows\": [\n {\"name\": null, \"count\": 0, \"real\": 10.0, "
           "\"flag\": false, \"list\": null}\n]}\n",
           .name = "\xFF", .real = 10);
    EXPECT(false, false, "name count real  note\n?        0 0.00  ?\n", .name = "\xFF",
           .note = "\033");
}
END_TEST

/* The longest line of text. */
static size_t longest_line(void)
{
    size_t longest = 0;
    for (const char *at = text; *at; at += strcspn(at, "\n") + 1)
        if (strcspn(at, "\n") > longest) longest = strcspn(at, "\n");
    return longest;
}

START_TEST(a_line_of_80_characters_cuts_the_last_text_and_no_name)
{
    char name[61], note[91];
    memset(name, 'n', 60);
    memset(note, 'o', 90);
    name[60] = note[90] = 0;
    print_page(&table, &(row){ .name = name, .note = note }, false, false, OT_OK);
    ck_assert_uint_eq(longest_line(), OT__PAGE_WIDTH);
    ck_assert_ptr_nonnull(strstr(text, name));
    ck_assert_ptr_nonnull(strstr(text, "o...\n"));
    free_text();
    print_page(&table, &(row){ .name = name, .note = note }, false, true, OT_OK);
    ck_assert_ptr_nonnull(strstr(text, note));
}
END_TEST

START_TEST(a_cut_name_keeps_its_end)
{
    static const ot__column names[] = {
        { "count", "count", OT__CELL_COUNT, AT(count), .width = 30 },
        { "name", "name", OT__CELL_TEXT, AT(name), .width = -4, .keep_end = true },
    };
    const ot__table t = OT__TABLE("names", names);
    char name[91];
    memset(name, 'n', 90);
    strcpy(name + 86, ".end");
    print_page(&t, &(row){ .name = name }, false, false, OT_OK);
    ck_assert_uint_eq(longest_line(), OT__PAGE_WIDTH);
    ck_assert_ptr_nonnull(strstr(text, "  ...n"));
    ck_assert_ptr_nonnull(strstr(text, "n.end\n"));
}
END_TEST

START_TEST(tables_with_one_key_are_one_array_and_nothing_is_printed_after_a_failure)
{
    size_t size;
    ot__page page;
    FILE *const out = open_memstream(&text, &size);
    ot__page_open(&page, out, true, false);
    for (int i = 0; i < 2; i++) {
        ot__page_table(&page, &table);
        ot__page_row(&page, &(row){ .count = i });
        ck_assert(!ot__page_is_text(&page));
    }
    ot__page_add(&page, "more", "{\"a\": 1}");
    ot__page_add(&page, NULL, "{\"b\": 2}");
    ck_ok(ot__page_close(&page, OT_OK));
    fclose(out);
    ck_assert_ptr_nonnull(strstr(text, "\"count\": 0"));
    ck_assert_ptr_nonnull(strstr(text, "\"count\": 1"));
    ck_assert_ptr_nonnull(strstr(text, "\"more\": {\"a\": 1}, \"b\": 2}"));
    free_text();
    for (int json = 0; json < 2; json++) {
        print_page(&table, &(row){ .name = "a" }, json, false, OT_EIO);
        ck_assert_str_eq(text, "");
        free_text();
    }
}
END_TEST

TCase *table_case(void)
{
    TCase *c = tcase_create("table");
    tcase_add_checked_fixture(c, NULL, free_text);
    tcase_add_test(c, a_column_is_as_wide_as_its_longest_cell);
    tcase_add_test(c, only_a_wide_text_has_all_columns);
    tcase_add_test(c, missing_cells_are_a_dash_or_null_and_a_line_ends_without_blanks);
    tcase_add_test(c, json_has_numbers_lists_and_escaped_texts);
    tcase_add_test(c, a_text_that_is_not_utf8_is_null_in_json_and_cleaned_in_a_text);
    tcase_add_test(c, a_line_of_80_characters_cuts_the_last_text_and_no_name);
    tcase_add_test(c, a_cut_name_keeps_its_end);
    tcase_add_test(c, tables_with_one_key_are_one_array_and_nothing_is_printed_after_a_failure);
    return c;
}
