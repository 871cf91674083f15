/* SPDX-License-Identifier: BSD-3-Clause
 * Tests checkpoints whose checksums are correct but whose state is not.  Each field of the state in
 * turn is missing, has another type, or is out of range. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/option.h"
#include "train/cases.h"
#include "train/fixture.h"
#include "store/safetensors.h"
#include "train/session.h"

static char *file;
static size_t file_size;

/* Gives a session a network with controlled steps. */
static void control(session *w)
{
    const ot_net_opts o = { .blocks = "bogacki_shampine32 x1",
                            .width = 4,
                            .stem_stride = 2,
                            .batch = SMALL_BATCH,
                            .weights = OT_WEIGHTS_SHARED,
                            .step = OT_STEP_CONTROLLED,
                            .control.tolerance = 0.1 };
    ot_params_free(w->s.params);
    ot_net_free(w->s.net);
    ck_ok(ot_net_new(&o, &w->s.net));
    ck_ok(ot_params_new(ot_net_tape(w->s.net), &w->s.params));
    ot_params_init(w->s.params, 5);
    w->s.opts.net = w->s.net;
    w->s.opts.params = w->s.params;
}

static bool controlled;

static void set_up(void)
{
    make_folder();
    session w;
    controlled = false;
    session_begin(&w);
    w.stop_after = 3;
    ck_status(ot_train(&w.s.opts, NULL), OT_EINTERRUPTED);
    session_end(&w);
    file = newest_checkpoint(&file_size);
}

static void set_up_controlled(void)
{
    set_up();
    ot__free(file);
    remove_files();
    session w;
    controlled = true;
    session_begin(&w);
    control(&w);
    w.stop_after = 3;
    ck_status(ot_train(&w.s.opts, NULL), OT_EINTERRUPTED);
    session_end(&w);
    file = newest_checkpoint(&file_size);
}

static void tear_down(void)
{
    ot__free(file);
    remove_files();
    remove_folder();
}

static json_t *read_state(void)
{
    json_t *const header = header_of(file);
    json_t *const metadata = json_object_get(header, "__metadata__");
    json_t *const state =
        json_loads(json_string_value(json_object_get(metadata, "state")), 0, NULL);
    ck_assert_ptr_nonnull(state);
    json_decref(header);
    return state;
}

static const char *newest_name = "checkpoint-00000003.safetensors";

static const char *newest(void)
{
    return in_folder(newest_name);
}

/* Replaces the newest checkpoint by one with another state. */
static void put_state(const char *state)
{
    json_t *const header = header_of(file);
    json_t *const metadata = json_object_get(header, "__metadata__");
    if (state)
        json_object_set_new(metadata, "state", json_string(state));
    else
        json_object_del(metadata, "state");
    put_with_header(newest(), file, file_size, header);
    json_decref(header);
}

static void expect_refusal(const char *where)
{
    session w;
    ck_ok(session_resume(&w));
    if (controlled) control(&w);
    const ot_status status = ot_train(&w.s.opts, NULL);
    ck_assert_msg(status == OT_EFORMAT || status == OT_EINVAL, "%s: %s", where,
                  ot_strerror(status));
    ck_assert_ptr_nonnull(strstr(ot_message(), newest_name));
    session_end(&w);
}

/* A copy of the state with this value, or none if it is NULL, under a key of an object within
 * it. */
static void refuse(json_t *state, json_t *object, const char *key, json_t *value, const char *what)
{
    char where[100];
    json_t *const old = json_incref(json_object_get(object, key));
    snprintf(where, sizeof where, "%s: %s", key, what);
    if (value)
        json_object_set_new(object, key, value);
    else
        json_object_del(object, key);
    char *const text = json_dumps(state, JSON_COMPACT | JSON_SORT_KEYS);
    put_state(text);
    expect_refusal(where);
    free(text);
    json_object_set_new(object, key, old);
}

static void refuse_each(json_t *state, const char *within, const char *const key[])
{
    json_t *const object = within ? json_object_get(state, within) : state;
    for (; *key; key++) {
        const json_t *const value = json_object_get(object, *key);
        ck_assert_msg(value != NULL, "%s", *key);
        refuse(state, object, *key, NULL, "missing");
        refuse(state, object, *key, json_string("7"), "a text");
        if (!json_is_integer(value)) continue;
        refuse(state, object, *key, json_integer(-1), "negative");
        if (strcmp(*key, "evaluations") == 0) continue; /* has no upper limit */
        refuse(state, object, *key, json_integer(1LL << 40), "too large");
    }
}

