/* SPDX-License-Identifier: BSD-3-Clause
 * Reads contact sheets back and compares their pixels. */
#include <math.h>
#include <png.h>
#include <stdio.h>
#include <string.h>

#include "data/cases.h"
#include "data/font.h"

enum {
    CELL = 68,
    GAP = 4,
    ROWS = 4,
    COLUMNS = 3,
    NAMES = GAP + 12 * (sizeof "square" - 1), /* the longest of the first four names */
    WIDTH = NAMES + GAP + COLUMNS * CELL,
    HEIGHT = GAP + ROWS * CELL
};

static uint8_t picture[HEIGHT][WIDTH][3];

static void read_png(const char *path)
{
    png_image png = { .version = PNG_IMAGE_VERSION };
    ck_assert_msg(png_image_begin_read_from_file(&png, path), "%s", png.message);
    ck_assert_int_eq(png.width, WIDTH);
    ck_assert_int_eq(png.height, HEIGHT);
    ck_assert_int_eq(png.format, PNG_FORMAT_RGB);
    ck_assert(png_image_finish_read(&png, NULL, picture, 0, NULL));
}

/* Checks a cell of the sheet: each pixel of the image is two by two pixels there. */
static void expect_image(int row, int column, const uint8_t *v)
{
    for (int y = 0; y < 64; y++)
        for (int x = 0; x < 64; x++)
            ck_assert_mem_eq(picture[GAP + row * CELL + y][NAMES + GAP + column * CELL + x],
                             v + (y / 2 * 32 + x / 2) * 3, 3);
}

START_TEST(a_sheet_shows_each_class_in_a_row_with_its_own_colours)
{
    ot_dataset *d = small_set(50);
    ck_ok(ot_data_sheet(d, NULL, 0, ROWS, COLUMNS, in_folder("sheet.png")));
    read_png(in_folder("sheet.png"));
    for (int row = 0; row < ROWS; row++)
        for (int column = 0; column < COLUMNS; column++)
            expect_image(row, column, ot_dataset_image(d, column * 10 + row));
    for (int x = 0; x < WIDTH; x++)
        ck_assert_mem_eq(picture[GAP - 1][x], "\377\377\377", 3);
    ot_dataset_free(d);
}
END_TEST

/* Draws a text in plain characters: its dots in the given row of the sheet, one of two in each
 * direction. */
static void read_text(int row, int characters, char text[][80])
{
    const int top = GAP + row * CELL + (64 - 16) / 2;
    for (int y = 0; y < OT__FONT_HEIGHT; y++) {
        for (int x = 0; x < characters * OT__FONT_WIDTH; x++) {
            const uint8_t *const v = picture[top + 2 * y][GAP + 2 * x];
            ck_assert_mem_eq(v, picture[top + 2 * y + 1][GAP + 2 * x + 1], 3);
            ck_assert(v[0] == v[1] && v[1] == v[2] && (v[0] == 0 || v[0] == 255));
            text[y][x] = v[0] ? '.' : '#';
        }
        text[y][characters * OT__FONT_WIDTH] = '\0';
    }
}

START_TEST(the_name_of_a_class_is_on_the_left_of_its_row)
{
    static const char *const ring[] = { "........#...............", "........................",
                                        "#.##...##...#.##...###..", "##..#...#...##..#.#..##.",
                                        "#.......#...#...#.#..##.", "#.......#...#...#..##.#.",
                                        "#......###..#...#.....#.", "...................###.." };
    char text[OT__FONT_HEIGHT][80];
    ot_dataset *d = small_set(50);
    ck_ok(ot_data_sheet(d, NULL, 0, ROWS, COLUMNS, in_folder("sheet.png")));
    read_png(in_folder("sheet.png"));
    read_text(1, 4, text);
    for (int y = 0; y < OT__FONT_HEIGHT; y++)
        ck_assert_str_eq(text[y], ring[y]);
    ot_dataset_free(d);
}
END_TEST

START_TEST(every_printable_character_has_dots_of_its_own)
{
    uint64_t seen[95] = { 0 };
    for (int c = ' '; c <= '~'; c++) {
        for (int i = 0; i < OT__FONT_WIDTH * OT__FONT_HEIGHT; i++)
            seen[c - ' '] =
                seen[c - ' '] << 1 | ot__font_dot((char)c, i / OT__FONT_WIDTH, i % OT__FONT_WIDTH);
        for (int other = ' '; other < c; other++)
            ck_assert_msg(seen[c - ' '] != seen[other - ' '], "%c looks like %c", c, other);
    }
    ck_assert(!ot__font_dot('\n', 0, 0) && !ot__font_dot('\177', 3, 3) && !ot__font_dot('A', 8, 0));
}
END_TEST

