/* SPDX-License-Identifier: BSD-3-Clause
 * Sources of data sets that a program registers: sets from memory, chosen by name, with a place and
 * attributes; and sources that return what they should not. */
#include <math.h>
#include <string.h>

#include "data/cases.h"
#include "data/source.h"

/* ---- a source ---- */

typedef struct attributes {
    int grey; /* of the training images; test images are white */
} attributes;

static const attributes defaults = { .grey = 51 };
static const ot_option rows[] = {
    { .name = "grey",
      .kind = OT_OPTION_INT,
      .most = 255,
      .offset = offsetof(attributes, grey),
      .help = "value of the training images" },
    { 0 },
};

static char seen[64]; /* the place that the source was given last */

/* Two images of 2 x 1 x 1 pixels: one grey, one black. */
static ot_status open_plain(const void *at, const char *place, ot_split split, ot_dataset **out)
{
    const attributes *const a = at;
    const int32_t labels[] = { 0, 1 };
    const uint8_t grey = split == OT_SPLIT_TRAIN ? (uint8_t)a->grey : 255;
    const uint8_t images[] = { grey, grey, 0, 0 };
    const ot_dataset_desc desc = { .count = 2,
                                   .height = 2,
                                   .width = 1,
                                   .channels = 1,
                                   .classes = 2,
                                   .images = images,
                                   .labels = labels };
    snprintf(seen, sizeof seen, "%s", place);
    return ot_dataset_new(&desc, out);
}

static bool is_plain(const char *place)
{
    return strcmp(place, "plainly") == 0;
}

static const ot_source_kind plain = {
    .about = { .name = "plain",
               .attributes = rows,
               .size = sizeof(attributes),
               .defaults = &defaults },
    .place = "plain or plain:PLACE",
    .alone = true,
    .accepts = is_plain,
    .open = open_plain,
};

static void register_plain(void)
{
    make_folder();
    ck_ok(ot_register_source(&plain));
}

static const struct {
    const char *where, *place;
    int grey;
} places[] = {
    { "plain", "", 51 },
    { "plain:somewhere", "somewhere", 51 },
    { "plain:a:b", "a:b", 51 },
    { "plain(grey=102)", "", 102 },
    { "plain( grey = 102 ):x(y)", "x(y)", 102 },
    { "plain()", "", 51 },
    { "plainly", "plainly", 51 },
};

/* The mean of the training images is grey / 255 / 2 and its deviation is the same. */
START_TEST(a_registered_source_is_opened_by_name_place_and_attributes)
{
    ot_dataset *d = open_set(places[_i].where, OT_SPLIT_TRAIN);
    const double half = places[_i].grey / 255.0 / 2;
    ot_normalisation n;
    ck_assert_str_eq(seen, places[_i].place);
    ck_assert_str_eq(ot_dataset_where(d), places[_i].where);
    ck_assert_int_eq(ot_dataset_image(d, 0)[1], places[_i].grey);
    ot_dataset_free(d);
    d = open_set(places[_i].where, OT_SPLIT_TEST);
    ck_assert_int_eq(ot_dataset_image(d, 0)[1], 255);
    ck_ok(ot_dataset_normalisation(d, &n)); /* that of the training images */
    ck_assert_double_eq_tol(n.mean[0], half, 1e-6);
    ck_assert_double_eq_tol(n.deviation[0], half, 1e-6);
    ot_dataset_free(d);
}
END_TEST

START_TEST(wrong_attributes_and_other_places_are_sentences)
{
    static const struct {
        const char *where, *sentence;
        ot_status status;
    } bad[] = {
        { "plain(gray=1)", "plain has no attribute 'gray'; did you mean 'grey'", OT_EINVAL },
        { "plain(grey=256)", "grey", OT_EINVAL },
        { "plain(grey=1):", "plain or plain:PLACE is expected", OT_ENOENT },
        { "plain(grey=1", "plain or plain:PLACE is expected", OT_ENOENT },
        { "plain(grey=1)x", "plain or plain:PLACE is expected", OT_ENOENT },
        { "plane", "plain or plain:PLACE is expected", OT_ENOENT },
        { "builtin(seed=1)", "builtin has no attributes", OT_EINVAL },
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        ot_dataset *d = NULL;
        ck_status(ot_dataset_open(bad[i].where, OT_SPLIT_TRAIN, &d), bad[i].status);
        ck_assert_ptr_null(d);
        ck_assert_msg(strstr(ot_message(), bad[i].sentence), "%s: '%s' does not say '%s'",
                      bad[i].where, ot_message(), bad[i].sentence);
    }
}
END_TEST

/* ---- sources that fail ---- */

static ot_status open_nothing(const void *at, const char *place, ot_split split, ot_dataset **out)
{
    (void)at, (void)place, (void)split, (void)out;
    return OT_OK;
}

