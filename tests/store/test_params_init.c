/* SPDX-License-Identifier: BSD-3-Clause
 * Initial values from files of other networks and other software: what fits is taken, in every
 * type, and the rest is listed. */
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "store/cases.h"
#include "train/fixture.h"

static few f;
static const char *path;

static void set_up(void)
{
    make_folder();
    f = few_new(1);
    path = in_folder("other.safetensors");
}

static void tear_down(void)
{
    few_free(f);
    remove_folder();
}

/* A file without checksums, as other software writes it. */
static void put(const char *header, const void *data, size_t size)
{
    const size_t n = strlen(header);
    char *const bytes = ot__new(8 + n + size, 1);
    for (int i = 0; i < 8; i++)
        bytes[i] = (char)(n >> 8 * i);
    memcpy(bytes + 8, header, n);
    memcpy(bytes + 8 + n, data, size);
    put_file(path, bytes, 8 + n + size);
    ot__free(bytes);
}

#define TENSOR(name, type, shape, from, to)                                                        \
    "\"" name "\":{\"dtype\":\"" type "\",\"shape\":" shape ",\"data_offsets\":[" #from "," #to "]}"

static float value(const char *name, int j)
{
    return ((const float *)ot_params_value(f.params, ot_params_find(f.params, name), OT_F32))[j];
}

START_TEST(what_fits_is_taken_and_the_rest_is_listed)
{
    const float data[] = { 0.5f, -1, 2, 3, 4, 5, 6, 7, 8, 9, 10 };
    ot_fit fit;
    put("{" TENSOR("s", "F32", "[]", 0, 4) "," TENSOR("w", "F32", "[3,2]", 4, 28) "," TENSOR(
            "head\\u202eweight", "F32", "[2]", 28,
            36) "," TENSOR("momentum_buffer.s", "F32", "[]", 36, 40) "," TENSOR("v", "F32", "[]",
                                                                                40, 44) "}",
        data, sizeof data);
    const float before = value("w", 0);
    ck_ok(ot_params_init_from(f.params, path, &fit));
    ck_assert(value("s", 0) == 0.5f && value("w", 0) == before);
    ck_assert(fit.taken.n == 1 && fit.missing.n == 1 && fit.unknown.n == 2 && fit.unlike.n == 1);
    ck_assert_str_eq(fit.taken.names, "s");
    ck_assert_str_eq(fit.missing.names, "running");
    ck_assert_str_eq(fit.unlike.names, "w");
    ck_assert_str_eq(fit.unknown.names, "head?weight, v");
    ck_assert_uint_eq(strlen(fit.checksum), 32);
}
END_TEST

/* 0.5, -1.25, the largest number, infinity, the least, minus zero; in three types of the file. */
static const struct {
    const char *type;
    int bytes;
    uint64_t bits[6];
    double values[6];
} types[] = {
    { "F16",
      2,
      { 0x3800, 0xbd00, 0x7bff, 0x7c00, 0x0001, 0x8000 },
      { 0.5, -1.25, 65504, INFINITY, 0x1p-24, -0.0 } },
    { "BF16",
      2,
      { 0x3f00, 0xbfa0, 0x7f7f, 0x7f80, 0x0080, 0x8000 },
      { 0.5, -1.25, 0x1.fep127, INFINITY, 0x1p-126, -0.0 } },
    { "F64",
      8,
      { 0x3fe0000000000000, 0xbff4000000000000, 0x3fb999999999999a, 0x7ff0000000000000,
        0x3ff0000000000001, 0x8000000000000000 },
      { 0.5, -1.25, 0.1, INFINITY, 1.0 + 0x1p-52, -0.0 } },
};

START_TEST(types_are_converted_exactly)
{
    char header[200];
    unsigned char data[48];
    const int bytes = types[_i].bytes;
    for (int j = 0; j < 6; j++)
        memcpy(data + j * bytes, &types[_i].bits[j], (size_t)bytes); /* little endian */
    snprintf(header, sizeof header,
             "{\"w\":{\"dtype\":\"%s\",\"shape\":[2,3],\"data_offsets\":[0,%d]}}", types[_i].type,
             6 * bytes);
    put(header, data, (size_t)(6 * bytes));
    ck_ok(ot_params_init_from(f.params, path, NULL));
    const double *const w = ot_params_value(f.params, ot_params_find(f.params, "w"), OT_F64);
    for (int j = 0; j < 6; j++)
        ck_assert_msg(memcmp(&w[j], &types[_i].values[j], sizeof w[j]) == 0, "%d: %.17g", j, w[j]);
}
END_TEST