START_TEST(an_augmented_sheet_shows_what_the_loader_delivers)
{
    static float x[50 * 3072];
    int32_t label[50];
    const ot_loader_opts opts = { .batch = 50, .seed = 6, .crop_pad = 4, .flip = true };
    ot_dataset *d = small_set(50);
    ot_loader *l = NULL;
    ck_ok(ot_loader_new(d, &opts, &l));
    ot_loader_epoch(l, 7);
    ck_assert_int_eq(ot_loader_fill(l, 0, x, label), 50);
    ck_ok(ot_data_sheet(d, &opts, 7, ROWS, COLUMNS, in_folder("sheet.png")));
    read_png(in_folder("sheet.png"));
    static const double mean[] = { .4914, .4822, .4465 }, deviation[] = { .2470, .2435, .2616 };
    for (int row = 0; row < ROWS; row++)
        for (int column = 0; column < COLUMNS; column++) {
            uint8_t v[3072];
            for (int i = 0; i < 3072; i++)
                v[i] = (uint8_t)lrint(
                    255 * (x[(column * 10 + row) * 3072 + i] * deviation[i % 3] + mean[i % 3]));
            expect_image(row, column, v);
        }
    ot_loader_free(l);
    ot_dataset_free(d);
}
END_TEST

START_TEST(a_class_with_few_images_leaves_paper)
{
    ot_dataset *d = small_set(12);
    ck_ok(ot_data_sheet(d, NULL, 0, ROWS, COLUMNS, in_folder("sheet.png")));
    read_png(in_folder("sheet.png"));
    expect_image(1, 1, ot_dataset_image(d, 11));
    uint8_t paper[3072];
    memset(paper, 255, sizeof paper);
    expect_image(2, 1, paper);
    expect_image(0, 2, paper);
    ot_dataset_free(d);
}
END_TEST

START_TEST(sizes_and_options_out_of_range_are_refused)
{
    static const int bad[][2] = { { 0, 1 }, { -1, 1 }, { 11, 1 }, { 1, 0 }, { 1, -5 }, { 1, 257 } };
    ot_dataset *d = small_set(10);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        ck_status(ot_data_sheet(d, NULL, 0, bad[i][0], bad[i][1], in_folder("sheet.png")),
                  OT_EINVAL);
    const ot_loader_opts opts = { .crop_pad = 100 };
    ck_status(ot_data_sheet(d, &opts, 0, 1, 1, in_folder("sheet.png")), OT_EINVAL);
    ck_assert_int_eq(files_in_folder(), 0);
    ot_dataset_free(d);
}
END_TEST

START_TEST(a_sheet_that_cannot_be_written_leaves_the_old_file)
{
    uint8_t kept[8];
    ot_dataset *d = small_set(50);
    ck_status(ot_data_sheet(d, NULL, 0, ROWS, COLUMNS, in_folder("none/sheet.png")), OT_ECREATE);
    put_file("sheet.png", "old", 3);
    limit_files(100);
    ck_status(ot_data_sheet(d, NULL, 0, ROWS, COLUMNS, in_folder("sheet.png")), OT_EIO);
    ck_assert_uint_eq(get_file("sheet.png", kept, sizeof kept), 3);
    ck_assert_int_eq(files_in_folder(), 1);
    ot_dataset_free(d);
}
END_TEST

TCase *sheet_case(void)
{
    TCase *c = tcase_create("sheet");
    tcase_add_checked_fixture(c, make_folder, remove_folder);
    tcase_add_test(c, a_sheet_shows_each_class_in_a_row_with_its_own_colours);
    tcase_add_test(c, the_name_of_a_class_is_on_the_left_of_its_row);
    tcase_add_test(c, every_printable_character_has_dots_of_its_own);
    tcase_add_test(c, an_augmented_sheet_shows_what_the_loader_delivers);
    tcase_add_test(c, a_class_with_few_images_leaves_paper);
    tcase_add_test(c, sizes_and_options_out_of_range_are_refused);
    tcase_add_test(c, a_sheet_that_cannot_be_written_leaves_the_old_file);
    return c;
}