START_TEST(a_field_of_the_state_that_is_missing_or_out_of_range_is_refused)
{
    static const char *const fields[] = { "epochs",  "steps",      "images",        "correct",
                                          "loss",    "best_epoch", "best_accuracy", "last",
                                          "options", NULL };
    static const char *const last[] = { "lr",        "train_loss",    "train_accuracy",
                                        "test_loss", "test_accuracy", NULL };
    json_t *const state = read_state();
    refuse_each(state, NULL, fields);
    refuse_each(state, "last", last);
    json_decref(state);
}
END_TEST

START_TEST(a_field_of_controlled_steps_that_is_missing_or_out_of_range_is_refused)
{
    static const char *const fields[] = { "accepted", "rejected", "evaluations",
                                          "smallest", "largest",  NULL };
    json_t *const state = read_state();
    refuse_each(state, "walk", fields);
    json_decref(state);
}
END_TEST

/* ---- numbers that are within their range and contradict others ---- */

/* The state is that of the first epoch of two, after 3 of 7 steps with 32 of 200 images each.
 * `within` names the object of the key: "last" or "walk". */
static const struct {
    const char *within, *key;
    double value;
    const char *says;
} contradictions[] = {
    { NULL, "steps", 1, "images and loss" },
    { NULL, "steps", 7, "images and loss" },
    { NULL, "steps", 0, "images and loss" },
    { NULL, "images", 0, "" },
    { NULL, "images", 95, "images and loss" },
    { NULL, "loss", 1e308, "images and loss" },
    { NULL, "loss", -1, "images and loss" },
    { NULL, "best_accuracy", 5, "best epoch" },
    { NULL, "best_accuracy", 0.5, "best epoch" },
    { NULL, "epochs", 1, "last epoch" },
    { NULL, "epochs", 2, "steps after the last epoch" },
    { "last", "lr", 0.05, "last epoch" },
    { "last", "train_loss", 1e308, "last epoch" },
    { "last", "train_accuracy", 0.5, "last epoch" },
    { "last", "test_loss", -3, "last epoch" },
    { "last", "test_accuracy", 1.5, "last epoch" },
};

static json_t *number_like(const json_t *old, double value)
{
    return json_is_integer(old) ? json_integer((json_int_t)value) : json_real(value);
}

static void refuse_number(json_t *state, const char *within, const char *key, double value,
                          const char *says)
{
    json_t *const object = within ? json_object_get(state, within) : state;
    ck_assert_ptr_nonnull(json_object_get(object, key));
    refuse(state, object, key, number_like(json_object_get(object, key), value), says);
    ck_assert_msg(strstr(ot_message(), says), "%s %g: %s", key, value, ot_message());
}

START_TEST(numbers_that_contradict_each_other_are_refused)
{
    json_t *const state = read_state();
    refuse_number(state, contradictions[_i].within, contradictions[_i].key,
                  contradictions[_i].value, contradictions[_i].says);
    json_decref(state);
}
END_TEST

/* After the first epoch the accuracy is a multiple of 1/60, and the learning rate is 0.05. */
START_TEST(an_epoch_that_contradicts_the_training_is_refused)
{
    static const struct {
        const char *within, *key;
        double value;
        const char *says;
    } wrong[] = {
        { "last", "lr", 0.005, "last epoch" },
        { "last", "test_accuracy", 0.501, "last epoch" },
        { "last", "train_accuracy", 0.501, "last epoch" },
        { "last", "train_loss", -1, "last epoch" },
        { NULL, "best_accuracy", 1, "best epoch" },
        { NULL, "best_accuracy", 0, "best epoch" },
        { NULL, "best_epoch", 0, "best epoch" },
        { NULL, "loss", 1, "images and loss" },
    };
    session w;
    remove_files();
    ot__free(file);
    session_begin(&w);
    w.s.opts.epochs = 2;
    w.s.opts.max_seconds = 1e-9; /* one epoch */
    ck_ok(ot_train(&w.s.opts, NULL));
    session_end(&w);
    file = newest_checkpoint(&file_size);
    json_t *const state = read_state();
    newest_name = "checkpoint-00000007.safetensors";
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        refuse_number(state, wrong[i].within, wrong[i].key, wrong[i].value, wrong[i].says);
    refuse(state, state, "best_validation", json_real(0.5), "no images are held out");
    ck_assert_ptr_nonnull(strstr(ot_message(), "best epoch"));
    json_decref(state);
}
END_TEST

