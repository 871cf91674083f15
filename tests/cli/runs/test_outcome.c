/* SPDX-License-Identifier: BSD-3-Clause
 * What became of a run, from its journal, and the spread of several. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cases.h"
#include "cli/folder.h"
#include "cli/runs/outcome.h"
#include "cli/runs/spread.h"

/* ---- a journal ---- */

static const char start[] =
    "{\"event\":\"run\",\"version\":\"1\",\"net\":{\"net\":\"rk4 x1\",\"params\":10,\"convs\":8},"
    "\"options\":{\"epochs\":%d,\"batch\":32,\"lr\":0.1,\"seed\":\"18446744073709551615\"},"
    "\"machine\":{},\"images\":{\"train\":100,\"classes\":10},\"predicted_bytes\":5,"
    "\"flops_forward\":1,\"flops_backward\":2}\n";

typedef struct epoch {
    double train_loss, accuracy, validation; /* validation 0: none is held out */
} epoch;

static cli_outcome outcome_of(int n, const epoch e[])
{
    char folder[OT_TEMPORARY], path[300];
    cli_outcome o;
    ot_temporary(folder);
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/metrics.jsonl", folder);
    FILE *const f = fopen(path, "w");
    ck_assert_ptr_nonnull(f);
    fprintf(f, start, n);
    for (int i = 0; i < n; i++) {
        fprintf(f,
                "{\"event\":\"epoch\",\"epoch\":%d,\"lr\":0.1,\"train_loss\":%g,"
                "\"train_accuracy\":0.5,\"test_loss\":1,\"test_accuracy\":%g,\"seconds\":2,"
                "\"images_per_second\":%d",
                i + 1, e[i].train_loss, e[i].accuracy, 10 * (i + 1));
        if (e[i].validation > 0) fprintf(f, ",\"validation_accuracy\":%g", e[i].validation);
        fputs("}\n", f);
    }
    fclose(f);
    ck_ok(cli_outcome_read(&o, folder));
    folder_clear(folder);
    rmdir(folder);
    return o;
}

START_TEST(the_best_epoch_is_the_first_with_the_greatest_accuracy)
{
    static const epoch e[] = { { 2, 0.25, 0 }, { 2, 0.75, 0 }, { 1, 0.5, 0 }, { 1, 0.75, 0 } };
    cli_outcome o = outcome_of(4, e);
    ck_assert_int_eq(o.epochs, 4);
    ck_assert_int_eq(o.best_epoch, 2);
    ck_assert_double_eq(o.best_accuracy, 0.75);
    ck_assert_double_eq(o.final_accuracy, 0.75);
    ck_assert_double_eq(o.loss, 1);
    ck_assert_double_eq(o.seconds, 8);
    ck_assert_double_eq(o.images_per_second, 25);
    ck_assert_int_eq(o.batches, 4);
    ck_assert_int_eq(o.chosen_epoch, 0);
    ck_assert(isnan(o.chosen_accuracy));
    cli_outcome_free(&o);
}
END_TEST

START_TEST(held_out_images_choose_the_epoch)
{
    static const epoch e[] = { { 2, 0.5, 0.25 }, { 2, 0.25, 0.75 }, { 2, 0.75, 0.75 } };
    cli_outcome o = outcome_of(3, e);
    ck_assert_int_eq(o.best_epoch, 3);
    ck_assert_int_eq(o.chosen_epoch, 2);
    ck_assert_double_eq(o.validation_accuracy, 0.75);
    ck_assert_double_eq(o.chosen_accuracy, 0.25);
    cli_outcome_free(&o);
}
END_TEST

START_TEST(the_first_epoch_that_reaches_an_accuracy_is_counted_from_one)
{
    static const epoch e[] = { { 2, 0.25, 0 }, { 2, 0.8, 0 }, { 1, 0.9, 0 } };
    cli_outcome o = outcome_of(3, e);
    ck_assert_int_eq(cli_outcome_epochs_to(&o, 0.2), 1);
    ck_assert_int_eq(cli_outcome_epochs_to(&o, 0.8), 2);
    ck_assert_int_eq(cli_outcome_epochs_to(&o, 0.85), 3);
    ck_assert_int_eq(cli_outcome_epochs_to(&o, 0.95), 0);
    ck_assert_int_eq(o.reached[0], 2);
    ck_assert_int_eq(o.reached[1], 3);
    cli_outcome_free(&o);
}
END_TEST

