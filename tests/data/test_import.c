/* SPDX-License-Identifier: BSD-3-Clause
 * Imports folders of PNG files.  Images are compared with Pillow 9.4, whose results import.py
 * wrote. */
#include <string.h>
#include <sys/stat.h>

#include "data/cases.h"

static const ot_import_opts small = { .height = 5, .width = 7 };

static void make(const char *name)
{
    ck_assert_int_eq(mkdir(in_folder(name), 0777), 0);
}

/* Puts the first PNG file of import.py, a grey one, into the folder. */
static void put_png(const char *name)
{
    uint8_t data[600];
    put_file(name, data, png_file(0, data, sizeof data));
}

static void make_classes(const char *top)
{
    static const char *const classes[] = { "", "/bird", "/a cat" };
    char name[60];
    for (int k = 0; k < 3; k++) {
        snprintf(name, sizeof name, "%s%s", top, classes[k]);
        make(name);
    }
    snprintf(name, sizeof name, "%s/a cat/1.png", top);
    put_png(name);
    snprintf(name, sizeof name, "%s/bird/2.PNG", top);
    put_png(name);
}

static void make_splits(void)
{
    make_classes("train");
    make_classes("test");
}

static ot_status import(const ot_import_opts *o, ot_dataset *set[2])
{
    const ot_status status = ot_dataset_import(folder, o, &set[0], &set[1]);
    for (int i = 0; i < 2; i++)
        ck_assert((set[i] != NULL) == (status == OT_OK));
    return status;
}

static void expect_refused(const ot_import_opts *o, ot_status expected, const char *what)
{
    ot_dataset *set[2];
    ck_status(import(o, set), expected);
    ck_assert_msg(strstr(ot_message(), what), "\"%s\" does not say \"%s\"", ot_message(), what);
}

static void free_both(ot_dataset *set[2])
{
    ot_dataset_free(set[0]);
    ot_dataset_free(set[1]);
}

/* ---- pixels ---- */

/* A line "want" of import.txt, of an image that is in both splits. */
static void expect_wanted(const char *line, int height, int width, int channels, const char *word,
                          unsigned long long hash)
{
    ot_dataset *set[2];
    ot_import_opts o = { .height = height, .width = width, .channels = channels };
    o.resize = height != 5 || width != 7;
    while (strcmp(ot_background_names[o.background], word) != 0)
        o.background++;
    ck_ok(import(&o, set));
    const size_t bytes = (size_t)(height * width * channels);
    ck_assert_int_eq(ot_dataset_channels(set[1]), channels);
    for (int i = 0; i < 2; i++)
        ck_assert_msg(fnv_of(ot_dataset_image(set[i], 0), bytes) == hash, "%s", line);
    free_both(set);
}

START_TEST(every_kind_of_png_becomes_the_bytes_of_pillow)
{
    char line[8192], word[16];
    int height, width, channels, wanted = 0, files = 0;
    unsigned long long hash;
    FILE *const f = open_vectors("import.txt");
    make_splits();
    while (fgets(line, sizeof line, f)) {
        if (strncmp(line, "file ", 5) == 0) {
            uint8_t data[600];
            const size_t size = png_file(files++, data, sizeof data);
            put_file("train/a cat/1.png", data, size);
            put_file("test/a cat/1.png", data, size);
        }
        if (sscanf(line, "want %*s %d %15s %d %d %llx", &channels, word, &height, &width, &hash) !=
            5)
            continue;
        expect_wanted(line, height, width, channels, word, hash);
        wanted++;
    }
    fclose(f);
    ck_assert(files == 32 && wanted > 500);
}
END_TEST

