/* SPDX-License-Identifier: BSD-3-Clause
 * Makes a data set of folders of PNG files.  First the files are listed, so that the memory of the
 * set is known and checked before an image is read.  Then each image is read, put before its
 * background, made grey if the set is, and scaled.  tests/data compares all of this with Pillow. */
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/memory.h"
#include "base/rng.h"
#include "base/workers.h"
#include "data/import.h"
#include "data/png.h"
#include "data/records.h"
#include "data/resize.h"
#include "data/tree.h"

enum { OPAQUE = 255, ALPHA = 3 };

const char *const ot_background_names[] = { [OT_BACKGROUND_NONE] = "none",
                                            [OT_BACKGROUND_BLACK] = "black",
                                            [OT_BACKGROUND_WHITE] = "white",
                                            NULL };

static const int background_level[] = { [OT_BACKGROUND_BLACK] = 0, [OT_BACKGROUND_WHITE] = 255 };

/* ---- one image ---- */

/* v before a background, at opacity a: Pillow's (a v + (255 - a) background) / 255, rounded. */
static int before(int v, int a, int background)
{
    const int sum = v * a + background * (OPAQUE - a) + 128;
    return ((sum >> 8) + sum) >> 8;
}

/* Pillow's convert("L"). */
static uint8_t grey(const int rgb[3])
{
    return (uint8_t)((19595 * rgb[0] + 38470 * rgb[1] + 7471 * rgb[2] + 0x8000) >> 16);
}

/* Changes `from`, of 4 channels, to an image of the set's channels in the same memory. */
static ot_status flatten(const char *path, const ot_import_opts *o, ot__image *image)
{
    const size_t n = (size_t)image->height * (size_t)image->width;
    uint8_t *to = image->at;
    for (size_t i = 0; i < n; i++) {
        const uint8_t *const v = image->at + 4 * i;
        if (v[ALPHA] != OPAQUE && o->background == OT_BACKGROUND_NONE)
            return ot__fail(OT_EFORMAT,
                            "%s: pixel %zu of row %zu has an opacity of %d of 255; choose a "
                            "background, black or white",
                            path, i % (size_t)image->width, i / (size_t)image->width, v[ALPHA]);
        int rgb[3];
        for (int c = 0; c < 3; c++)
            rgb[c] = before(v[c], v[ALPHA], background_level[o->background]);
        for (int c = 0; c < o->channels; c++)
            *to++ = o->channels == 1 ? grey(rgb) : (uint8_t)rgb[c];
    }
    image->channels = o->channels;
    return OT_OK;
}

ot_status ot__import_image(const char *path, const ot_import_opts *o, const ot__image *to)
{
    ot__image image;
    OT_TRY(ot__png_read(path, o->resize ? 0 : o->height, o->width, &image));
    ot_status status = flatten(path, o, &image);
    if (status == OT_OK) status = ot__resize(&image, to);
    ot__free(image.at);
    return status;
}

/* ---- which images are in a split ---- */

typedef struct pick {
    int rank, label; /* an image is number `rank` of its class in its split */
    int class, file; /* of the tree */
} pick;

typedef struct split {
    const ot__tree *tree;
    pick *pick;
    size_t count, room;
} split;

static int by_rank(const void *a, const void *b)
{
    const pick *const p = a, *const q = b;
    const int first = (p->rank > q->rank) - (p->rank < q->rank);
    return first ? first : (p->label > q->label) - (p->label < q->label);
}

static ot_status add_pick(split *s, pick p)
{
    OT_TRY(ot__grow((void **)&s->pick, &s->room, s->count + 1, sizeof *s->pick));
    s->pick[s->count++] = p;
    return OT_OK;
}

/* All images of a tree, whose classes are among `classes`. */
static ot_status pick_all(const ot__listing *classes, split *s)
{
    const ot__tree *const t = s->tree;
    for (int k = 0; k < (int)t->classes.count; k++) {
        const int label = ot__listing_find(classes, t->classes.name[k]);
        if (label < 0)
            return ot__fail(OT_EFORMAT, "%s/%s: the training images have no class of this name",
                            t->path, t->classes.name[k]);
        for (int i = 0; i < (int)t->files[k].count; i++)
            OT_TRY(add_pick(s, (pick){ .rank = i, .label = label, .class = k, .file = i }));
    }
    return OT_OK;
}