START_TEST(controlled_steps_that_cannot_be_are_refused)
{
    static const struct {
        const char *key;
        double value;
    } wrong[] = {
        { "accepted", 0 }, { "accepted", 2 },  { "evaluations", 2 },   { "smallest", 0 },
        { "smallest", 2 }, { "largest", 1.5 }, { "largest", -0.0001 },
    };
    json_t *const state = read_state();
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        refuse_number(state, "walk", wrong[i].key, wrong[i].value, "controlled steps");
    refuse(state, state, "walk", NULL, "missing");
    json_decref(state);
}
END_TEST

START_TEST(a_good_state_with_controlled_steps_goes_on)
{
    session w;
    ck_ok(session_resume(&w));
    control(&w);
    ck_ok(ot_train(&w.s.opts, NULL));
    ck_assert_str_eq(w.notes, "");
    session_end(&w);
}
END_TEST

/* ---- the network ---- */

static json_t *another(const json_t *value)
{
    if (json_is_boolean(value)) return json_boolean(json_is_false(value));
    if (json_is_integer(value)) return json_integer(json_integer_value(value) + 1);
    if (json_is_real(value)) return json_real(json_real_value(value) + 0.25);
    return json_string("another");
}

/* Whether the network of the tests leaves this option at the default that files leave out. */
static bool is_unused_option(const char *key)
{
    const ot_option *const tables[] = { ot_net_rows, ot_net_shape_rows };
    small s = small_new();
    bool unused = false;
    for (int k = 0; k < 2; k++)
        for (const ot_option *row = tables[k]; row->name; row++)
            if (strcmp(row->name, key) == 0)
                unused = !ot__option_is_written(row, ot_net_options(s.net));
    small_free(&s);
    return unused;
}

START_TEST(a_run_goes_on_only_with_the_network_that_it_describes)
{
    json_t *const state = read_state();
    json_t *const described = json_object_get(json_object_get(state, "options"), "description");
    json_t *const keys = json_copy(described);
    const char *key;
    json_t *value;
    ck_assert_uint_ge(json_object_size(keys), 21);
    json_object_foreach(keys, key, value)
    {
        char says[80];
        refuse(state, described, key, another(value), key);
        snprintf(says, sizeof says, "was trained with %s ", key);
        ck_assert_msg(strstr(ot_message(), says), "%s", ot_message());
        if (!is_unused_option(key)) refuse(state, described, key, NULL, key);
    }
    json_decref(keys);
    json_decref(state);
}
END_TEST

START_TEST(options_that_an_older_checkpoint_lacks_are_no_difference_unless_they_are_in_use)
{
    session w;
    json_t *const state = read_state();
    json_t *const described = json_object_get(json_object_get(state, "options"), "description");
    ck_assert_int_eq(json_object_del(described, "label-smoothing"), 0);
    ck_assert_int_eq(json_object_del(described, "second-labels"), 0);
    char *const text = json_dumps(state, JSON_COMPACT | JSON_SORT_KEYS);
    put_state(text);
    ck_ok(session_resume(&w));
    ck_ok(ot_train(&w.s.opts, NULL));
    ck_assert_str_eq(w.notes, "");
    session_end(&w);
    free(text);
    json_decref(state);
}
END_TEST

START_TEST(a_coefficient_of_a_scheme_is_shown_where_it_differs)
{
    json_t *const state = read_state();
    json_t *const described = json_object_get(json_object_get(state, "options"), "description");
    const char *const text = json_string_value(json_object_get(described, "scheme.0"));
    const size_t n = strlen(text);
    char *const other = strdup(text);
    ck_assert_int_eq(text[n - 2], '1'); /* "b  = 1" */
    other[n - 2] = '2';
    refuse(state, described, "scheme.0", json_string(other), "b");
    ck_assert_msg(strstr(ot_message(), "= 2\\n\", and is to go on with"), "%s", ot_message());
    free(other);
    json_decref(state);
}
END_TEST

