/* SPDX-License-Identifier: BSD-3-Clause
 * Image sets: a data set with images of any size as one file, which odetape-images(5) documents.
 *
 *   0   8  signature       40   8  XXH3-64 of the training images and their labels
 *   8   4  version, 1      48   8  the same of the test images
 *  12   4  height          56   8  XXH3-64 of bytes 0 to 55 and of the names
 *  16   4  width           64  32  name of each class, filled up with zero bytes
 *  20   4  channels
 *  24   4  classes             then the training images: a label of 4 bytes for each, and
 *  28   4  training images     their bytes, height x width x channels, one after another;
 *  32   4  test images         then the test images in the same way
 *  36   4  zero
 *
 * Numbers are little-endian.  A reader of one split reads the header and this split only.  The size
 * of the file must be the one that follows from the header, which is checked before memory is
 * allocated. */
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include "base/check.h"
#include "base/file.h"
#include "base/kind.h"
#include "base/memory.h"
#include "data/source.h"

enum { SIGNATURE = 8, HEADER = 64, SPLITS = 2, FORMAT = 1, LABEL = 4 };

/* As PNG's: a byte above 127 and line ends, which a transfer as text would change. */
static const uint8_t signature[SIGNATURE] = { 0x89, 'O', 'T', 'S', 'E', 'T', '\r', '\n' };

/* The numbers of the header, with their offsets and limits. */
enum { NUMBERS = 8 };
static const struct number {
    int at;
    uint32_t least, most;
    const char *what;
} numbers[NUMBERS] = {
    { 8, FORMAT, FORMAT, "the version" },
    { 12, 1, OT__MOST_SIDE, "the height of an image" },
    { 16, 1, OT__MOST_SIDE, "the width of an image" },
    { 20, 1, OT_MOST_CHANNELS, "the number of channels" },
    { 24, 1, OT__MOST_CLASSES, "the number of classes" },
    { 28, 1, INT_MAX, "the number of training images" },
    { 32, 1, INT_MAX, "the number of test images" },
    { 36, 0, 0, "the number in reserve" },
};

/* Offsets of the checksums. */
static const int split_sum[SPLITS] = { [OT_SPLIT_TRAIN] = 40, [OT_SPLIT_TEST] = 48 };
enum { HEADER_SUM = 56 };

typedef struct form {
    int count[SPLITS];
    ot_dataset_desc desc; /* size of an image, and number of classes */
} form;

static uint64_t get(const uint8_t *from, int bytes)
{
    uint64_t n = 0;
    for (int i = bytes; i-- > 0;)
        n = n << 8 | from[i];
    return n;
}

static void put(uint8_t *to, int bytes, uint64_t n)
{
    for (int i = 0; i < bytes; i++)
        to[i] = (uint8_t)(n >> 8 * i);
}

/* Offsets are below 2^63 for all numbers within their limits. */

static uint64_t image_bytes(const form *f)
{
    return (uint64_t)f->desc.height * (uint64_t)f->desc.width * (uint64_t)f->desc.channels;
}

static uint64_t names_bytes(const form *f)
{
    return (uint64_t)f->desc.classes * OT__NAME_SIZE;
}

/* The offset of a split; of the end of the file for SPLITS. */
static uint64_t split_at(const form *f, int split)
{
    uint64_t at = HEADER + names_bytes(f);
    for (int s = 0; s < split; s++)
        at += (uint64_t)f->count[s] * (LABEL + image_bytes(f));
    return at;
}

static uint64_t sum_of(const void *first, size_t n, const void *second, size_t m,
                       XXH3_state_t *state)
{
    XXH3_64bits_reset(state);
    XXH3_64bits_update(state, first, n);
    XXH3_64bits_update(state, second, m);
    return XXH3_64bits_digest(state);
}

