/* SPDX-License-Identifier: BSD-3-Clause
 * Tests saving and loading of parameters: the same bits, every damage noticed, and failures of disk
 * and memory that leave the old file. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "store/cases.h"
#include "train/fixture.h"
#include "store/safetensors.h"

static const char *const pairs[][2] = { { "net", "rk4 x2" }, { "seed", "7" } };

static const char *saved(few f)
{
    const char *path = in_folder("params.safetensors");
    ck_ok(ot_params_save(f.params, path, 2, pairs));
    return path;
}

START_TEST(what_is_saved_is_loaded_bit_for_bit)
{
    few a = few_new(1), b = few_new(2);
    ck_assert(!same_values(a.params, b.params));
    ck_ok(ot_params_load(b.params, saved(a)));
    ck_assert(same_values(a.params, b.params));
    few_free(a);
    few_free(b);
}
END_TEST

START_TEST(the_header_is_as_the_format_has_it)
{
    few f = few_new(1);
    size_t size = 0;
    char *data = get_file(saved(f), &size);
    const unsigned char *n = (const unsigned char *)data;
    const size_t length = n[0] + 256u * n[1];
    ck_assert_uint_eq(length % 8, 0);
    ck_assert_uint_eq(size, 8 + length + (2 + 1 + 6) * sizeof(float));
    ck_assert_ptr_nonnull(strstr(data + 8, "\"format\":\"pt\""));
    ck_assert_ptr_nonnull(
        strstr(data + 8, "\"s\":{\"data_offsets\":[8,12],\"dtype\":\"F32\",\"shape\":[]}"));
    ck_assert_ptr_nonnull(
        strstr(data + 8, "\"w\":{\"data_offsets\":[12,36],\"dtype\":\"F32\",\"shape\":[2,3]}"));
    ck_assert_int_eq(memcmp(data + 8 + length, ot_params_value(f.params, 2, OT_F32), 8), 0);
    ot__free(data);
    few_free(f);
}
END_TEST

START_TEST(equal_values_give_equal_bytes)
{
    few f = few_new(1);
    size_t n = 0, m = 0;
    char *first = get_file(saved(f), &n), *second = get_file(saved(f), &m);
    ck_assert_uint_eq(n, m);
    ck_assert_int_eq(memcmp(first, second, n), 0);
    ot__free(first);
    ot__free(second);
    few_free(f);
}
END_TEST

START_TEST(values_trained_in_double_are_saved_rounded)
{
    few a = few_new(1), b = few_new(2);
    *(double *)ot_params_edit(a.params, 1, OT_F64) = 1.0 / 3.0;
    ck_ok(ot_params_load(b.params, saved(a)));
    ck_assert(*(const float *)ot_params_value(b.params, 1, OT_F32) == (float)(1.0 / 3.0));
    ck_assert(*(const double *)ot_params_value(b.params, 1, OT_F64) == (double)(float)(1.0 / 3.0));
    few_free(a);
    few_free(b);
}
END_TEST

START_TEST(metadata_is_read_back)
{
    few f = few_new(1);
    const char *path = saved(f);
    char *value = NULL;
    ck_ok(ot_safetensors_metadata(path, "net", &value));
    ck_assert_str_eq(value, "rk4 x2");
    free(value);
    ck_status(ot_safetensors_metadata(path, "nothing", &value), OT_EFORMAT);
    ck_assert_ptr_nonnull(strstr(ot_message(), "nothing"));
    ck_status(ot_safetensors_metadata(in_folder("none"), "net", &value), OT_ENOENT);
    few_free(f);
}
END_TEST

START_TEST(metadata_that_cannot_be_kept_is_refused)
{
    static const char *const bad[][1][2] = { { { "format", "mine" } }, { { "xxh3", "0" } },
                                             { { "xxh3:w", "0" } },    { { "net", "\xff" } },
                                             { { "net", NULL } },      { { NULL, "rk4 x2" } } };
    few f = few_new(1);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        ck_status(ot_params_save(f.params, in_folder("bad"), 1, bad[i]), OT_EINVAL);
    ck_assert_int_ne(access(in_folder("bad"), F_OK), 0);
    few_free(f);
}
END_TEST

/* Flips each bit of a small file: length, JSON, names, shapes, checksums and data. */
START_TEST(every_flipped_bit_is_noticed_and_nothing_is_changed)
{
    few a = few_new(1), b = few_new(2), before = few_new(2);
    size_t size = 0;
    char *data = get_file(saved(a), &size);
    const char *path = in_folder("flipped");
    for (size_t bit = 0; bit < 8 * size; bit++) {
        data[bit / 8] ^= (char)(1 << bit % 8);
        put_file(path, data, size);
        ck_assert_msg(ot_params_load(b.params, path) == OT_EFORMAT, "bit %zu of byte %zu", bit % 8,
                      bit / 8);
        ck_assert(same_values(b.params, before.params));
        data[bit / 8] ^= (char)(1 << bit % 8);
    }
    ot__free(data);
    few_free(a);
    few_free(b);
    few_free(before);
}
END_TEST

