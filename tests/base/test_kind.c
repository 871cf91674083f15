/* SPDX-License-Identifier: BSD-3-Clause
 * Files of other programs are named as what they are. */
#include "base/kind.h"

#include <string.h>
#include <unistd.h>

#include "base/cases.h"

static char path[OT_TEMPORARY];

static void put(const char *bytes, size_t n)
{
    FILE *const to = fopen(path, "wb");
    ck_assert_ptr_nonnull(to);
    ck_assert_uint_eq(fwrite(bytes, 1, n, to), n);
    ck_assert_int_eq(fclose(to), 0);
}

static void set_up(void)
{
    ot_temporary(path);
    const int fd = mkstemp(path);
    ck_assert_int_ge(fd, 0);
    close(fd);
}

static void tear_down(void)
{
    unlink(path);
}

#define BYTES(text) (text), sizeof(text) - 1
static const struct {
    const char *bytes;
    size_t n;
    ot__expected expected;
    const char *says[3];
} cases[] = {
    { BYTES("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"),
      OT__EXPECT_WEIGHTS,
      { "a Git-LFS pointer", "git lfs pull", "a safetensors file is expected" } },
    { BYTES("PK\3\4rest"), OT__EXPECT_WEIGHTS, { "a zip archive", "torch.load", "" } },
    { BYTES("PK\3\4rest"), OT__EXPECT_IMAGES, { "a zip archive", "unzip", "a data set" } },
    { BYTES("\x80\x02}q"), OT__EXPECT_WEIGHTS, { "a pickle", "torch.load", "" } },
    { BYTES("\x80\x04}q"), OT__EXPECT_IMAGES, { "a pickle", "binary version", "" } },
    { BYTES("\xef\xbb\xbf \n<!DocType HTML>"), OT__EXPECT_TABLEAU, { "an HTML page", "", "" } },
    { BYTES("<HTML>"), OT__EXPECT_EXPERIMENT, { "an HTML page", "an experiment file", "" } },
    { BYTES("GGUF\3\0\0\0"), OT__EXPECT_WEIGHTS, { "a GGUF file", "same model", "" } },
    { BYTES("\x1f\x8b\x08"), OT__EXPECT_IMAGES, { "packed by gzip", "tar -xzf", "" } },
    { BYTES("\x40\0\0\0\0\0\0\0{\"a"), OT__EXPECT_TABLEAU, { "a safetensors file", "", "" } },
    { BYTES("\x89PNG\r\n\x1a\n"), OT__EXPECT_IMAGES, { "a PNG image", "data import", "" } },
};

START_TEST(a_file_of_another_kind_is_named_with_what_would_be_right)
{
    put(cases[_i].bytes, cases[_i].n);
    const ot_status status = ot__fail(OT_EFORMAT, "bytes");
    ck_status(ot__name_kind(status, path, cases[_i].expected), OT_EFORMAT);
    ck_assert_ptr_nonnull(strstr(ot_message(), path));
    for (int k = 0; k < 3; k++)
        ck_assert_msg(strstr(ot_message(), cases[_i].says[k]), "\"%s\" is not in: %s",
                      cases[_i].says[k], ot_message());
}
END_TEST

static void keeps(ot_status status, ot__expected expected)
{
    (void)!ot__fail(status, "as it was");
    ck_assert_int_eq(ot__name_kind(status, path, expected), status);
    ck_assert_str_eq(ot_message(), "as it was");
}

START_TEST(other_failures_keep_their_sentence)
{
    put(BYTES("PK\3\4rest"));
    keeps(OT_ENOMEM, OT__EXPECT_WEIGHTS);
    keeps(OT_EIO, OT__EXPECT_WEIGHTS);
    put(BYTES("\x40\0\0\0\0\0\0\0{\"a"));
    keeps(OT_EFORMAT, OT__EXPECT_WEIGHTS);
    put(BYTES("P"));
    keeps(OT_EFORMAT, OT__EXPECT_WEIGHTS);
    put(BYTES(""));
    keeps(OT_EFORMAT, OT__EXPECT_WEIGHTS);
    unlink(path);
    keeps(OT_ENOENT, OT__EXPECT_WEIGHTS);
    ck_assert_int_eq(ot__name_kind(OT_OK, path, OT__EXPECT_WEIGHTS), OT_OK);
}
END_TEST

TCase *kind_case(void)
{
    TCase *c = tcase_create("kind");
    tcase_add_checked_fixture(c, set_up, tear_down);
    tcase_add_loop_test(c, a_file_of_another_kind_is_named_with_what_would_be_right, 0,
                        (int)(sizeof cases / sizeof cases[0]));
    tcase_add_test(c, other_failures_keep_their_sentence);
    return c;
}