/* The checksum of two pieces of a file. */
static ot_status sum_pieces(const void *first, size_t n, const void *second, size_t m,
                            uint64_t *sum)
{
    XXH3_state_t *const state = XXH3_createState();
    if (!state) return ot__fail(OT_ENOMEM, "there is no memory for a checksum");
    *sum = sum_of(first, n, second, m, state);
    XXH3_freeState(state);
    return OT_OK;
}

/* ---- reading ---- */

typedef struct file {
    const char *path;
    int fd;
    size_t size;
    uint8_t header[HEADER];
    form form;
} file;

static ot_status check_numbers(file *f)
{
    int value[NUMBERS];
    for (int i = 0; i < NUMBERS; i++) {
        const struct number *const n = &numbers[i];
        const uint32_t v = (uint32_t)get(f->header + n->at, 4);
        if (v < n->least || v > n->most)
            return ot__fail(OT_EFORMAT, "%s:%d: %s is %u; %u to %u are possible", f->path, n->at,
                            n->what, v, n->least, n->most);
        value[i] = (int)v;
    }
    f->form = (form){
        .count = { value[5], value[6] },
        .desc = { .height = value[1], .width = value[2], .channels = value[3], .classes = value[4] }
    };
    return OT_OK;
}

static ot_status read_header(file *f)
{
    if (f->size < HEADER)
        return ot__fail(OT_EFORMAT, "%s:%zu: the file ends within its header of %d bytes", f->path,
                        f->size, HEADER);
    OT_TRY(ot__read_all(f->fd, f->path, f->header, HEADER, 0));
    if (memcmp(f->header, signature, SIGNATURE) != 0)
        return ot__fail(OT_EFORMAT, "%s:0: not an image set as odetape data import writes it",
                        f->path);
    OT_TRY(check_numbers(f));
    const uint64_t expected = split_at(&f->form, SPLITS);
    if (f->size == expected) return OT_OK;
    return ot__fail(OT_EFORMAT, "%s:%zu: the file has %zu bytes; by its header it must have %llu",
                    f->path, f->size, f->size, (unsigned long long)expected);
}

static ot_status check_sum(const file *f, uint64_t at, int sum_at, const void *first, size_t n,
                           const void *second, size_t m)
{
    uint64_t sum;
    OT_TRY(sum_pieces(first, n, second, m, &sum));
    if (sum == get(f->header + sum_at, 8)) return OT_OK;
    return ot__fail(OT_EFORMAT, "%s:%llu: damaged: the checksum at %d is not that of the %zu bytes",
                    f->path, (unsigned long long)at, sum_at, n + m);
}

static ot_status take_names(const file *f, const char *names, ot_dataset *d)
{
    for (int k = 0; k < d->classes; k++) {
        const char *const name = names + (size_t)k * OT__NAME_SIZE;
        if (!ot__class_name_copy(d->class_name[k], name, strnlen(name, OT__NAME_SIZE)))
            return ot__fail(OT_EFORMAT,
                            "%s:%zu: the name of class %d is not 1 to %d printable ASCII "
                            "characters without a blank at the ends",
                            f->path, HEADER + (size_t)k * OT__NAME_SIZE, k, OT__NAME_SIZE - 1);
    }
    return OT_OK;
}

static ot_status read_names(const file *f, ot_dataset *d)
{
    const size_t size = (size_t)names_bytes(&f->form);
    char *const names = ot__new(size, 1);
    if (!names) return OT_ENOMEM;
    ot_status status = ot__read_all(f->fd, f->path, names, size, HEADER);
    if (status == OT_OK) status = check_sum(f, 0, HEADER_SUM, f->header, HEADER_SUM, names, size);
    if (status == OT_OK) status = take_names(f, names, d);
    ot__free(names);
    return status;
}

static ot_status take_labels(const file *f, uint64_t at, const uint8_t *labels, ot_dataset *d)
{
    for (int i = 0; i < d->count; i++) {
        const uint32_t label = (uint32_t)get(labels + (size_t)i * LABEL, LABEL);
        if (label >= (uint32_t)d->classes)
            return ot__fail(OT_EFORMAT, "%s:%llu: the label is %u; the set has %d classes", f->path,
                            (unsigned long long)at + (unsigned long long)i * LABEL, label,
                            d->classes);
        d->label[i] = (int32_t)label;
    }
    return OT_OK;
}