START_TEST(every_shorter_or_longer_file_is_refused)
{
    few a = few_new(1), b = few_new(2), before = few_new(2);
    size_t size = 0;
    char *data = get_file(saved(a), &size);
    const char *path = in_folder("cut");
    for (size_t n = 0; n <= size + 1; n++) { /* a zero byte follows the data */
        if (n == size) continue;
        put_file(path, data, n);
        ck_assert_msg(ot_params_load(b.params, path) == OT_EFORMAT, "%zu of %zu bytes", n, size);
    }
    ck_assert(same_values(b.params, before.params));
    ot__free(data);
    few_free(a);
    few_free(b);
    few_free(before);
}
END_TEST

START_TEST(damage_is_named_with_tensor_and_offset)
{
    few f = few_new(1);
    size_t size = 0;
    char *data = get_file(saved(f), &size), offset[32];
    data[size - 1] ^= 1;
    put_file(in_folder("damaged"), data, size);
    ck_status(ot_params_load(f.params, in_folder("damaged")), OT_EFORMAT);
    snprintf(offset, sizeof offset, "damaged:%zu:", size - 24);
    ck_assert_msg(strstr(ot_message(), offset) && strstr(ot_message(), "tensor w"), "%s",
                  ot_message());
    ot__free(data);
    few_free(f);
}
END_TEST

START_TEST(what_is_no_file_cannot_be_loaded)
{
    few f = few_new(1);
    ck_status(ot_params_load(f.params, in_folder("none")), OT_ENOENT);
    ck_status(ot_params_load(f.params, in_folder(".")), OT_ENOENT);
    ck_assert_int_eq(mkfifo(in_folder("pipe"), 0600), 0);
    ck_status(ot_params_load(f.params, in_folder("pipe")), OT_ENOENT);
    few_free(f);
}
END_TEST

START_TEST(a_folder_without_permission_keeps_the_old_file)
{
    few a = few_new(1), b = few_new(2);
    const char *path = saved(a);
    ck_assert_int_eq(chmod(in_folder("."), 0555), 0);
    const bool root = geteuid() == 0;
    if (root) ck_assert_int_eq(seteuid(65534), 0);
    const ot_status status = ot_params_save(b.params, path, 0, NULL);
    if (root) ck_assert_int_eq(seteuid(0), 0);
    ck_assert_int_eq(chmod(in_folder("."), 0700), 0);
    ck_assert_int_eq(status, OT_ECREATE);
    ck_ok(ot_params_load(b.params, path));
    ck_assert(same_values(a.params, b.params));
    ck_status(ot_params_save(b.params, in_folder("none/file"), 0, NULL), OT_ECREATE);
    few_free(a);
    few_free(b);
}
END_TEST

/* The limit on the size of files is reached within the header, as on a full disk. */
START_TEST(a_write_that_fails_half_way_keeps_the_old_file)
{
    few a = few_new(1), b = few_new(2);
    const char *path = saved(a);
    signal(SIGXFSZ, SIG_IGN);
    struct rlimit whole, few_bytes = { .rlim_cur = 100 };
    ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &whole), 0);
    few_bytes.rlim_max = whole.rlim_max;
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &few_bytes), 0);
    const ot_status status = ot_params_save(b.params, path, 0, NULL);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &whole), 0);
    ck_assert_int_eq(status, OT_EIO);
    ck_ok(ot_params_load(b.params, path));
    ck_assert(same_values(a.params, b.params));
    few_free(a);
    few_free(b);
}
END_TEST