START_TEST(an_image_that_is_not_opaque_is_refused_without_a_background)
{
    char line[8192], name[60], last[60] = "";
    bool accepted = true;
    int files = 0, refused = 0;
    FILE *const f = open_vectors("import.txt");
    make_splits();
    while (fgets(line, sizeof line, f)) {
        accepted |= strncmp(line, "want ", 5) == 0 && strstr(line, " none ");
        if (sscanf(line, "file %59s", name) != 1) continue;
        refused += !accepted;
        if (!accepted) expect_refused(&small, OT_EFORMAT, "choose a background, black or white");
        uint8_t data[600];
        put_file("test/bird/2.PNG", data, png_file(files++, data, sizeof data));
        snprintf(last, sizeof last, "%s", name);
        accepted = false;
    }
    fclose(f);
    ck_assert_int_ge(refused, 8);
    ck_assert_str_eq(last, "rgb8text");
}
END_TEST

/* ---- classes and splits ---- */

START_TEST(folders_are_classes_in_the_order_of_their_names)
{
    ot_dataset *set[2];
    make_splits();
    put_png("train/bird/.hidden.png");
    put_png("train/bird/1.png");
    put_file("train/labels.txt", "no image", 8);
    ck_ok(import(&small, set));
    ck_assert_int_eq(ot_dataset_classes(set[0]), 2);
    ck_assert_str_eq(ot_dataset_class_name(set[1], 0), "a cat");
    ck_assert_str_eq(ot_dataset_class_name(set[1], 1), "bird");
    ck_assert(ot_dataset_count(set[0]) == 3 && ot_dataset_count(set[1]) == 2);
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(ot_dataset_label(set[0], i), i > 0);
    free_both(set);
}
END_TEST

/* Two classes of 20 and 6 images. */
static void make_many(void)
{
    make("a");
    make("b");
    for (int i = 0; i < 26; i++) {
        char name[20];
        uint8_t data[600];
        snprintf(name, sizeof name, "%s/%02d.png", i < 20 ? "a" : "b", i);
        put_file(name, data, png_file(i < 20 ? i : i - 20, data, sizeof data));
    }
}

static ot_import_opts divided(uint64_t seed, double fraction)
{
    return (ot_import_opts){ .height = 5,
                             .width = 7,
                             .background = OT_BACKGROUND_WHITE,
                             .test_fraction = fraction,
                             .seed = seed };
}

START_TEST(a_fraction_of_each_class_becomes_test_images_by_the_seed)
{
    ot_dataset *set[2], *again[2], *other[2];
    int of_class[2] = { 0 };
    const ot_import_opts one = divided(1, 0.25), two = divided(2, 0.25);
    make_many();
    ck_ok(import(&one, set));
    ck_ok(import(&one, again));
    ck_ok(import(&two, other));
    for (int i = 0; i < ot_dataset_count(set[1]); i++)
        of_class[ot_dataset_label(set[1], i)]++;
    ck_assert(of_class[0] == 5 && of_class[1] == 2); /* 6 / 4 is rounded */
    ck_assert_int_eq(ot_dataset_count(set[0]), 19);
    for (int i = 0; i < 2; i++) {
        ck_assert_str_eq(ot_dataset_fingerprint(set[i]), ot_dataset_fingerprint(again[i]));
        ck_assert_str_ne(ot_dataset_fingerprint(set[i]), ot_dataset_fingerprint(other[i]));
    }
    free_both(set);
    free_both(again);
    free_both(other);
}
END_TEST

START_TEST(the_first_images_of_a_split_are_of_all_classes)
{
    ot_dataset *set[2];
    const ot_import_opts o = divided(1, 0.25);
    make_many();
    ck_ok(import(&o, set));
    for (int i = 0; i < 19; i++)
        ck_assert_int_eq(ot_dataset_label(set[0], i), i < 8 ? i % 2 : 0);
    free_both(set);
}
END_TEST

/* ---- what is refused ---- */