static ot_status read_split(const file *f, int split, ot_dataset *d)
{
    const uint64_t at = split_at(&f->form, split);
    const size_t n = (size_t)f->form.count[split] * LABEL;
    const size_t m = (size_t)f->form.count[split] * ot__image_bytes(d);
    uint8_t *const labels = ot__new(n, 1);
    if (!labels) return OT_ENOMEM;
    d->count = f->form.count[split];
    ot_status status = ot__read_all(f->fd, f->path, labels, n, (size_t)at);
    if (status == OT_OK) status = ot__read_all(f->fd, f->path, d->image, m, (size_t)at + n);
    if (status == OT_OK) status = check_sum(f, at, split_sum[split], labels, n, d->image, m);
    if (status == OT_OK) status = take_labels(f, at, labels, d);
    ot__free(labels);
    return status;
}

static ot_status read_set(file *f, int split, ot_dataset **out)
{
    OT_TRY(read_header(f));
    const size_t bytes =
        (size_t)(split_at(&f->form, split + 1) - split_at(&f->form, split) + names_bytes(&f->form));
    OT_TRY(ot__dataset_check_memory(bytes, f->path));
    OT_TRY(ot__dataset_new(&f->form.desc, f->form.count[split], out));
    ot_status status = read_names(f, *out);
    if (status == OT_OK) status = read_split(f, split, *out);
    if (status == OT_OK) return OT_OK;
    ot_dataset_free(*out);
    *out = NULL;
    return status;
}

/* ---- writing ---- */

static ot_status check_sets(const ot_dataset *train, const ot_dataset *test)
{
    OT_TRY(ot__check_given("image set", "the training images", train));
    OT_TRY(ot__check_given("image set", "the test images", test));
    if (train->height != test->height || train->width != test->width ||
        train->channels != test->channels)
        return ot__fail(OT_EINVAL,
                        "the training images are of %dx%dx%d and the test images of %dx%dx%d; an "
                        "image set has one size",
                        train->height, train->width, train->channels, test->height, test->width,
                        test->channels);
    if (train->classes != test->classes)
        return ot__fail(OT_EINVAL,
                        "the training images have %d classes and the test images have %d; an image "
                        "set has one list of them",
                        train->classes, test->classes);
    for (int k = 0; k < train->classes; k++)
        if (strcmp(train->class_name[k], test->class_name[k]) != 0)
            return ot__fail(OT_EINVAL,
                            "class %d is '%s' in the training images and '%s' in the test images",
                            k, train->class_name[k], test->class_name[k]);
    return OT_OK;
}

static void put_header(const ot_dataset *train, const ot_dataset *test, uint8_t header[HEADER])
{
    const int value[NUMBERS] = { FORMAT,         train->height, train->width, train->channels,
                                 train->classes, train->count,  test->count,  0 };
    memcpy(header, signature, SIGNATURE);
    for (int i = 0; i < NUMBERS; i++)
        put(header + numbers[i].at, 4, (uint64_t)value[i]);
}

static uint8_t *labels_of(const ot_dataset *d)
{
    uint8_t *const labels = ot__new((size_t)d->count, LABEL);
    for (int i = 0; labels && i < d->count; i++)
        put(labels + (size_t)i * LABEL, LABEL, (uint64_t)d->label[i]);
    return labels;
}

/* A file that is written: its pieces in their order. */
typedef struct content {
    uint8_t header[HEADER];
    char *names;
    uint8_t *labels[SPLITS];
    const ot_dataset *set[SPLITS];
} content;

static size_t names_size(const content *c)
{
    return (size_t)c->set[0]->classes * OT__NAME_SIZE;
}