static const struct {
    const char *header;
    ot_status status;
    const char *says;
} refused[] = {
    { "{" TENSOR("x", "F32", "[]", 0, 4) "}", OT_EFORMAT,
      "none of its tensors fits the network; it has x, the network has w" },
    { "{" TENSOR("w", "F32", "[1]", 0, 4) "}", OT_EFORMAT, "none of its tensors fits" },
    { "{" TENSOR("s", "I32", "[]", 0, 4) "}", OT_EFORMAT, "none of its tensors fits" },
    { "{}", OT_EFORMAT, "" },
    { "{" TENSOR("s", "F32", "[]", 0, 8) "}", OT_EFORMAT, "" },
    { "not JSON", OT_EFORMAT, "" },
};

START_TEST(a_file_of_which_nothing_fits_is_refused_and_changes_nothing)
{
    const float one = 1, before = value("s", 0);
    put(refused[_i].header, &one, sizeof one);
    ck_status(ot_params_init_from(f.params, path, NULL), refused[_i].status);
    ck_assert_msg(strstr(ot_message(), refused[_i].says), "%s", ot_message());
    ck_assert(value("s", 0) == before);
}
END_TEST

START_TEST(a_damaged_tensor_changes_nothing)
{
    size_t size = 0;
    few other = few_new(2);
    ck_ok(ot_params_save(other.params, path, 0, NULL));
    few_free(other);
    char *const file = get_file(path, &size);
    file[size - 1] ^= 1;
    put_file(path, file, size);
    ot__free(file);
    few same = few_new(1);
    ck_status(ot_params_init_from(f.params, path, NULL), OT_EFORMAT);
    ck_assert_msg(strstr(ot_message(), "the checksum of tensor"), "%s", ot_message());
    ck_assert(same_values(f.params, same.params));
    few_free(same);
}
END_TEST

START_TEST(many_names_end_with_a_count)
{
    char header[8192] = "{" TENSOR("s", "F32", "[]", 0, 4);
    const float one = 1;
    for (int i = 0; i < 60; i++) {
        const size_t used = strlen(header);
        snprintf(header + used, sizeof header - used,
                 ",\"layer%d.weight\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[4,4]}", i);
    }
    strcat(header, "}");
    put(header, &one, sizeof one);
    ot_fit fit;
    ck_ok(ot_params_init_from(f.params, path, &fit));
    ck_assert_int_eq(fit.unknown.n, 60);
    char end[40];
    snprintf(end, sizeof end, " and %d more", 60 - fit.unknown.listed);
    ck_assert_msg(strstr(fit.unknown.names, end) && fit.unknown.listed > 5, "%s",
                  fit.unknown.names);
}
END_TEST

START_TEST(the_checksum_of_a_file_is_that_of_its_bytes)
{
    char sum[33];
    put_file(path, "", 0);
    ck_ok(ot_file_checksum(path, sum));
    ck_assert_str_eq(sum, "99aa06d3014798d86001c324468d497f"); /* of no bytes: xxHash's own */
    ck_status(ot_file_checksum(in_folder("none"), sum), OT_ENOENT);
}
END_TEST

TCase *params_init_case(void)
{
    TCase *c = tcase_create("params_init");
    tcase_add_checked_fixture(c, set_up, tear_down);
    tcase_add_test(c, what_fits_is_taken_and_the_rest_is_listed);
    tcase_add_loop_test(c, types_are_converted_exactly, 0, sizeof types / sizeof types[0]);
    tcase_add_loop_test(c, a_file_of_which_nothing_fits_is_refused_and_changes_nothing, 0,
                        sizeof refused / sizeof refused[0]);
    tcase_add_test(c, a_damaged_tensor_changes_nothing);
    tcase_add_test(c, many_names_end_with_a_count);
    tcase_add_test(c, the_checksum_of_a_file_is_that_of_its_bytes);
    return c;
}
