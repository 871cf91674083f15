/* SPDX-License-Identifier: BSD-3-Clause
 * Sets from memory, of images of any size, channels and count of classes: what they hold, how they
 * are augmented, drawn and refused. */
#include <limits.h>
#include <math.h>
#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "data/cases.h"

enum { COUNT = 40 };

static const struct {
    int height, width, channels, classes;
} sizes[] = {
    { 1, 1, 1, 1 },   { 28, 28, 1, 10 }, { 5, 9, 2, 300 },   { 9, 5, 3, 7 },
    { 8, 8, 4, 256 }, { 64, 64, 3, 2 },  { 32, 32, 3, 100 }, { 32, 32, 1, 10 },
};
enum { SIZES = sizeof sizes / sizeof sizes[0] };

static uint8_t bytes[COUNT * 64 * 64 * 3];
static int32_t label[COUNT];

static ot_dataset_desc desc_of(int size)
{
    uint32_t noise = 5;
    for (size_t i = 0; i < sizeof bytes; i++) {
        noise = noise * 1664525u + 1013904223u;
        bytes[i] = (uint8_t)(noise >> 24);
    }
    for (int i = 0; i < COUNT; i++)
        label[i] = (i * 31 + sizes[size].classes - 1) % sizes[size].classes;
    return (ot_dataset_desc){ .count = COUNT,
                              .height = sizes[size].height,
                              .width = sizes[size].width,
                              .channels = sizes[size].channels,
                              .classes = sizes[size].classes,
                              .images = bytes,
                              .labels = label };
}

static ot_dataset *made(const ot_dataset_desc *desc)
{
    ot_dataset *d = NULL;
    ck_ok(ot_dataset_new(desc, &d));
    return d;
}

static int bytes_of(const ot_dataset *d)
{
    return ot_dataset_height(d) * ot_dataset_width(d) * ot_dataset_channels(d);
}

START_TEST(a_set_from_memory_holds_a_copy_of_everything)
{
    const ot_dataset_desc desc = desc_of(_i);
    ot_dataset *d = made(&desc);
    char last[32];
    const int n = bytes_of(d);
    ck_assert_int_eq(ot_dataset_count(d), COUNT);
    ck_assert_int_eq(ot_dataset_height(d), sizes[_i].height);
    ck_assert_int_eq(ot_dataset_width(d), sizes[_i].width);
    ck_assert_int_eq(ot_dataset_channels(d), sizes[_i].channels);
    ck_assert_int_eq(ot_dataset_classes(d), sizes[_i].classes);
    ck_assert_ptr_null(ot_dataset_where(d));
    ck_assert_uint_eq(strlen(ot_dataset_fingerprint(d)), 32);
    for (int i = 0; i < COUNT; i++) {
        ck_assert_int_eq(ot_dataset_label(d, i), label[i]);
        ck_assert_mem_eq(ot_dataset_image(d, i), bytes + i * n, (size_t)n);
        ck_assert_ptr_ne(ot_dataset_image(d, i), bytes + i * n);
    }
    ck_assert_ptr_null(ot_dataset_image(d, COUNT));
    snprintf(last, sizeof last, "%d", sizes[_i].classes - 1);
    ck_assert_str_eq(ot_dataset_class_name(d, sizes[_i].classes - 1), last);
    ck_assert_ptr_null(ot_dataset_class_name(d, sizes[_i].classes));
    ot_dataset_free(d);
}
END_TEST

