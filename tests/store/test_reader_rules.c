/* SPDX-License-Identifier: BSD-3-Clause
 * Tests every rule of the safetensors reader with a handmade file that breaks it.  The network has
 * a scalar "s", a matrix "w" (2,3) and a statistic "running" (2). */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "store/cases.h"
#include "train/fixture.h"

/* The entries of a correct file. */
#define R "\"running\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}"
#define S "\"s\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[8,12]}"
#define W "\"w\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[12,36]}"
#define ENTRY(name, dtype, shape, offsets)                                                         \
    "\"" name "\":{\"dtype\":\"" dtype "\",\"shape\":" shape ",\"data_offsets\":" offsets "}"

#define TWO_LARGE ",9223372036854775807,9223372036854775807"
#define SIX_LARGE TWO_LARGE TWO_LARGE TWO_LARGE

typedef struct rule {
    const char *header;
    size_t data;
    const char *says; /* in the message */
    uint64_t length;  /* in place of the header's; 0: the true one */
} rule;

static const rule broken[] = {
    { "{" R "," S "," W "}", 36, ":0: a header of", 1 << 20 },
    { "{" R "," S "," W "}", 36, ":0: a header of", UINT64_MAX },
    { "{" R "," S "," W "}", 36, ":0: a header of", UINT64_C(1) << 63 },
    { "{" R "," S "," W "}", 36, "a zero byte", sizeof "{" R "," S "," W "}" + 3 },
    { "", 36, "begin with '{'", 0 },
    { " {" R "," S "," W "}", 36, "begin with '{'", 0 },
    { "[" R "]", 36, "begin with '{'", 0 },
    { "{" R "," S "," W, 36, "not JSON", 0 },
    { "{" R "," S "," W "}}", 36, "not JSON", 0 },
    { "{" R "," S "," W "," S "}", 36, "duplicate", 0 },
    { "{" R "," S "," ENTRY("w\xff", "F32", "[2,3]", "[12,36]") "}", 36, "unable to decode", 0 },
    { "{" R "," S "," ENTRY("w\\u0000", "F32", "[2,3]", "[12,36]") "}", 36, "not JSON", 0 },
    { "{" R "," S "," ENTRY("w\\u001b[31m", "F32", "[2,3]", "[12,36]") "}", 36, "control", 0 },
    { "{" R "," S "," ENTRY("", "F32", "[2,3]", "[12,36]") "}", 36, "name is empty", 0 },
    { "{\"w\":[[[[[1]]]]]}", 0, "nests deeper", 0 },
    { "{" R "," S ",\"w\":7}", 12, "tensor w must have", 0 },
    { "{" R "," S ",\"w\":{\"dtype\":\"F32\",\"shape\":[2,3]}}", 36, "tensor w must have", 0 },
    { "{" R "," S ",\"w\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[12,36],\"x\":1}}",
      36, "tensor w must have", 0 },
    { "{" R "," S "," ENTRY("w", "F16", "[2,3]", "[12,24]") "}", 24, "dtype F16", 0 },
    { "{" R "," S "," ENTRY("w", "I32", "[2,3]", "[12,36]") "}", 36, "dtype I32", 0 },
    { "{" R "," S "," ENTRY("w", "F64", "[2,3]", "[12,60]") "}", 60, "the first one has F32", 0 },
    { "{" R "," S "," ENTRY("w", "F31", "[2,3]", "[12,36]") "}", 36,
      "'F31', which is not of the format", 0 },
    { "{" R "," S "," W "," ENTRY("momentum_buffer.z", "F32", "[1]", "[36,40]") "}", 40,
      "momentum_buffer.z is not one", 0 },
    { "{" R "," S "," W "," ENTRY("momentum_buffer.running", "F32", "[2]", "[36,44]") "}", 44,
      "momentum_buffer.running is not one", 0 },
    { "{" R "," S "," ENTRY("w", "F32", "[2,3]", "[36,12]") "}", 36, "[begin, end]", 0 },
    { "{" R "," S "," ENTRY("w", "F32", "[2,3]", "[-12,12]") "}", 36, "[begin, end]", 0 },
    { "{" R "," S "," ENTRY("w", "F32", "[2,3]", "[12,36,36]") "}", 36, "[begin, end]", 0 },
    { "{" R "," S "," ENTRY("w", "F32", "[2,3]", "[12.0,36.0]") "}", 36, "[begin, end]", 0 },
    { "{" R "," S "," ENTRY("w", "F32", "[2,3]", "[12,32]") "}", 32, "its shape needs 24", 0 },
    { "{" R "," S "," ENTRY("w", "F32", "[2,-3]", "[12,36]") "}", 36, "dimension 1", 0 },
    { "{" R "," S "," ENTRY("w", "F32", "[2.0,3]", "[12,36]") "}", 36, "dimension 0", 0 },
    { "{" R "," S "," ENTRY("w", "F32", "[4611686018427387904,2,2]", "[12,12]") "}", 12,
      "dimension 0", 0 },
    { "{" R "," S "," ENTRY("w", "F32", "[99999999999999999999]", "[12,36]") "}", 36, "not JSON",
      0 },
    { "{" R "," S ",\"w\":{\"dtype\":7,\"shape\":[2,3],\"data_offsets\":[12,36]}}", 36,
      "the dtype must be a text", 0 },
    { "{" R "," S "," ENTRY("w", "F32", "[0" SIX_LARGE ",9223372036854775807]", "[12,12]") "}", 12,
      "shape [0" SIX_LARGE ",9223372036854775807]; the network's has [2,3]", 0 },
    { "{" R "," S "," ENTRY("w", "F32", "[2,3,1,1,1,1,1,1,1]", "[12,36]") "}", 36,
      "has 9 dimensions; up to 8", 0 },
    { "{" R "," S "," ENTRY("w", "F32", "6", "[12,36]") "}", 36, "a list of numbers", 0 },
    { "{" R "," S "," ENTRY("w", "F4", "[2,3]", "[12,15]") "}", 15, "dtype F4, which has no", 0 },
    { "{" R "," S "," ENTRY("w", "F6_E2M3", "[4]", "[12,15]") "}", 15, "has no conversion", 0 },
    { "{" R "," S "," ENTRY("w", "F6_E3M2", "[2,3]", "[12,17]") "}", 17, "36 bits of dtype F6_E3M2",
      0 },
    { "{" R "," S "," ENTRY("w", "F4", "[2,3]", "[12,16]") "}", 16, "its shape needs 3", 0 },
    { "{" R "," S "," ENTRY("w", "F32", "[2,3]", "[16,40]") "}", 40, "must begin at 12", 0 },
    { "{" R "," S "," ENTRY("w", "F32", "[2,3]", "[8,32]") "}", 32, "must begin at", 0 },
    { "{" ENTRY("running", "F32", "[2]", "[4,12]") "," ENTRY("s", "F32", "[]", "[12,16]") "," ENTRY(
          "w", "F32", "[2,3]", "[16,40]") "}",
      40, "must begin at 0", 0 },
    { "{" R "," S "," W "," ENTRY("z", "F32", "[0]", "[4,4]") "}", 36, "must begin at", 0 },
    { "{" R "," S "," W "}", 37, "which has 37 bytes", 0 },
    { "{" R "," S "," W "}", 35, "which has 35 bytes", 0 },
    { "{" R "," S "," ENTRY("w", "F32", "[3,2]", "[12,36]") "}", 36,
      "shape [3,2]; the network's has [2,3]", 0 },
    { "{" R "," S "," ENTRY("w", "F32", "[6]", "[12,36]") "}", 36, "shape [6]", 0 },
    { "{" R "," ENTRY("s", "F32", "[1]", "[8,12]") "," W "}", 36, "shape [1]; the network's has []",
      0 },
    { "{" R "," S "}", 12, "tensor w is missing", 0 },
    { "{" R "," S "," W "," ENTRY("z", "F32", "[1]", "[36,40]") "}", 40, "tensor z is not one", 0 },
    { "{\"__metadata__\":[]," R "," S "," W "}", 36, "must be an object", 0 },
    { "{\"__metadata__\":{\"epoch\":1}," R "," S "," W "}", 36, "of epoch must be a string", 0 },
    { "{\"__metadata__\":{\"xxh3:w\":\"0\"}," R "," S "," W "}", 36, "header's checksum", 0 },
};