START_TEST(a_seed_of_64_bits_is_kept_through_a_line_of_results)
{
    static const epoch e[] = { { 2, 0.25, 0 } };
    cli_outcome o = outcome_of(1, e), again;
    ck_assert_str_eq(o.seed, "18446744073709551615");
    json_t *const line = cli_outcome_json(&o, "it's");
    ck_assert(cli_outcome_from_json(&again, line));
    ck_assert_str_eq(again.seed, o.seed);
    ck_assert_str_eq(json_string_value(json_object_get(line, "command")), "it's");
    json_decref(line);
    cli_outcome_free(&o);
    cli_outcome_free(&again);
}
END_TEST

/* ---- numbers that are missing ---- */

START_TEST(a_number_that_is_not_known_is_null_and_comes_back_as_such)
{
    cli_outcome o = { .state = CLI_UNFINISHED, .loss = NAN, .seconds = INFINITY }, again;
    o.best_epoch = CLI_NOT_KNOWN;
    o.config = json_pack("{s:{}, s:{}}", "net", "options");
    json_t *const line = cli_outcome_json(&o, "");
    ck_assert(json_is_null(json_object_get(line, "train_loss")));
    ck_assert(json_is_null(json_object_get(line, "seconds")));
    ck_assert(json_is_null(json_object_get(line, "best_epoch")));
    ck_assert_str_eq(json_string_value(json_object_get(line, "status")), "unfinished");
    ck_assert(cli_outcome_from_json(&again, line));
    ck_assert(isnan(again.loss) && isnan(again.seconds));
    ck_assert_int_eq(again.best_epoch, CLI_NOT_KNOWN);
    ck_assert_int_eq(again.state, CLI_UNFINISHED);
    json_decref(line);
    cli_outcome_free(&o);
    cli_outcome_free(&again);
}
END_TEST

/* ---- diverged ---- */

static const struct {
    double loss;
    int epoch, classes;
    bool diverged;
} losses[] = {
    { 2.30, 3, 10, false },  { 2.31, 3, 10, true }, /* guessing: log 10 = 2.3026 */
    { 2.31, 1, 10, false },  { 2.31, 4, 10, false }, { 23.0, 1, 10, false },
    { 23.1, 1, 10, true },   { NAN, 1, 10, true },   { INFINITY, 1, 10, true },
    { 4.60, 3, 100, false }, { 4.61, 3, 100, true }, { 2.31, 3, 0, true },
};

START_TEST(a_training_has_diverged_if_it_is_worse_than_guessing)
{
    ck_assert_int_eq(cli_outcome_diverged(losses[_i].loss, losses[_i].epoch, losses[_i].classes),
                     losses[_i].diverged);
}
END_TEST

/* ---- spread ---- */

START_TEST(a_spread_has_the_deviation_of_a_sample)
{
    const cli_spread s = cli_spread_of(4, (const double[]){ 1, 2, 4, 5 });
    ck_assert_double_eq(s.mean, 3);
    ck_assert_double_eq_tol(s.deviation, sqrt(10.0 / 3), 1e-15);
    ck_assert_double_eq(s.least, 1);
    ck_assert_double_eq(s.most, 5);
    ck_assert_double_eq(cli_spread_of(1, (const double[]){ 7 }).deviation, 0);
    ck_assert(isnan(cli_spread_of(0, NULL).mean));
    ck_assert(isnan(cli_spread_of(2, (const double[]){ 1, NAN }).mean));
}
END_TEST

TCase *outcome_case(void)
{
    TCase *c = tcase_create("outcome");
    tcase_add_test(c, the_best_epoch_is_the_first_with_the_greatest_accuracy);
    tcase_add_test(c, held_out_images_choose_the_epoch);
    tcase_add_test(c, the_first_epoch_that_reaches_an_accuracy_is_counted_from_one);
    tcase_add_test(c, a_seed_of_64_bits_is_kept_through_a_line_of_results);
    tcase_add_test(c, a_number_that_is_not_known_is_null_and_comes_back_as_such);
    tcase_add_loop_test(c, a_training_has_diverged_if_it_is_worse_than_guessing, 0,
                        sizeof losses / sizeof losses[0]);
    tcase_add_test(c, a_spread_has_the_deviation_of_a_sample);
    return c;
}