typedef struct lot {
    uint64_t drawn;
    int file;
} lot;

static int by_lot(const void *a, const void *b)
{
    const lot *const p = a, *const q = b;
    const int first = (p->drawn > q->drawn) - (p->drawn < q->drawn);
    return first ? first : (p->file > q->file) - (p->file < q->file);
}

/* Draws a lot for each of n files of a class; the `chosen` lowest are chosen. */
static ot_status draw(uint64_t seed, int class, int n, int chosen, bool *is_chosen)
{
    lot *const lots = ot__new((size_t)n, sizeof *lots);
    if (!lots) return OT_ENOMEM;
    for (int i = 0; i < n; i++) {
        const ot__draw d = ot__random(seed, OT__RNG_IMPORT, (uint32_t) class, (uint32_t)i, 0, 0);
        lots[i] = (lot){ (uint64_t)d.word[0] << 32 | d.word[1], i };
    }
    qsort(lots, (size_t)n, sizeof *lots, by_lot);
    for (int i = 0; i < n; i++)
        is_chosen[lots[i].file] = i < chosen;
    ot__free(lots);
    return OT_OK;
}

static ot_status divide_class(const ot_import_opts *o, int k, split *train, split *test)
{
    const int n = (int)train->tree->files[k].count;
    const int chosen = (int)floor(o->test_fraction * n + 0.5);
    bool *const is_test = ot__new((size_t)n, sizeof *is_test);
    ot_status status = is_test ? draw(o->seed, k, n, chosen, is_test) : OT_ENOMEM;
    int rank[2] = { 0, 0 };
    for (int i = 0; status == OT_OK && i < n; i++)
        status = add_pick(is_test[i] ? test : train,
                          (pick){ .rank = rank[is_test[i]]++, .label = k, .class = k, .file = i });
    ot__free(is_test);
    return status;
}

/* ---- the set ---- */

static ot_status read_images(const split *s, const ot_import_opts *o, ot_dataset *d)
{
    for (size_t i = 0; i < s->count; i++) {
        const pick *const p = &s->pick[i];
        const ot__image to = ot__dataset_at(d, (int)i);
        char *const path = ot__tree_path(s->tree, p->class, p->file);
        const ot_status status = path ? ot__import_image(path, o, &to) : OT_ENOMEM;
        ot__free(path);
        OT_TRY(status);
        d->label[i] = p->label;
        d->count++;
    }
    return OT_OK;
}

static ot_status make_set(const split *s, const ot__listing *classes, const ot_import_opts *o,
                          ot_split which, ot_dataset **out)
{
    const ot_dataset_desc form = { .height = o->height,
                                   .width = o->width,
                                   .channels = o->channels,
                                   .classes = (int)classes->count };
    qsort(s->pick, s->count, sizeof *s->pick, by_rank);
    OT_TRY(ot__dataset_new(&form, (int)s->count, out));
    for (size_t k = 0; k < classes->count; k++)
        snprintf((*out)->class_name[k], OT__NAME_SIZE, "%s", classes->name[k]);
    OT_TRY(read_images(s, o, *out));
    return ot__dataset_identify(*out, which);
}

/* Both splits are in memory at once. */
static ot_status check_amount(const char *directory, const split s[2], const ot_import_opts *o)
{
    const size_t bytes = (size_t)o->height * (size_t)o->width * (size_t)o->channels;
    const size_t count = s[0].count + s[1].count;
    for (int i = 0; i < 2; i++)
        if (s[i].count == 0 || s[i].count > INT_MAX)
            return ot__fail(OT_ENOENT, "%s: the set has %zu %s images; at least 1 is expected",
                            directory, s[i].count, i == OT_SPLIT_TRAIN ? "training" : "test");
    if (count > (SIZE_MAX >> 1) / bytes)
        return ot__fail(OT_ENOMEM, "%s: %zu images are more than this machine can address",
                        directory, count);
    return ot__dataset_check_memory(count * bytes, directory);
}

static ot_status make_both(const char *directory, split s[2], const ot_import_opts *o,
                           ot_dataset *set[2])
{
    const ot__listing *const classes = &s[OT_SPLIT_TRAIN].tree->classes;
    OT_TRY(check_amount(directory, s, o));
    OT_TRY(make_set(&s[0], classes, o, OT_SPLIT_TRAIN, &set[0]));
    return make_set(&s[1], classes, o, OT_SPLIT_TEST, &set[1]);
}