START_TEST(the_normalisation_is_computed_or_that_of_the_description)
{
    ot_dataset_desc desc = desc_of(_i);
    ot_dataset *d = made(&desc);
    ot_normalisation n;
    const int pixels = COUNT * sizes[_i].height * sizes[_i].width;
    ck_ok(ot_dataset_normalisation(d, &n));
    ck_assert_int_eq(n.channels, sizes[_i].channels);
    for (int c = 0; c < n.channels; c++) {
        double sum = 0, squares = 0;
        for (int i = 0; i < pixels; i++) {
            const double v = bytes[i * n.channels + c] / 255.0;
            sum += v;
            squares += v * v;
        }
        const double mean = sum / pixels;
        ck_assert_double_eq_tol(n.mean[c], mean, 1e-6);
        ck_assert_double_eq_tol(n.deviation[c], sqrt(squares / pixels - mean * mean), 1e-6);
    }
    ot_dataset_free(d);
    desc.normalisation = (ot_normalisation){ .channels = sizes[_i].channels,
                                             .mean = { 0.1f, 0.2f, 0.3f, 0.4f },
                                             .deviation = { 1, 2, 3, 4 } };
    d = made(&desc);
    ck_ok(ot_dataset_normalisation(d, &n));
    ck_assert_mem_eq(n.mean, desc.normalisation.mean, sizeof n.mean);
    ck_assert_mem_eq(n.deviation, desc.normalisation.deviation, sizeof n.deviation);
    ot_dataset_free(d);
}
END_TEST

START_TEST(class_names_are_copied_or_refused)
{
    static const char *const good[] = { "cat", "hot dog" };
    static const char *const bad[][2] = {
        { "cat", "" },
        { " cat", "dog" },
        { "cat", "dog\n" },
        { "cat ", "dog" },
        { "cat", "\303\244" },
        { "cat", NULL },
        { "cat", "12345678901234567890123456789012" },
    };
    ot_dataset_desc desc = desc_of(5);
    ot_dataset *d;
    desc.class_names = good;
    d = made(&desc);
    ck_assert_str_eq(ot_dataset_class_name(d, 1), "hot dog");
    ot_dataset_free(d);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        desc.class_names = bad[i];
        ck_status(ot_dataset_new(&desc, &d), OT_EINVAL);
        ck_assert_ptr_null(d);
        ck_assert_ptr_nonnull(strstr(ot_message(), "class"));
    }
}
END_TEST

#define SPOIL(name, change)                                                                        \
    static void name(ot_dataset_desc *d)                                                           \
    {                                                                                              \
        change;                                                                                    \
    }
SPOIL(no_images, d->count = 0)
SPOIL(no_height, d->height = 0)
SPOIL(much_height, d->height = 16385)
SPOIL(most_height, d->height = INT_MAX)
SPOIL(negative_width, d->width = -1)
SPOIL(most_width, d->width = INT_MAX)
SPOIL(no_channels, d->channels = 0)
SPOIL(five_channels, d->channels = 5)
SPOIL(no_classes, d->classes = 0)
SPOIL(most_classes, d->classes = INT_MAX)
SPOIL(fewer_classes, d->classes = 9)
SPOIL(negative_label, ((int32_t *)(uintptr_t)d->labels)[7] = -1)
SPOIL(no_bytes, d->images = NULL)
SPOIL(no_labels, d->labels = NULL)
SPOIL(other_channels, d->normalisation.channels = 3)
SPOIL(no_deviation, (d->normalisation = (ot_normalisation){ .channels = 1 }))

static const struct {
    void (*spoil)(ot_dataset_desc *d);
    const char *say;
} spoilt[] = {
    { no_images, "number of images" },
    { no_height, "the height of an image is 0" },
    { much_height, "the height of an image is 16385" },
    { most_height, "the height of an image is 2147483647" },
    { negative_width, "the width of an image is -1" },
    { most_width, "the width of an image is 2147483647" },
    { no_channels, "the number of channels is 0" },
    { five_channels, "the number of channels is 5" },
    { no_classes, "the number of classes is 0" },
    { most_classes, "the number of classes is 2147483647" },
    { fewer_classes, "image 0 has label 9; with 9 classes, 0 to 8 are possible" },
    { negative_label, "image 7 has label -1" },
    { no_bytes, "NULL" },
    { no_labels, "NULL" },
    { other_channels, "the normalisation has 3 channels and the images have 1" },
    { no_deviation, "deviation" },
};

START_TEST(a_description_out_of_range_is_refused_with_its_value)
{
    ot_dataset_desc desc = desc_of(1);
    ot_dataset *d = (ot_dataset *)&desc; /* anything but NULL */
    spoilt[_i].spoil(&desc);
    if (spoilt[_i].spoil == other_channels)
        desc.normalisation.deviation[0] = desc.normalisation.deviation[1] =
            desc.normalisation.deviation[2] = 1;
    ck_status(ot_dataset_new(&desc, &d), OT_EINVAL);
    ck_assert_ptr_null(d);
    ck_assert_msg(strstr(ot_message(), spoilt[_i].say), "\"%s\" does not say \"%s\"", ot_message(),
                  spoilt[_i].say);
}
END_TEST