START_TEST(a_checkpoint_without_a_description_goes_on_and_that_is_reported)
{
    session w;
    json_t *const state = read_state();
    json_object_del(json_object_get(state, "options"), "description");
    char *const text = json_dumps(state, JSON_COMPACT | JSON_SORT_KEYS);
    put_state(text);
    ck_ok(session_resume(&w));
    ck_ok(ot_train(&w.s.opts, NULL));
    ck_assert_msg(strstr(w.notes, "does not describe the network"), "%s", w.notes);
    session_end(&w);
    free(text);
    json_decref(state);
}
END_TEST

START_TEST(a_state_that_is_none_is_refused)
{
    static const char *const states[] = {
        NULL, "", "{", "7", "[]", "{}", "{\"a\":1,\"a\":2}", "{\"loss\":1e999}"
    };
    for (size_t i = 0; i < sizeof states / sizeof states[0]; i++) {
        put_state(states[i]);
        expect_refusal(states[i] ? states[i] : "none");
    }
}
END_TEST

/* A missing version is noted, unless on_note is NULL. */
START_TEST(a_checkpoint_without_a_version_goes_on_and_that_is_reported)
{
    session w;
    json_t *const state = read_state();
    ck_assert_int_eq(json_object_del(json_object_get(state, "machine"), "version"), 0);
    char *const text = json_dumps(state, JSON_COMPACT | JSON_SORT_KEYS);
    put_state(text);
    ck_ok(session_resume(&w));
    if (_i) w.s.opts.on_note = NULL;
    ck_ok(ot_train(&w.s.opts, NULL));
    const bool noted = strstr(w.notes, "its version is none, here it is") != NULL;
    ck_assert_msg(noted == !_i, "%s", w.notes);
    session_end(&w);
    free(text);
    json_decref(state);
}
END_TEST

START_TEST(weights_with_a_state_but_without_velocities_are_no_checkpoint)
{
    session w;
    json_t *const state = read_state();
    char *const text = json_dumps(state, JSON_COMPACT | JSON_SORT_KEYS);
    const char *const pairs[][2] = { { "state", text } };
    ck_ok(session_resume(&w));
    ck_ok(ot_params_save(w.s.params, newest(), 1, pairs));
    ck_status(ot_train(&w.s.opts, NULL), OT_EFORMAT);
    ck_assert_msg(strstr(ot_message(), "momentum_buffer of stem.conv.weight is missing"), "%s",
                  ot_message());
    session_end(&w);
    free(text);
    json_decref(state);
}
END_TEST

TCase *state_case(void)
{
    TCase *c = tcase_create("state");
    tcase_add_checked_fixture(c, set_up, tear_down);
    tcase_add_test(c, a_field_of_the_state_that_is_missing_or_out_of_range_is_refused);
    tcase_add_loop_test(c, numbers_that_contradict_each_other_are_refused, 0,
                        (int)(sizeof contradictions / sizeof contradictions[0]));
    tcase_add_test(c, an_epoch_that_contradicts_the_training_is_refused);
    tcase_add_test(c, a_run_goes_on_only_with_the_network_that_it_describes);
    tcase_add_test(c,
                   options_that_an_older_checkpoint_lacks_are_no_difference_unless_they_are_in_use);
    tcase_add_test(c, a_coefficient_of_a_scheme_is_shown_where_it_differs);
    tcase_add_test(c, a_checkpoint_without_a_description_goes_on_and_that_is_reported);
    tcase_add_test(c, a_state_that_is_none_is_refused);
    tcase_add_loop_test(c, a_checkpoint_without_a_version_goes_on_and_that_is_reported, 0, 2);
    tcase_add_test(c, weights_with_a_state_but_without_velocities_are_no_checkpoint);
    return c;
}

TCase *controlled_state_case(void)
{
    TCase *c = tcase_create("controlled_state");
    tcase_add_checked_fixture(c, set_up_controlled, tear_down);
    tcase_add_test(c, a_field_of_controlled_steps_that_is_missing_or_out_of_range_is_refused);
    tcase_add_test(c, controlled_steps_that_cannot_be_are_refused);
    tcase_add_test(c, a_good_state_with_controlled_steps_goes_on);
    return c;
}
