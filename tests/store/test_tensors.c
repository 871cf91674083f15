/* SPDX-License-Identifier: BSD-3-Clause
 * Tests the public functions that read any safetensors file: what is in it, what is not, and
 * failures of disk and memory while it is read. */
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/system.h"
#include "store/cases.h"
#include "train/fixture.h"

static few f;
static const char *path;
static ot_safetensors *file;

static void set_up(void)
{
    static const char *const pairs[][2] = { { "net", "rk4 x2" }, { "seed", "7" } };
    make_folder();
    f = few_new(1);
    path = in_folder("params.safetensors");
    ck_ok(ot_params_save(f.params, path, 2, pairs));
    ck_ok(ot_safetensors_open(path, &file));
}

static void tear_down(void)
{
    ot_safetensors_close(file);
    few_free(f);
    remove_folder();
}

START_TEST(tensors_and_pairs_are_listed_in_the_order_of_the_file)
{
    static const char *const names[] = { "running", "s", "w" };
    static const char *const pair[][2] = { { "format", "pt" },
                                           { "net", "rk4 x2" },
                                           { "seed", "7" } };
    ck_assert(ot_safetensors_has_checksums(file));
    ck_assert_int_eq(ot_safetensors_count(file), 3);
    for (int i = 0; i < 3; i++) {
        ck_assert_str_eq(ot_safetensors_tensor(file, i).name, names[i]);
        ck_assert_int_eq(ot_safetensors_find(file, names[i]), i);
        ck_assert_str_eq(ot_safetensors_key(file, i), pair[i][0]);
        ck_assert_str_eq(ot_safetensors_value(file, i), pair[i][1]);
    }
    const ot_tensor_info w = ot_safetensors_tensor(file, 2);
    ck_assert_str_eq(w.dtype, "F32");
    ck_assert(w.rank == 2 && w.dim[0] == 2 && w.dim[1] == 3);
    ck_assert(w.elements == 6 && w.bytes == 24);
    float values[6];
    ck_ok(ot_safetensors_read(file, 2, values));
    ck_assert_int_eq(memcmp(values, ot_params_value(f.params, 0, OT_F32), sizeof values), 0);
}
END_TEST

START_TEST(what_is_not_in_a_file_is_nothing_or_refused)
{
    static const int outside[] = { -1, 3, INT_MIN, INT_MAX };
    char says[80];
    float value;
    const int i = outside[_i];
    ck_assert_ptr_null(ot_safetensors_tensor(file, i).name);
    ck_assert_ptr_null(ot_safetensors_key(file, i));
    ck_assert_ptr_null(ot_safetensors_value(file, i));
    ck_status(ot_safetensors_read(file, i, &value), OT_EINVAL);
    snprintf(says, sizeof says, ": there is no tensor %d; it has 3", i);
    ck_assert_msg(strstr(ot_message(), says), "%s", ot_message());
    ck_assert_int_eq(ot_safetensors_find(file, "v"), -1);
}
END_TEST

START_TEST(a_file_that_is_cut_while_it_is_open_is_an_error)
{
    float values[6];
    ck_assert_int_eq(truncate(path, (off_t)ot_safetensors_tensor(file, 2).offset + 4), 0);
    ck_status(ot_safetensors_read(file, 2, values), OT_EIO);
    ck_assert_msg(strstr(ot_message(), ": the file ended while it was read"), "%s", ot_message());
}
END_TEST

/* The file has all checksums except one. */
START_TEST(a_tensor_without_its_checksum_is_damaged)
{
    size_t size = 0;
    float values[6];
    ot_safetensors *other = NULL;
    char *const data = get_file(path, &size);
    json_t *const header = header_of(data);
    ck_assert_int_eq(json_object_del(json_object_get(header, "__metadata__"), "xxh3:w"), 0);
    put_with_header(in_folder("other"), data, size, header);
    ck_ok(ot_safetensors_open(in_folder("other"), &other));
    ck_ok(ot_safetensors_read(other, 1, values));
    ck_status(ot_safetensors_read(other, 2, values), OT_EFORMAT);
    ck_assert_msg(strstr(ot_message(), "the checksum of tensor w is wrong"), "%s", ot_message());
    ot_safetensors_close(other);
    json_decref(header);
    ot__free(data);
}
END_TEST

/* ---- failures of the disk ---- */

static int reads, fail_at, error;
static size_t most;