START_TEST(more_bytes_than_can_be_addressed_are_refused_before_they_are_read)
{
    ot_dataset_desc desc = desc_of(1);
    ot_dataset *d = NULL;
    desc.height = desc.width = 16384;
    desc.count = 1 << 20; /* 2^50 bytes with four channels, which are not there */
    desc.channels = 4;
    desc.classes = 10;
    desc.labels = calloc(1 << 20, sizeof *desc.labels);
    ck_assert_ptr_nonnull(desc.labels);
    ck_status(ot_dataset_new(&desc, &d), OT_ENOMEM);
    ck_assert_ptr_null(d);
    free((void *)(uintptr_t)desc.labels);
}
END_TEST

START_TEST(a_fingerprint_depends_on_the_size)
{
    ot_dataset_desc desc = desc_of(3);
    ot_dataset *a = made(&desc);
    desc.height = 5;
    desc.width = 9;
    ot_dataset *b = made(&desc);
    ck_assert_str_ne(ot_dataset_fingerprint(a), ot_dataset_fingerprint(b));
    ot_dataset_free(b);
    ot_dataset_free(a);
}
END_TEST

/* A set from memory that holds what another one does has its fingerprint and its numbers. */
START_TEST(a_copy_of_a_set_has_its_fingerprint)
{
    ot_dataset *shapes = small_set(30), *copy;
    int32_t labels[30];
    for (int i = 0; i < 30; i++)
        labels[i] = ot_dataset_label(shapes, i);
    copy = made(&(ot_dataset_desc){ .count = 30,
                                    .height = 32,
                                    .width = 32,
                                    .channels = 3,
                                    .classes = 10,
                                    .images = ot_dataset_image(shapes, 0),
                                    .labels = labels });
    ck_ok(ot__dataset_identify(shapes, OT_SPLIT_TRAIN));
    ck_assert_str_eq(ot_dataset_fingerprint(copy), ot_dataset_fingerprint(shapes));
    ot_dataset_free(copy);
    ot_dataset_free(shapes);
}
END_TEST

/* ---- augmentation ---- */

/* The bytes of an augmented image by the plain method: pad, cut out a window, mirror, paint. */
static void expect_augmented(const ot_loader_opts *o, int epoch, int index, const ot_dataset *d,
                             uint8_t *out)
{
    const int h = ot_dataset_height(d), w = ot_dataset_width(d), c = ot_dataset_channels(d);
    const uint8_t *const v = ot_dataset_image(d, index);
    const ot__draw place =
        ot__random(o->seed, OT__RNG_AUGMENT, (uint32_t)epoch, (uint32_t)index, 1, 0);
    const ot__draw coin =
        ot__random(o->seed, OT__RNG_AUGMENT, (uint32_t)epoch, (uint32_t)index, 2, 0);
    const ot__draw hole =
        ot__random(o->seed, OT__RNG_AUGMENT, (uint32_t)epoch, (uint32_t)index, 4, 0);
    const uint32_t places = 2 * (uint32_t)o->crop_pad + 1;
    const int dy = (int)ot__below(place.word[0], places) - o->crop_pad;
    const int dx = (int)ot__below(place.word[1], places) - o->crop_pad;
    const bool mirror = o->flip && !(coin.word[0] >> 31);
    const int top = (int)ot__below(hole.word[0], (uint32_t)h) - o->cutout / 2;
    const int left = (int)ot__below(hole.word[1], (uint32_t)w) - o->cutout / 2;
    for (int i = 0; i < h * w * c; i++) {
        const int y = i / c / w, x = i / c % w, from_y = y + dy,
                  from_x = (mirror ? w - 1 - x : x) + dx;
        const bool inside = from_y >= 0 && from_y < h && from_x >= 0 && from_x < w;
        const bool cut = y >= top && y < top + o->cutout && x >= left && x < left + o->cutout;
        out[i] = inside ? v[(from_y * w + from_x) * c + i % c] : 0;
        if (cut) out[i] = (uint8_t)lrintf(255 * o->normalisation.mean[i % c]);
    }
}

