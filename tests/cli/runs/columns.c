/* SPDX-License-Identifier: BSD-3-Clause
 * Tests every column of results, in a loop over their table.  Reading a line of results.jsonl gives
 * back what was written.  A missing value is null in the line and "-" in a table; the line leaves
 * out that of a result which an option gives. */
#include "cli/runs/columns.h"

#include <math.h>
#include <string.h>

#include "suite.h"

static cli_outcome outcome;

static void set_up(void)
{
    outcome = (cli_outcome){ .state = CLI_FINISHED };
    outcome.config = json_pack("{s:{}, s:{}}", "net", "options");
    ck_assert_ptr_nonnull(outcome.config);
}

static void tear_down(void)
{
    cli_outcome_free(&outcome);
}

static void *field_of(cli_column_id id)
{
    return (char *)&outcome + cli_column_of(id)->offset;
}

static void set_number(cli_column_id id, double value)
{
    if (cli_column_of(id)->field == CLI_WHOLE_FIELD)
        *(int *)field_of(id) = (int)value;
    else
        *(double *)field_of(id) = value;
}

static bool has_number(cli_column_id id)
{
    const cli_column *const c = cli_column_of(id);
    return c->number && c->field != CLI_NO_FIELD;
}

START_TEST(a_column_has_a_key_and_a_heading_of_its_own)
{
    const cli_column *const c = cli_column_of(_i);
    cli_cell a, b;
    ck_assert_ptr_nonnull(c->heading);
    for (int i = 0; i < _i; i++) {
        const cli_column *const other = cli_column_of(i);
        ck_assert(!c->key || !other->key || strcmp(c->key, other->key) != 0);
        ck_assert_str_ne(cli_column_heading(&a, _i, NULL), cli_column_heading(&b, i, NULL));
    }
}
END_TEST

START_TEST(a_heading_fits_its_column)
{
    const cli_column *const c = cli_column_of(_i);
    cli_cell cell;
    const int length = (int)strlen(cli_column_heading(&cell, _i, NULL));
    ck_assert(c->width == 0 || abs(c->width) >= length);
    ck_assert(c->group_width == 0 || abs(c->group_width) >= length);
}
END_TEST

START_TEST(a_line_of_results_gives_back_what_was_written)
{
    const cli_column *const c = cli_column_of(_i);
    cli_outcome read;
    cli_cell a, b;
    if (has_number(_i)) set_number(_i, 3);
    if (c->field == CLI_TEXT_FIELD) strcpy(field_of(_i), "3");
    json_t *const line = cli_outcome_json(&outcome, "odetape train");
    ck_assert_ptr_nonnull(line);
    ck_assert(!c->key || json_object_get(line, c->key));
    /* Network and seed are read from the configuration. */
    json_object_set(json_object_get(outcome.config, "net"), "net", json_object_get(line, "net"));
    json_object_set(json_object_get(outcome.config, "options"), "seed",
                    json_object_get(line, "seed"));
    ck_assert(cli_outcome_from_json(&read, line));
    ck_assert_str_eq(cli_column_text(&a, _i, &read), cli_column_text(&b, _i, &outcome));
    if (has_number(_i)) ck_assert(cli_column_value(_i, &read) == 3 * (c->unit > 0 ? c->unit : 1));
    cli_outcome_free(&read);
    json_decref(line);
}
END_TEST

START_TEST(a_missing_number_is_null_and_a_dash)
{
    const cli_column *const c = cli_column_of(_i);
    cli_cell cell;
    if (!has_number(_i)) return;
    set_number(_i, c->field == CLI_WHOLE_FIELD ? CLI_NOT_KNOWN : NAN);
    ck_assert(isnan(cli_column_value(_i, &outcome)));
    ck_assert_str_eq(cli_column_format(&cell, _i, cli_column_value(_i, &outcome)), "-");
    json_t *const line = cli_outcome_json(&outcome, "");
    const json_t *const written = json_object_get(line, c->key);
    ck_assert(c->option ? !written : json_is_null(written));
    json_decref(line);
    set_number(_i, 0);
    ck_assert(c->zero_is_missing == (isnan(cli_column_value(_i, &outcome)) != 0));
}
END_TEST

static TCase *columns_case(void)
{
    TCase *c = tcase_create("columns");
    tcase_add_checked_fixture(c, set_up, tear_down);
    tcase_add_loop_test(c, a_column_has_a_key_and_a_heading_of_its_own, 0, CLI_COLUMNS);
    tcase_add_loop_test(c, a_heading_fits_its_column, 0, CLI_COLUMNS);
    tcase_add_loop_test(c, a_line_of_results_gives_back_what_was_written, 0, CLI_COLUMNS);
    tcase_add_loop_test(c, a_missing_number_is_null_and_a_dash, 0, CLI_COLUMNS);
    return c;
}

OT_TEST_MAIN("columns", columns_case)