static int before_read(const char *call, size_t *size)
{
    (void)call;
    if (*size > most) *size = most;
    return ++reads == fail_at ? error : 0;
}

static ot_status open_and_read(void)
{
    ot_safetensors *other = NULL;
    float values[6] = { 0 };
    reads = 0;
    ot__watch_reads(before_read);
    ot_status status = ot_safetensors_open(path, &other);
    ck_assert((status == OT_OK) == (other != NULL));
    if (other) status = ot_safetensors_read(other, 2, values);
    ot__watch_reads(NULL);
    if (status == OT_OK)
        ck_assert_int_eq(memcmp(values, ot_params_value(f.params, 0, OT_F32), sizeof values), 0);
    ot_safetensors_close(other);
    return status;
}

START_TEST(reads_of_one_byte_or_interrupted_ones_give_the_same)
{
    most = 1;
    error = EINTR;
    fail_at = 3;
    ck_ok(open_and_read());
    ck_assert_int_gt(reads, 8 + 24);
}
END_TEST

START_TEST(each_read_may_fail_and_says_where)
{
    static const char *const where[] = { "params.safetensors:0: ", "params.safetensors:8: ",
                                         "params.safetensors:" };
    most = 1 << 20;
    error = EIO;
    for (fail_at = 1; fail_at <= 3; fail_at++) {
        ck_status(open_and_read(), OT_EIO);
        ck_assert_msg(strstr(ot_message(), where[fail_at - 1]) &&
                          strstr(ot_message(), ": cannot read: Input/output error"),
                      "%s", ot_message());
    }
    ck_ok(open_and_read());
    ck_assert_int_eq(reads, 3); /* the length, the header, the tensor */
}
END_TEST

START_TEST(each_allocation_may_fail_while_a_file_is_opened_and_read)
{
    error = 0;
    most = 1 << 20;
    long n = 1;
    for (;; n++) {
        ot__fail_allocation(n, _i);
        const ot_status status = open_and_read();
        if (ot__fail_allocation(0, 0) < n) break;
        ck_status(status, OT_ENOMEM);
    }
    ck_assert_int_gt(n, 4);
}
END_TEST

START_TEST(each_allocation_may_fail_while_metadata_is_read)
{
    char *value = NULL;
    long n = 1;
    for (;; n++) {
        ot__fail_allocation(n, _i);
        const ot_status status = ot_safetensors_metadata(path, "net", &value);
        if (ot__fail_allocation(0, 0) < n) break;
        ck_status(status, OT_ENOMEM);
        ck_assert_ptr_null(value);
    }
    ck_assert_int_gt(n, 3);
    ck_assert_str_eq(value, "rk4 x2");
    free(value);
}
END_TEST

static void *none(size_t size)
{
    (void)size;
    return NULL;
}

START_TEST(json_without_memory_is_no_damage)
{
    ot_safetensors *other = NULL;
    json_set_alloc_funcs(none, free);
    const ot_status opened = ot_safetensors_open(path, &other);
    const ot_status saved = ot_params_save(f.params, in_folder("other"), 0, NULL);
    json_set_alloc_funcs(malloc, free);
    ck_assert_int_eq(opened, OT_ENOMEM);
    ck_assert_int_eq(saved, OT_ENOMEM);
    ck_assert_ptr_null(other);
    ck_assert_int_ne(access(in_folder("other"), F_OK), 0);
}
END_TEST

TCase *tensors_case(void)
{
    TCase *c = tcase_create("tensors");
    tcase_add_checked_fixture(c, set_up, tear_down);
    tcase_add_test(c, tensors_and_pairs_are_listed_in_the_order_of_the_file);
    tcase_add_loop_test(c, what_is_not_in_a_file_is_nothing_or_refused, 0, 4);
    tcase_add_test(c, a_file_that_is_cut_while_it_is_open_is_an_error);
    tcase_add_test(c, a_tensor_without_its_checksum_is_damaged);
    tcase_add_test(c, reads_of_one_byte_or_interrupted_ones_give_the_same);
    tcase_add_test(c, each_read_may_fail_and_says_where);
    tcase_add_loop_test(c, each_allocation_may_fail_while_a_file_is_opened_and_read, 0, 2);
    tcase_add_loop_test(c, each_allocation_may_fail_while_metadata_is_read, 0, 2);
    tcase_add_test(c, json_without_memory_is_no_damage);
    return c;
}