START_TEST(crop_flip_and_cutout_work_on_images_of_any_size)
{
    static float x[COUNT * 64 * 64 * 3];
    static uint8_t expected[64 * 64 * 3];
    const ot_dataset_desc desc = desc_of(_i);
    const int small = sizes[_i].height < sizes[_i].width ? sizes[_i].height : sizes[_i].width;
    int wrong = 0;
    ot_dataset *d = made(&desc);
    ot_loader *l = NULL;
    int32_t got[COUNT];
    const int n = bytes_of(d);
    ot_loader_opts opts = { .batch = COUNT,
                            .seed = 8,
                            .crop_pad = small < 4 ? small : 4,
                            .flip = true,
                            .cutout = small < 3 ? small : 3 };
    ck_ok(ot_dataset_normalisation(d, &opts.normalisation));
    ck_ok(ot_loader_new(d, &opts, &l));
    for (int epoch = 0; epoch < 3; epoch++) {
        ot_loader_epoch(l, epoch);
        ck_assert_int_eq(ot_loader_fill(l, 0, x, got), COUNT);
        for (int i = 0; i < COUNT; i++) {
            ck_assert_int_eq(got[i], label[i]);
            expect_augmented(&opts, epoch, i, d, expected);
            for (int k = 0; k < n; k++) {
                const int c = k % sizes[_i].channels;
                const float level = ((float)expected[k] / 255.0f - opts.normalisation.mean[c]) /
                                    opts.normalisation.deviation[c];
                wrong += x[(size_t)i * (size_t)n + (size_t)k] != level;
            }
        }
    }
    ck_assert_int_eq(wrong, 0);
    ot_loader_free(l);
    ot_dataset_free(d);
}
END_TEST

START_TEST(a_policy_is_refused_for_images_that_it_does_not_know)
{
    const ot_dataset_desc desc = desc_of(_i);
    const bool known = sizes[_i].height == 32 && sizes[_i].width == 32 && sizes[_i].channels == 3;
    ot_dataset *d = made(&desc);
    for (int policy = 0; ot_policy_names[policy]; policy++) {
        const bool any = policy == OT_POLICY_NONE || policy == OT_POLICY_OFF;
        const ot_loader_opts opts = { .policy = (ot_policy)policy };
        char size[64];
        ot_loader *l = NULL;
        ck_status(ot_loader_new(d, &opts, &l), known || any ? OT_OK : OT_EINVAL);
        snprintf(size, sizeof size, "%dx%dx%d", sizes[_i].height, sizes[_i].width,
                 sizes[_i].channels);
        if (!l) {
            ck_assert_ptr_nonnull(strstr(ot_message(), ot_policy_names[policy]));
            ck_assert_ptr_nonnull(strstr(ot_message(), "32x32x3"));
            ck_assert_ptr_nonnull(strstr(ot_message(), size));
            ck_status(ot_data_sheet(d, &opts, 0, 1, 1, in_folder("sheet.png")), OT_EINVAL);
        }
        ot_loader_free(l);
    }
    ot_dataset_free(d);
}
END_TEST

/* ---- files ---- */