static ot_status fail_silently(const void *at, const char *place, ot_split split, ot_dataset **out)
{
    (void)at, (void)place, (void)split;
    *out = (ot_dataset *)seen; /* it is not freed */
    return OT_EIO;
}

static ot_status fail_loudly(const void *at, const char *place, ot_split split, ot_dataset **out)
{
    (void)at, (void)split, (void)out;
    return ot_fail(OT_EFORMAT, "%s: byte %d is wrong", place, 7);
}

static const struct {
    ot_source_kind kind;
    ot_status status;
    const char *sentence;
} failing[] = {
    { { .about.name = "nothing", .open = open_nothing },
      OT_EINVAL,
      "nothing: open returned success" },
    { { .about.name = "silent", .open = fail_silently },
      OT_EIO,
      "silent: reading or writing failed" },
    { { .about.name = "loud", .open = fail_loudly }, OT_EFORMAT, "here: byte 7 is wrong" },
};

START_TEST(a_source_that_returns_no_set_is_a_sentence)
{
    static ot_source_kind kind;
    char where[40];
    ot_dataset *d = NULL;
    kind = failing[_i].kind;
    kind.place = "its place";
    ck_ok(ot_register_source(&kind));
    ck_status(ot_dataset_open("nowhere", OT_SPLIT_TEST, &d), OT_ENOENT); /* an older message */
    snprintf(where, sizeof where, "%s:here", kind.about.name);
    ck_status(ot_dataset_open(where, OT_SPLIT_TEST, &d), failing[_i].status);
    ck_assert_ptr_null(d);
    ck_assert_msg(strstr(ot_message(), failing[_i].sentence), "'%s' does not say '%s'",
                  ot_message(), failing[_i].sentence);
}
END_TEST

/* ---- a source around another ---- */

static ot_status open_other(const void *at, const char *place, ot_split split, ot_dataset **out)
{
    (void)at, (void)place;
    return ot_dataset_open("plain(grey=153)", split, out);
}

START_TEST(a_source_may_open_the_set_of_another)
{
    static const ot_source_kind other = { .about.name = "other",
                                          .place = "other:PLACE",
                                          .open = open_other };
    ck_ok(ot_register_source(&other));
    ot_dataset *d = open_set("other:there", OT_SPLIT_TEST);
    ot_normalisation n;
    ck_assert_str_eq(ot_dataset_where(d), "other:there");
    ck_assert_ptr_eq(ot__dataset_source(d), &other.about);
    ck_ok(ot_dataset_normalisation(d, &n));
    ck_assert_double_eq_tol(n.mean[0], 0.3, 1e-6);
    ot_dataset_free(d);
}
END_TEST

/* ---- registration ---- */

static const struct {
    ot_source_kind kind;
    const char *sentence;
} unfit[] = {
    { { .about.name = "mine", .place = "mine" }, "the function open is missing" },
    { { .about.name = "mine", .open = fail_loudly }, "place is missing" },
    { { .about.name = "mine", .place = "", .open = fail_loudly }, "place is missing" },
    { { .place = "mine", .open = fail_loudly }, "cannot be called ''" },
    { { .about.name = "My", .place = "mine", .open = fail_loudly }, "cannot be called 'My'" },
    { { .about.name = "a:b", .place = "mine", .open = fail_loudly }, "cannot be called 'a:b'" },
    { { .about.name = "builtin", .place = "mine", .open = fail_loudly }, "called builtin already" },
    { { .about.name = "cifar10", .place = "mine", .open = fail_loudly }, "called cifar10 already" },
    { { .about = { .name = "mine", .attributes = rows }, .place = "mine", .open = fail_loudly },
      "outside of its struct" },
};

START_TEST(what_is_no_table_of_a_source_is_not_registered)
{
    const int before = ot_source_count();
    ck_status(ot_register_source(&unfit[_i].kind), OT_EINVAL);
    ck_assert_msg(strstr(ot_message(), unfit[_i].sentence), "%s", ot_message());
    ck_assert_int_eq(ot_source_count(), before);
}
END_TEST

TCase *sources_case(void)
{
    TCase *c = tcase_create("sources");
    tcase_add_checked_fixture(c, register_plain, remove_folder);
    tcase_add_loop_test(c, a_registered_source_is_opened_by_name_place_and_attributes, 0,
                        (int)(sizeof places / sizeof places[0]));
    tcase_add_test(c, wrong_attributes_and_other_places_are_sentences);
    tcase_add_loop_test(c, a_source_that_returns_no_set_is_a_sentence, 0,
                        (int)(sizeof failing / sizeof failing[0]));
    tcase_add_test(c, a_source_may_open_the_set_of_another);
    tcase_add_loop_test(c, what_is_no_table_of_a_source_is_not_registered, 0,
                        (int)(sizeof unfit / sizeof unfit[0]));
    return c;
}
