/* SPDX-License-Identifier: BSD-3-Clause
 * Trainings that start from the weights of a file.  tests/store/test_params_init.c tests what
 * is taken of it. */
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "train/cases.h"
#include "train/fixture.h"
#include "train/session.h"

static char from[600];
static ot_fit fit;
static int fits;

static void on_init(const ot_fit *f, void *user)
{
    (void)user;
    fit = *f;
    fits++;
}

/* Saves the weights of another seed. */
static void set_up(void)
{
    make_folder();
    small other = small_new();
    ot_params_init(other.params, 99);
    snprintf(from, sizeof from, "%s", in_folder("start.safetensors"));
    ck_ok(ot_params_save(other.params, from, 0, NULL));
    small_free(&other);
    fits = 0;
}

static void begin(session *w)
{
    session_begin(w);
    snprintf(w->s.opts.init.s, sizeof w->s.opts.init.s, "%s", from);
    w->s.opts.on_init = on_init;
}

static ot_status resume(session *w, const char *path, const char *checksum)
{
    ck_ok(session_resume(w));
    snprintf(w->s.opts.init.s, sizeof w->s.opts.init.s, "%s", path);
    snprintf(w->s.opts.init_checksum.s, sizeof w->s.opts.init_checksum.s, "%s", checksum);
    return ot_train(&w->s.opts, NULL);
}

/* A training from the same weights in memory. */
static char *train_from_memory(size_t *size)
{
    session w;
    session_begin(&w);
    ot_params_init(w.s.params, 99);
    ck_ok(ot_train(&w.s.opts, NULL));
    session_end(&w);
    char *const weights = newest_checkpoint(size);
    remove_files();
    return weights;
}

/* Where the values of a tensor begin in a checkpoint. */
static const char *values_of(const char *file, const char *name, size_t *bytes)
{
    json_t *const header = header_of(file);
    const json_t *const at = json_object_get(json_object_get(header, name), "data_offsets");
    const size_t first = (size_t)json_integer_value(json_array_get(at, 0));
    uint64_t length = 0;
    for (int i = 8; i-- > 0;)
        length = length << 8 | (unsigned char)file[i];
    *bytes = (size_t)json_integer_value(json_array_get(at, 1)) - first;
    json_decref(header);
    return file + 8 + length + first;
}

START_TEST(the_first_step_starts_from_the_weights_of_the_file)
{
    size_t size[2], bytes[2];
    session w;
    char *const expected = train_from_memory(&size[0]);
    small other = small_new();
    ot_params_init(other.params, 99);
    ck_ok(ot_params_save(other.params, from, 0, NULL));
    small_free(&other);
    begin(&w);
    ck_ok(ot_train(&w.s.opts, NULL));
    ck_assert(fits == 1 && fit.missing.n == 0 && fit.unknown.n == 0 && fit.unlike.n == 0);
    ck_assert_int_eq(fit.taken.n, ot_params_count(w.s.params));
    session_end(&w);
    char *const found = newest_checkpoint(&size[1]);
    const char *const a = values_of(expected, "stem.conv.weight", &bytes[0]);
    const char *const b = values_of(found, "stem.conv.weight", &bytes[1]);
    ck_assert(bytes[0] == bytes[1] && bytes[0] > 0 && memcmp(a, b, bytes[0]) == 0);
    ck_assert(strstr(found, fit.checksum) || memmem(found, size[1], fit.checksum, 32));
    ot__free(expected);
    ot__free(found);
}
END_TEST