START_TEST(a_sheet_shows_images_of_any_size)
{
    enum { LEFT = 4 + 12 + 4, NAME = 16 }; /* after a name of one character; the height of a name */
    static uint8_t picture[(4 + 2 * 132) * (LEFT + 3 * 132) * 3];
    ot_dataset_desc desc = desc_of(_i);
    const int rows = sizes[_i].classes < 2 ? 1 : 2, c = sizes[_i].channels;
    for (int i = 0; i < COUNT; i++)
        label[i] = i % rows;
    const int height = 2 * sizes[_i].height > NAME ? 2 * sizes[_i].height : NAME;
    ot_dataset *d = made(&desc);
    png_image png = { .version = PNG_IMAGE_VERSION };
    ck_ok(ot_data_sheet(d, NULL, 0, rows, 3, in_folder("sheet.png")));
    ck_assert(png_image_begin_read_from_file(&png, in_folder("sheet.png")));
    ck_assert_int_eq(png.width, LEFT + 3 * (2 * sizes[_i].width + 4));
    ck_assert_int_eq(png.height, 4 + rows * (height + 4));
    png.format = PNG_FORMAT_RGB;
    ck_assert(png_image_finish_read(&png, NULL, picture, 0, NULL));
    for (int k = 0; k < 3 * rows; k++) {
        const int row = k % rows, column = k / rows;
        const uint8_t *const v = ot_dataset_image(d, k);
        const int y = 4 + row * (height + 4) + 2 * (sizes[_i].height - 1);
        const int x = LEFT + column * (2 * sizes[_i].width + 4) + 2 * (sizes[_i].width - 1);
        for (int rgb = 0; rgb < 3; rgb++)
            ck_assert_uint_eq(picture[((size_t)y * png.width + (size_t)x) * 3 + (size_t)rgb],
                              v[bytes_of(d) - c + (rgb < c ? rgb : c - 1)]);
    }
    ot_dataset_free(d);
}
END_TEST

START_TEST(a_sheet_that_is_too_large_is_refused)
{
    static uint8_t line[16384 * 4];
    const int32_t one = 0;
    ot_dataset *d = made(&(ot_dataset_desc){ .count = 1,
                                             .height = 1,
                                             .width = 16384,
                                             .channels = 4,
                                             .classes = 100000,
                                             .images = line,
                                             .labels = &one });
    ck_status(ot_data_sheet(d, NULL, 0, 100000, 256, in_folder("sheet.png")), OT_EINVAL);
    ck_assert_ptr_nonnull(strstr(ot_message(), "100000 rows and 256 columns"));
    ck_assert_int_eq(files_in_folder(), 0);
    ot_dataset_free(d);
}
END_TEST

START_TEST(a_set_that_the_format_does_not_hold_is_not_saved)
{
    const ot_dataset_desc desc = desc_of(_i);
    char say[80];
    ot_dataset *d = made(&desc);
    ck_status(ot_dataset_save(d, folder, OT_SPLIT_TRAIN), OT_EINVAL);
    ck_status(ot_dataset_save_all(d, d, folder), OT_EINVAL);
    snprintf(say, sizeof say, "%d classes of images of %dx%dx%d;", sizes[_i].classes,
             sizes[_i].height, sizes[_i].width, sizes[_i].channels);
    ck_assert_msg(strstr(ot_message(), say), "\"%s\" does not say \"%s\"", ot_message(), say);
    ck_assert_int_eq(files_in_folder(), 0);
    ot_dataset_free(d);
}
END_TEST

TCase *sizes_case(void)
{
    TCase *c = tcase_create("sizes");
    tcase_add_checked_fixture(c, make_folder, remove_folder);
    tcase_add_loop_test(c, a_set_from_memory_holds_a_copy_of_everything, 0, SIZES);
    tcase_add_loop_test(c, the_normalisation_is_computed_or_that_of_the_description, 0, SIZES);
    tcase_add_test(c, class_names_are_copied_or_refused);
    tcase_add_loop_test(c, a_description_out_of_range_is_refused_with_its_value, 0,
                        sizeof spoilt / sizeof spoilt[0]);
    tcase_add_test(c, more_bytes_than_can_be_addressed_are_refused_before_they_are_read);
    tcase_add_test(c, a_fingerprint_depends_on_the_size);
    tcase_add_test(c, a_copy_of_a_set_has_its_fingerprint);
    tcase_add_loop_test(c, crop_flip_and_cutout_work_on_images_of_any_size, 0, SIZES);
    tcase_add_loop_test(c, a_policy_is_refused_for_images_that_it_does_not_know, 0, SIZES);
    tcase_add_loop_test(c, a_sheet_shows_images_of_any_size, 0, SIZES);
    tcase_add_test(c, a_sheet_that_is_too_large_is_refused);
    tcase_add_loop_test(c, a_set_that_the_format_does_not_hold_is_not_saved, 0, SIZES);
    return c;
}