static ot_status complete(content *c)
{
    uint64_t sum;
    put_header(c->set[0], c->set[1], c->header);
    c->names = ot__new(names_size(c), 1);
    if (!c->names) return OT_ENOMEM;
    for (int k = 0; k < c->set[0]->classes; k++) /* zero bytes after each name */
        memcpy(c->names + (size_t)k * OT__NAME_SIZE, c->set[0]->class_name[k],
               strlen(c->set[0]->class_name[k]));
    for (int s = 0; s < SPLITS; s++) {
        const ot_dataset *const d = c->set[s];
        c->labels[s] = labels_of(d);
        if (!c->labels[s]) return OT_ENOMEM;
        OT_TRY(sum_pieces(c->labels[s], (size_t)d->count * LABEL, d->image,
                          (size_t)d->count * ot__image_bytes(d), &sum));
        put(c->header + split_sum[s], 8, sum);
    }
    OT_TRY(sum_pieces(c->header, HEADER_SUM, c->names, names_size(c), &sum));
    put(c->header + HEADER_SUM, 8, sum);
    return OT_OK;
}

static ot_status write_content(const content *c, ot__replacement *r)
{
    OT_TRY(ot__replace_write(r, c->header, HEADER));
    OT_TRY(ot__replace_write(r, c->names, names_size(c)));
    for (int s = 0; s < SPLITS; s++) {
        const ot_dataset *const d = c->set[s];
        OT_TRY(ot__replace_write(r, c->labels[s], (size_t)d->count * LABEL));
        OT_TRY(ot__replace_write(r, d->image, (size_t)d->count * ot__image_bytes(d)));
    }
    return ot__replace_commit(r);
}

static ot_status replace(const content *c, const char *path)
{
    ot__replacement r;
    size_t size = HEADER + names_size(c);
    for (int s = 0; s < SPLITS; s++)
        size += (size_t)c->set[s]->count * (LABEL + ot__image_bytes(c->set[s]));
    OT_TRY(ot__replace_begin(path, &r));
    ot_status status = ot__replace_reserve(&r, size);
    if (status == OT_OK) status = write_content(c, &r);
    ot__replace_abandon(&r);
    return status;
}

ot_status ot_dataset_write(const ot_dataset *train, const ot_dataset *test, const char *path)
{
    OT_TRY(ot__check_given("image set", "the path", path));
    OT_TRY(check_sets(train, test));
    content c = { .set = { train, test } };
    ot_status status = complete(&c);
    if (status == OT_OK) status = replace(&c, path);
    ot__free(c.names);
    for (int s = 0; s < SPLITS; s++)
        ot__free(c.labels[s]);
    return status;
}

/* ---- the source ---- */

static bool is_image_set(const char *where)
{
    struct stat st;
    file f = { .path = where, .fd = -1 };
    const bool is = stat(where, &st) == 0 && S_ISREG(st.st_mode) &&
                    ot__open_regular(where, &f.fd, &f.size) == OT_OK && f.size >= SIGNATURE &&
                    ot__read_all(f.fd, where, f.header, SIGNATURE, 0) == OT_OK &&
                    memcmp(f.header, signature, SIGNATURE) == 0;
    if (f.fd >= 0) close(f.fd);
    return is;
}

static ot_status open_file(const void *attributes, const char *path, ot_split split,
                           ot_dataset **out)
{
    (void)attributes;
    file f = { .path = path, .fd = -1 };
    ot_status status = ot__open_regular(path, &f.fd, &f.size);
    if (status == OT_OK) status = read_set(&f, (int)split, out);
    if (f.fd >= 0) close(f.fd);
    return ot__name_kind(status, path, OT__EXPECT_IMAGES);
}

static ot_status has_both(const void *attributes, const char *path, ot_split split, bool *has)
{
    (void)attributes, (void)path, (void)split;
    *has = true;
    return OT_OK;
}

const ot_source_kind ot_source_images = {
    .about.name = "images",
    .about.equation = "an image set, odetape-images(5)",
    .place = "images:FILE or just FILE, an image set of odetape data import",
    .accepts = is_image_set,
    .open = open_file,
    .has_split = has_both,
};