static const char *make(const rule *r)
{
    unsigned char bytes[2048] = { 0 };
    const size_t n = strlen(r->header);
    const uint64_t length = r->length ? r->length : n;
    for (int i = 0; i < 8; i++)
        bytes[i] = (unsigned char)(length >> 8 * i);
    memcpy(bytes + 8, r->header, n);
    const char *path = in_folder("made");
    put_file(path, bytes, 8 + n + r->data);
    return path;
}

START_TEST(a_broken_rule_is_named_and_nothing_is_changed)
{
    few f = few_new(1), before = few_new(1);
    const char *path = make(&broken[_i]);
    ck_status(ot_params_load(f.params, path), OT_EFORMAT);
    ck_assert_msg(strstr(ot_message(), path) && strstr(ot_message(), broken[_i].says),
                  "rule %d: \"%s\" is not in: %s", _i, broken[_i].says, ot_message());
    ck_assert(same_values(f.params, before.params));
    few_free(f);
    few_free(before);
}
END_TEST

START_TEST(a_file_of_another_program_without_checksums_is_loaded)
{
    static const rule good[] = {
        { "{" R "," S "," W "}", 36, NULL, 0 },
        { "{" W ",  " R ",\n" S "}  ", 36, NULL, 0 },
        { "{\"__metadata__\":{\"format\":\"pt\"}," R "," S "," W "}", 36, NULL, 0 },
        { "{\"__metadata__\":null," R "," S "," W "}", 36, NULL, 0 },
    };
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        few f = few_new(1);
        ck_ok(ot_params_load(f.params, make(&good[i])));
        ck_assert(*(const float *)ot_params_value(f.params, 1, OT_F32) == 0.0f);
        few_free(f);
    }
}
END_TEST

