/* SPDX-License-Identifier: BSD-3-Clause
 * Reads PNG files that are damaged, too large, or no PNG files.  test_import.c has the good
 * ones. */
#include "data/png.h"

#include <string.h>

#include "base/memory.h"
#include "data/cases.h"

static void expect_refused(const char *what)
{
    ot__image image = { .at = NULL };
    const char *const path = in_folder("x.png");
    ck_status(ot__png_read(path, 0, 0, &image), OT_EFORMAT);
    ck_assert_ptr_null(image.at);
    ck_assert_msg(strncmp(ot_message(), path, strlen(path)) == 0 && strstr(ot_message(), what),
                  "\"%s\" does not say \"%s\"", ot_message(), what);
}

START_TEST(a_file_that_is_cut_anywhere_is_refused_with_its_end)
{
    uint8_t data[600];
    const size_t size = png_file(_i, data, sizeof data);
    for (size_t n = 0; n < size; n++) {
        char place[40];
        put_file("x.png", data, n);
        snprintf(place, sizeof place, ":%zu: ", n < 8 ? (size_t)0 : n);
        expect_refused(place);
    }
}
END_TEST

START_TEST(a_changed_byte_is_refused)
{
    uint8_t data[600];
    const size_t size = png_file(_i, data, sizeof data);
    for (size_t i = 0; i < size; i++) {
        data[i] ^= 0x10;
        put_file("x.png", data, size);
        expect_refused("x.png:");
        data[i] ^= 0x10;
    }
}
END_TEST

/* Sets four bytes, the highest first. */
static void put_number(uint8_t *to, uint32_t n)
{
    for (int i = 0; i < 4; i++)
        to[i] = (uint8_t)(n >> (24 - 8 * i));
}

static uint32_t crc(const uint8_t *data, size_t n)
{
    uint32_t c = 0xffffffff;
    for (size_t i = 0; i < n; i++) {
        c ^= data[i];
        for (int k = 0; k < 8; k++)
            c = c >> 1 ^ (c & 1 ? 0xedb88320 : 0);
    }
    return ~c;
}

static void put_size(uint32_t width, uint32_t height)
{
    enum { IHDR = 12, WIDTH = 16, HEIGHT = 20, CRC = 29 };
    uint8_t data[600];
    const size_t size = png_file(0, data, sizeof data);
    put_number(data + WIDTH, width);
    put_number(data + HEIGHT, height);
    put_number(data + CRC, crc(data + IHDR, CRC - IHDR));
    put_file("x.png", data, size);
}

START_TEST(an_image_beyond_the_limits_is_refused_before_memory_is_allocated)
{
    put_size(16384, 16384);
    ot__fail_allocation(2, 0); /* the first is for the file */
    expect_refused("x.png:16: the image is 16384 pixels wide and 16384 high; at most 16384 pixels "
                   "per side and 67108864");
    ot__fail_allocation(0, 0);
    put_size(16385, 1);
    expect_refused("x.png:16: the image is 16385 pixels wide and 1 high; at most 16384");
    put_size(1, 2147483648);
    expect_refused("x.png:16: the image is 1 pixels wide and 2147483648 high; at most 16384");
    put_size(0, 1);
    expect_refused("not a good PNG file");
}
END_TEST

START_TEST(an_image_of_another_size_is_refused_with_both_sizes)
{
    uint8_t data[600];
    ot__image image = { .at = NULL };
    put_file("x.png", data, png_file(0, data, sizeof data));
    ck_status(ot__png_read(in_folder("x.png"), 7, 5, &image), OT_EFORMAT);
    ck_assert_ptr_nonnull(strstr(ot_message(), "7 pixels wide and 5 high; 5 and 7 are expected"));
    ck_ok(ot__png_read(in_folder("x.png"), 5, 7, &image));
    ck_assert(image.height == 5 && image.width == 7 && image.channels == 4);
    ot__free(image.at);
}
END_TEST

START_TEST(a_file_of_another_kind_is_refused)
{
    put_file("x.png", "\377\330\377\340 JFIF and so on", 20);
    expect_refused("x.png: this is a JPEG image; a PNG image is expected");
    ot__image image;
    ck_status(ot__png_read(in_folder("none.png"), 0, 0, &image), OT_ENOENT);
    ck_status(ot__png_read(folder, 0, 0, &image), OT_ENOENT);
}
END_TEST

TCase *png_case(void)
{
    TCase *c = tcase_create("png");
    tcase_add_checked_fixture(c, make_folder, remove_folder);
    tcase_add_loop_test(c, a_file_that_is_cut_anywhere_is_refused_with_its_end, 0, 32);
    tcase_add_loop_test(c, a_changed_byte_is_refused, 0, 32);
    tcase_add_test(c, an_image_beyond_the_limits_is_refused_before_memory_is_allocated);
    tcase_add_test(c, an_image_of_another_size_is_refused_with_both_sizes);
    tcase_add_test(c, a_file_of_another_kind_is_refused);
    return c;
}