START_TEST(any_allocation_may_fail_while_saving_and_loading)
{
    few a = few_new(1), b = few_new(2), before = few_new(2);
    const char *path = in_folder("params.safetensors");
    ot_status status = OT_ENOMEM;
    for (int n = 1; status != OT_OK; n++) {
        ot__fail_allocation(n, _i);
        status = ot_params_save(a.params, path, 2, pairs);
        ot__fail_allocation(0, 0);
        ck_assert_msg(status == OT_OK || status == OT_ENOMEM, "%d: %s", n, ot_message());
    }
    status = OT_ENOMEM;
    for (int n = 1; status != OT_OK; n++) {
        ck_assert(same_values(b.params, before.params));
        ot__fail_allocation(n, _i);
        status = ot_params_load(b.params, path);
        ot__fail_allocation(0, 0);
        ck_assert_msg(status == OT_OK || status == OT_ENOMEM, "%d: %s", n, ot_message());
    }
    ck_assert(same_values(a.params, b.params));
    few_free(a);
    few_free(b);
    few_free(before);
}
END_TEST

/* Doubles need additional memory both when they are saved and when they are loaded. */
START_TEST(any_allocation_may_fail_while_doubles_are_listed_and_loaded)
{
    few a = few_new(1), b = few_new(2), before = few_new(2);
    int n_items = 0;
    ot__st_item *item = NULL;
    ot__st_file f;
    ot_status status = OT_ENOMEM;
    for (int n = 1; status != OT_OK; n++) {
        few one = few_new(1);
        ot__fail_allocation(n, _i);
        status = ot__st_list(one.params, NULL, OT_F64, &n_items, &item);
        ot__fail_allocation(0, 0);
        if (status == OT_OK) {
            ck_ok(ot__st_write(-1, in_folder("doubles"), n_items, item, &(ot_normalisation){ 0 }, 0,
                               NULL));
            ot__st_list_free(n_items, item);
        } else {
            ck_assert_int_eq(status, OT_ENOMEM);
        }
        few_free(one);
    }
    ck_ok(ot__st_open(in_folder("doubles"), &f));
    status = OT_ENOMEM;
    for (int n = 1; status != OT_OK; n++) {
        ck_assert(same_values(b.params, before.params));
        ot__fail_allocation(n, _i);
        status = ot__st_load(&f, b.params, NULL);
        ot__fail_allocation(0, 0);
        if (status != OT_OK) ck_assert_int_eq(status, OT_ENOMEM);
    }
    ot__st_close(&f);
    ck_assert(same_values(a.params, b.params));
    few_free(a);
    few_free(b);
    few_free(before);
}
END_TEST

START_TEST(a_network_without_tensors_is_a_file_without_tensors)
{
    ot_tape *tape = ot_tape_new();
    ot_params *none = NULL;
    few f = few_new(1);
    ck_ok(ot_params_new(tape, &none));
    ck_ok(ot_params_save(none, in_folder("none"), 0, NULL));
    ck_ok(ot_params_load(none, in_folder("none")));
    ck_status(ot_params_load(none, saved(f)), OT_EFORMAT);
    ck_status(ot_params_load(f.params, in_folder("none")), OT_EFORMAT);
    ck_assert_ptr_nonnull(strstr(ot_message(), "tensor w is missing"));
    few_free(f);
    ot_params_free(none);
    ot_tape_free(tape);
}
END_TEST

TCase *safetensors_case(void)
{
    TCase *c = tcase_create("safetensors");
    tcase_add_checked_fixture(c, make_folder, remove_folder);
    tcase_add_test(c, what_is_saved_is_loaded_bit_for_bit);
    tcase_add_test(c, the_header_is_as_the_format_has_it);
    tcase_add_test(c, equal_values_give_equal_bytes);
    tcase_add_test(c, values_trained_in_double_are_saved_rounded);
    tcase_add_test(c, metadata_is_read_back);
    tcase_add_test(c, metadata_that_cannot_be_kept_is_refused);
    tcase_add_test(c, every_flipped_bit_is_noticed_and_nothing_is_changed);
    tcase_add_test(c, every_shorter_or_longer_file_is_refused);
    tcase_add_test(c, damage_is_named_with_tensor_and_offset);
    tcase_add_test(c, what_is_no_file_cannot_be_loaded);
    tcase_add_test(c, a_folder_without_permission_keeps_the_old_file);
    tcase_add_test(c, a_write_that_fails_half_way_keeps_the_old_file);
    tcase_add_loop_test(c, any_allocation_may_fail_while_saving_and_loading, 0, 2);
    tcase_add_loop_test(c, any_allocation_may_fail_while_doubles_are_listed_and_loaded, 0, 2);
    tcase_add_test(c, a_network_without_tensors_is_a_file_without_tensors);
    return c;
}