/* All types of the format are listed with their sizes, and compared bit by bit. */
START_TEST(tensors_of_every_dtype_are_listed_and_compared)
{
    static const struct {
        const char *dtype;
        int elements, bytes;
    } all[] = { { "F4", 6, 3 },      { "F6_E2M3", 4, 3 },     { "F6_E3M2", 4, 3 },
                { "F8_E8M0", 3, 3 }, { "F8_E4M3FNUZ", 3, 3 }, { "F8_E5M2FNUZ", 3, 3 },
                { "F8_E4M3", 3, 3 }, { "BOOL", 3, 3 },        { "C64", 1, 8 } };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        char header[200];
        ot_safetensors *f = NULL, *g = NULL;
        ot_tensor_difference d;
        snprintf(header, sizeof header,
                 "{\"a\":{\"dtype\":\"%s\",\"shape\":[%d],\"data_offsets\":[0,%d]}}", all[i].dtype,
                 all[i].elements, all[i].bytes);
        unsigned char bytes[300] = { (unsigned char)strlen(header) };
        const size_t size = 8 + strlen(header) + (size_t)all[i].bytes;
        memcpy(bytes + 8, header, strlen(header));
        put_file(in_folder("one"), bytes, size);
        bytes[size - 1] = 0xff;
        put_file(in_folder("two"), bytes, size);
        ck_ok(ot_safetensors_open(in_folder("one"), &f));
        ck_ok(ot_safetensors_open(in_folder("two"), &g));
        const ot_tensor_info t = ot_safetensors_tensor(f, 0);
        ck_assert_str_eq(t.dtype, all[i].dtype);
        ck_assert(t.elements == (size_t)all[i].elements && t.bytes == (size_t)all[i].bytes);
        ck_ok(ot_safetensors_compare(f, 0, f, 0, &d));
        ck_assert_uint_eq(d.different, 0);
        ck_ok(ot_safetensors_compare(f, 0, g, 0, &d));
        ck_assert_uint_eq(d.different, all[i].elements > 3 ? 2 : 1);
        ot_safetensors_close(f);
        ot_safetensors_close(g);
    }
}
END_TEST

static void refuse_large(const char *piece, int n, const char *says)
{
    const size_t size = 100 + (size_t)n * (strlen(piece) + 12);
    char *text = ot__new(size, 1);
    size_t used = 8 + (size_t)sprintf(text + 8, "{\"first\":0");
    for (int i = 0; i < n; i++)
        used += (size_t)snprintf(text + used, size - used, piece, i);
    text[used++] = '}';
    for (int i = 0; i < 8; i++)
        text[i] = (char)((used - 8) >> 8 * i);
    put_file(in_folder("large"), text, used);
    ot__free(text);
    few f = few_new(1);
    ck_status(ot_params_load(f.params, in_folder("large")), OT_EFORMAT);
    ck_assert_msg(strstr(ot_message(), says), "%s", ot_message());
    few_free(f);
}

START_TEST(too_many_tensors_or_values_are_refused)
{
    refuse_large(",\"%d\":0", 65536, "65537 tensors");
    refuse_large(",\"%d\":[0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0]", 65000, "more than 1048576 values");
}
END_TEST

TCase *reader_rules_case(void)
{
    TCase *c = tcase_create("reader_rules");
    tcase_add_checked_fixture(c, make_folder, remove_folder);
    tcase_add_loop_test(c, a_broken_rule_is_named_and_nothing_is_changed, 0,
                        (int)(sizeof broken / sizeof broken[0]));
    tcase_add_test(c, a_file_of_another_program_without_checksums_is_loaded);
    tcase_add_test(c, tensors_of_every_dtype_are_listed_and_compared);
    tcase_add_test(c, too_many_tensors_or_values_are_refused);
    return c;
}
