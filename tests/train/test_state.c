/* SPDX-License-Identifier: BSD-3-Clause
 * The state in a checkpoint whose checksums are right: whoever wrote it may have written anything.
 * Each of its fields is missing, of another kind, and beyond its range. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "train/cases.h"
#include "train/fixture.h"
#include "store/safetensors.h"
#include "train/session.h"

static char *file;
static size_t file_size;

static void set_up(void)
{
    make_folder();
    session w;
    session_begin(&w);
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

static const char *newest(void)
{
    return in_folder("checkpoint-00000003.safetensors");
}

/* The checkpoint with another state, in the place of the newest. */
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
    const ot_status status = ot_train(&w.s.opts, NULL);
    ck_assert_msg(status == OT_EFORMAT || status == OT_EINVAL, "%s: %s", where,
                  ot_strerror(status));
    ck_assert_ptr_nonnull(strstr(ot_message(), "checkpoint-00000003.safetensors"));
    session_end(&w);
}

/* The state with this value, NULL for none, under a key of an object within it. */
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
        if (strcmp(*key, "evaluations") == 0) continue; /* may be as many */
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
    json_object_set_new(state, "walk",
                        json_pack("{s:i, s:i, s:i, s:f, s:f}", "accepted", 3, "rejected", 1,
                                  "evaluations", 9, "smallest", 0.5, "largest", 1.0));
    refuse_each(state, "walk", fields);
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

/* What an older program did not write is told; whoever wants no notes gets none. */
START_TEST(a_checkpoint_without_a_version_goes_on_and_that_is_told)
{
    session w;
    json_t *const state = read_state();
    ck_assert_int_eq(json_object_del(json_object_get(state, "machine"), "version"), 0);
    char *const text = json_dumps(state, JSON_COMPACT | JSON_SORT_KEYS);
    put_state(text);
    ck_ok(session_resume(&w));
    if (_i) w.s.opts.on_note = NULL;
    ck_ok(ot_train(&w.s.opts, NULL));
    const bool told = strstr(w.notes, "its version is none, here it is") != NULL;
    ck_assert_msg(told == !_i, "%s", w.notes);
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
    ck_assert_msg(strstr(ot_message(), "the velocity of stem.conv.weight is missing"), "%s",
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
    tcase_add_test(c, a_field_of_controlled_steps_that_is_missing_or_out_of_range_is_refused);
    tcase_add_test(c, a_state_that_is_none_is_refused);
    tcase_add_loop_test(c, a_checkpoint_without_a_version_goes_on_and_that_is_told, 0, 2);
    tcase_add_test(c, weights_with_a_state_but_without_velocities_are_no_checkpoint);
    return c;
}