START_TEST(interrupted_and_resumed_gives_the_same_bytes_without_the_file)
{
    size_t size[2];
    session w;
    begin(&w);
    ck_ok(ot_train(&w.s.opts, NULL));
    session_end(&w);
    char *const whole = newest_checkpoint(&size[0]);
    char *const weights = get_file(from, &size[1]);
    remove_files();
    put_file(from, weights, size[1]);
    ot__free(weights);
    begin(&w);
    w.stop_after = 4;
    ck_status(ot_train(&w.s.opts, NULL), OT_EINTERRUPTED);
    session_end(&w);
    ck_assert_int_eq(unlink(from), 0);
    ck_ok(resume(&w, from, fit.checksum));
    ck_assert_msg(strstr(w.notes, "is not there, so its checksum was not compared"), "%s", w.notes);
    session_end(&w);
    ck_assert_int_eq(fits, 2); /* of the two trainings that started */
    char *const parts = newest_checkpoint(&size[1]);
    ck_assert_uint_eq(size[0], size[1]);
    ck_assert_int_eq(memcmp(whole, parts, size[0]), 0);
    ot__free(whole);
    ot__free(parts);
}
END_TEST

START_TEST(a_file_with_another_checksum_is_refused)
{
    session w;
    begin(&w);
    w.s.opts.init_checksum = (ot_text){ "0123" };
    ck_status(ot_train(&w.s.opts, NULL), OT_EINVAL);
    ck_assert_msg(strstr(ot_message(), "start from a file with the checksum 0123"), "%s",
                  ot_message());
    ck_assert_int_eq(fits, 0);
    session_end(&w);
    begin(&w);
    ck_ok(ot_train(&w.s.opts, NULL));
    session_end(&w);
    put_file(from, "changed", 7);
    ck_status(resume(&w, from, fit.checksum), OT_EINVAL); /* as verify does */
    ck_assert_msg(strstr(ot_message(), "its checksum is"), "%s", ot_message());
    session_end(&w);
    ck_status(resume(&w, from, ""), OT_EINVAL); /* the checksum of the file now is another option */
    ck_assert_msg(strstr(ot_message(), "init-checksum"), "%s", ot_message());
    session_end(&w);
}
END_TEST

START_TEST(a_file_that_was_moved_is_the_same)
{
    session w;
    size_t size = 0;
    begin(&w);
    ck_ok(ot_train(&w.s.opts, NULL));
    session_end(&w);
    char *const weights = get_file(from, &size);
    put_file(in_folder("moved"), weights, size);
    ot__free(weights);
    ck_ok(resume(&w, in_folder("moved"), ""));
    session_end(&w);
}
END_TEST

START_TEST(a_missing_file_and_a_checksum_without_a_file_are_refused)
{
    session w;
    begin(&w);
    ck_assert_int_eq(unlink(from), 0);
    ck_status(ot_train(&w.s.opts, NULL), OT_ENOENT);
    w.s.opts.init = (ot_text){ "" };
    w.s.opts.init_checksum = (ot_text){ "0123" };
    ck_status(ot_train(&w.s.opts, NULL), OT_EINVAL);
    w.s.opts.init = (ot_text){ "a\nb" };
    ck_status(ot_train(&w.s.opts, NULL), OT_EINVAL);
    session_end(&w);
}
END_TEST

START_TEST(weights_of_images_of_another_normalisation_are_reported)
{
    session w;
    small other = small_new();
    const ot_normalisation n = { 3, false, { 0.1f, 0.2f, 0.3f }, { 1, 1, 1 } };
    ck_ok(ot_params_set_normalisation(other.params, &n));
    ck_ok(ot_params_save(other.params, from, 0, NULL));
    small_free(&other);
    begin(&w);
    ck_ok(ot_train(&w.s.opts, NULL));
    ck_assert_msg(strstr(w.notes, "another mean and deviation"), "%s", w.notes);
    session_end(&w);
}
END_TEST

TCase *starting_case(void)
{
    TCase *c = tcase_create("starting");
    tcase_add_checked_fixture(c, set_up, remove_folder);
    tcase_add_test(c, the_first_step_starts_from_the_weights_of_the_file);
    tcase_add_test(c, interrupted_and_resumed_gives_the_same_bytes_without_the_file);
    tcase_add_test(c, a_file_with_another_checksum_is_refused);
    tcase_add_test(c, a_file_that_was_moved_is_the_same);
    tcase_add_test(c, a_missing_file_and_a_checksum_without_a_file_are_refused);
    tcase_add_test(c, weights_of_images_of_another_normalisation_are_reported);
    return c;
}