/* ---- the directory ---- */

static ot_status import_splits(const char *path[2], const char *directory, const ot_import_opts *o,
                               ot_dataset *set[2])
{
    ot__tree tree[2] = { 0 };
    split s[2] = { { .tree = &tree[0] }, { .tree = &tree[1] } };
    ot_status status = OT_OK;
    for (int i = 0; status == OT_OK && i < 2; i++) {
        status = ot__tree_read(path[i], &tree[i]);
        if (status == OT_OK) status = pick_all(&tree[OT_SPLIT_TRAIN].classes, &s[i]);
    }
    if (status == OT_OK) status = make_both(directory, s, o, set);
    for (int i = 0; i < 2; i++) {
        ot__free(s[i].pick);
        ot__tree_free(&tree[i]);
    }
    return status;
}

static ot_status import_divided(const char *directory, const ot_import_opts *o, ot_dataset *set[2])
{
    ot__tree tree;
    ot_status status = ot__tree_read(directory, &tree);
    split s[2] = { { .tree = &tree }, { .tree = &tree } };
    for (int k = 0; status == OT_OK && k < (int)tree.classes.count; k++)
        status = divide_class(o, k, &s[0], &s[1]);
    if (status == OT_OK) status = make_both(directory, s, o, set);
    for (int i = 0; i < 2; i++)
        ot__free(s[i].pick);
    ot__tree_free(&tree);
    return status;
}

static ot_status import(const char *directory, const char *path[2], const ot_import_opts *o,
                        ot_dataset *set[2])
{
    const bool has_splits = ot__is_folder(path[0]) && ot__is_folder(path[1]);
    if (has_splits && o->test_fraction > 0)
        return ot__fail(OT_EINVAL,
                        "%s has the folders train and test; a test fraction is for a directory "
                        "without them",
                        directory);
    if (!has_splits && o->test_fraction == 0)
        return ot__fail(OT_EINVAL,
                        "%s does not have the folders train and test, so a test fraction is "
                        "needed, such as 0.2",
                        directory);
    return has_splits ? import_splits(path, directory, o, set) : import_divided(directory, o, set);
}

ot_status ot__import_options(const ot_import_opts *opts, ot_import_opts *used)
{
    OT_TRY(ot__check_given("import", "its options", opts));
    *used = *opts;
    if (used->channels == 0) used->channels = 3;
    OT_TRY(ot__check_count("import", "the height of an image", opts->height, 1, OT__MOST_SIDE));
    OT_TRY(ot__check_count("import", "the width of an image", opts->width, 1, OT__MOST_SIDE));
    if (used->channels != 1 && used->channels != 3)
        return ot__fail(OT_EINVAL, "import: the number of channels is %d; it must be 1 or 3",
                        used->channels);
    OT_TRY(
        ot__check_choice("import", "the background", (int)opts->background, OT_BACKGROUND_WHITE));
    return ot__check_number("import", "the test fraction", opts->test_fraction, 0, 1);
}

ot_status ot_dataset_import(const char *directory, const ot_import_opts *opts, ot_dataset **train,
                            ot_dataset **test)
{
    ot_import_opts used;
    ot_dataset *set[2] = { NULL, NULL };
    OT_TRY(ot__check_given("import", "where to put the training images", train));
    OT_TRY(ot__check_given("import", "where to put the test images", test));
    *train = *test = NULL;
    OT_TRY(ot__check_given("import", "the directory", directory));
    OT_TRY(ot__import_options(opts, &used));
    OT_TRY(ot__start_threads());
    char *const path[2] = { ot__format("%s/train", directory), ot__format("%s/test", directory) };
    ot_status status = path[0] && path[1]
                           ? import(directory, (const char *[]){ path[0], path[1] }, &used, set)
                           : OT_ENOMEM;
    ot__free(path[0]);
    ot__free(path[1]);
    if (status == OT_OK) {
        *train = set[0];
        *test = set[1];
        return OT_OK;
    }
    ot_dataset_free(set[0]);
    ot_dataset_free(set[1]);
    return status;
}