START_TEST(options_that_are_wrong_or_contradict_the_folders_are_refused)
{
    const ot_import_opts bad[] = {
        { .width = 7 },
        { .height = 5, .width = 16385 },
        { .height = 5, .width = 7, .channels = 2 },
        { .height = 5, .width = 7, .background = 3 },
        { .height = 5, .width = 7, .test_fraction = -0.1 },
        { .height = 5, .width = 7, .test_fraction = 1.5 },
    };
    const ot_import_opts fraction = divided(1, 0.5);
    make_splits();
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        expect_refused(&bad[i], OT_EINVAL, "import");
    expect_refused(&fraction, OT_EINVAL, "a test fraction is for a directory without them");
    ck_assert_int_eq(rename(in_folder("test"), in_folder("exam")), 0);
    expect_refused(&small, OT_EINVAL, "so a test fraction is needed");
    expect_refused(&fraction, OT_EFORMAT, "exam/a cat: the folder of a class has PNG files only");
}
END_TEST

START_TEST(files_and_folders_in_wrong_places_are_refused_by_name)
{
    make_splits();
    put_file("test/bird/list.txt", "x", 1);
    expect_refused(&small, OT_EFORMAT, "test/bird/list.txt: the folder of a class has PNG files");
    remove(in_folder("test/bird/list.txt"));
    put_png("train/0.png");
    expect_refused(&small, OT_EFORMAT, "train/0.png: an image outside the folders of the classes");
    remove(in_folder("train/0.png"));
    make("test/cow");
    expect_refused(&small, OT_ENOENT, "test/cow: the folder of a class has no PNG files");
    put_png("test/cow/1.png");
    expect_refused(&small, OT_EFORMAT, "test/cow: the training images have no class of this name");
    ck_assert_int_eq(rename(in_folder("test/cow"), in_folder("test/c\033[2Jw")), 0);
    expect_refused(&small, OT_EFORMAT, "test/c?[2Jw: the name of a folder is that of its class");
    ck_assert_int_eq(rename(in_folder("test/c\033[2Jw"), in_folder("train/cow")), 0);
    ot_dataset *set[2];
    ck_ok(import(&small, set)); /* a class without test images */
    free_both(set);
}
END_TEST

START_TEST(a_directory_without_images_is_refused)
{
    const ot_import_opts fraction = divided(1, 0.01);
    make("empty");
    expect_refused(&fraction, OT_ENOENT, "empty: the folder of a class has no PNG files");
    put_png("empty/1.png");
    expect_refused(&fraction, OT_ENOENT, "the set has 0 test images");
    empty_folder();
    expect_refused(&fraction, OT_ENOENT, "no folders; a folder per class is expected");
    ot_dataset *set[2];
    ck_status(ot_dataset_import(in_folder("none"), &fraction, &set[0], &set[1]), OT_ENOENT);
}
END_TEST

START_TEST(an_image_of_another_size_is_refused_by_name)
{
    const ot_import_opts other = { .height = 6, .width = 7 };
    make_splits();
    expect_refused(&other, OT_EFORMAT,
                   "train/a cat/1.png:16: the image is 7 pixels wide and 5 high; 7 and 6");
}
END_TEST

TCase *import_case(void)
{
    TCase *c = tcase_create("import");
    tcase_add_checked_fixture(c, make_folder, remove_folder);
    tcase_add_test(c, every_kind_of_png_becomes_the_bytes_of_pillow);
    tcase_add_test(c, an_image_that_is_not_opaque_is_refused_without_a_background);
    tcase_add_test(c, folders_are_classes_in_the_order_of_their_names);
    tcase_add_test(c, a_fraction_of_each_class_becomes_test_images_by_the_seed);
    tcase_add_test(c, the_first_images_of_a_split_are_of_all_classes);
    tcase_add_test(c, options_that_are_wrong_or_contradict_the_folders_are_refused);
    tcase_add_test(c, files_and_folders_in_wrong_places_are_refused_by_name);
    tcase_add_test(c, a_directory_without_images_is_refused);
    tcase_add_test(c, an_image_of_another_size_is_refused_by_name);
    return c;
}
