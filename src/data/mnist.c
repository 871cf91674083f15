/* SPDX-License-Identifier: BSD-3-Clause
 * Reads the IDX files of MNIST (http://yann.lecun.com/exdb/mnist/), in which other sets of grey
 * images in ten classes come too.  Numbers are of 4 bytes, the highest first:
 *   images   2051, their count, their height, their width; then the bytes of the images
 *   labels   2049, their count; then a byte for each
 * A file must have exactly the size that follows from its numbers, which is checked before memory
 * is allocated. */
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/kind.h"
#include "base/memory.h"
#include "data/records.h"
#include "data/source.h"

enum { CLASSES = 10, FILES = 2, IMAGES = 0, LABELS = 1, MOST_NUMBERS = 4 };

#define FIRST_FILE "train-images-idx3-ubyte"
#define PLACE "a folder with " FIRST_FILE " and the other three files"

static const char *const names[][FILES] = {
    [OT_SPLIT_TRAIN] = { FIRST_FILE, "train-labels-idx1-ubyte" },
    [OT_SPLIT_TEST] = { "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte" },
};

static const struct kind {
    uint32_t magic;
    int numbers; /* of the header, with the magic */
} kinds[FILES] = { [IMAGES] = { 2051, 4 }, [LABELS] = { 2049, 2 } };

typedef struct idx {
    char *path;
    int fd;
    size_t size;
    uint32_t number[MOST_NUMBERS]; /* 1 for those that a file of labels does not have */
} idx;

static char *path_of(const char *directory, ot_split split, int k)
{
    return ot__format("%s/%s", directory, names[split][k]);
}

static ot_status read_numbers(const struct kind *kind, idx *f)
{
    uint8_t header[4 * MOST_NUMBERS];
    const size_t size = 4 * (size_t)kind->numbers;
    if (f->size < size)
        return ot__fail(OT_EFORMAT, "%s:%zu: the file ends within its header of %zu bytes", f->path,
                        f->size, size);
    OT_TRY(ot__read_all(f->fd, f->path, header, size, 0));
    for (int i = 0; i < MOST_NUMBERS; i++) {
        const uint8_t *const b = header + 4 * i;
        f->number[i] = i < kind->numbers ? (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 |
                                               (uint32_t)b[2] << 8 | b[3]
                                         : 1;
    }
    if (f->number[0] == kind->magic) return OT_OK;
    return ot__fail(OT_EFORMAT, "%s:0: the file begins with %u; an IDX file of %s begins with %u",
                    f->path, f->number[0], kind == kinds ? "images" : "labels", kind->magic);
}

static ot_status check_numbers(const struct kind *kind, const idx *f)
{
    static const struct {
        uint32_t most;
        const char *what;
    } limit[MOST_NUMBERS] = { [1] = { INT_MAX, "count" },
                              [2] = { OT__MOST_SIDE, "height" },
                              [3] = { OT__MOST_SIDE, "width" } };
    uint64_t expected = 4 * (uint64_t)kind->numbers, each = 1;
    for (int i = 1; i < MOST_NUMBERS; i++) {
        each *= f->number[i];
        if (f->number[i] < 1 || f->number[i] > limit[i].most)
            return ot__fail(OT_EFORMAT, "%s:%d: the %s is %u; 1 to %u are possible", f->path, 4 * i,
                            limit[i].what, f->number[i], limit[i].most);
    }
    expected += each;
    if (f->size == expected) return OT_OK;
    return ot__fail(OT_EFORMAT, "%s:%zu: the file has %zu bytes; by its header it must have %llu",
                    f->path, f->size, f->size, (unsigned long long)expected);
}

static ot_status open_idx(const char *directory, ot_split split, int k, idx *f)
{
    *f = (idx){ .path = path_of(directory, split, k), .fd = -1 };
    if (!f->path) return OT_ENOMEM;
    OT_TRY(ot__open_regular(f->path, &f->fd, &f->size));
    ot_status status = read_numbers(&kinds[k], f);
    if (status == OT_OK) status = check_numbers(&kinds[k], f);
    return ot__name_kind(status, f->path, OT__EXPECT_IMAGES);
}

static void close_idx(idx *f)
{
    if (f->fd >= 0) close(f->fd);
    ot__free(f->path);
}

static ot_status take_labels(const idx *f, ot_dataset *d)
{
    const size_t n = (size_t)d->count, header = 4 * (size_t)kinds[LABELS].numbers;
    uint8_t *const labels = ot__new(n, 1);
    if (!labels) return OT_ENOMEM;
    ot_status status = ot__read_all(f->fd, f->path, labels, n, header);
    for (size_t i = 0; status == OT_OK && i < n; i++) {
        d->label[i] = labels[i];
        if (labels[i] >= CLASSES)
            status = ot__fail(OT_EFORMAT, "%s:%zu: the label is %d; 0 to %d are possible", f->path,
                              header + i, labels[i], CLASSES - 1);
    }
    ot__free(labels);
    return status;
}

static ot_status read_set(const idx f[FILES], const char *directory, ot_dataset **out)
{
    const uint32_t *const n = f[IMAGES].number;
    const ot_dataset_desc form = {
        .height = (int)n[2], .width = (int)n[3], .channels = 1, .classes = CLASSES
    };
    if (f[LABELS].number[1] != n[1])
        return ot__fail(OT_EFORMAT, "%s:4: %u labels; %s has %u images", f[LABELS].path,
                        f[LABELS].number[1], f[IMAGES].path, n[1]);
    OT_TRY(ot__dataset_check_memory(f[IMAGES].size + f[LABELS].size, directory));
    OT_TRY(ot__dataset_new(&form, (int)n[1], out));
    (*out)->count = (int)n[1];
    ot__class_names_number(*out);
    OT_TRY(ot__read_all(f[IMAGES].fd, f[IMAGES].path, (*out)->image,
                        (size_t)n[1] * ot__image_bytes(*out), 4 * (size_t)kinds[IMAGES].numbers));
    return take_labels(&f[LABELS], *out);
}

/* ---- the source ---- */

/* Each file must be there, and not only its compressed form. */
static ot_status check_file(const char *directory, ot_split split, int k)
{
    char *const path = path_of(directory, split, k);
    char *const packed = path ? ot__format("%s.gz", path) : NULL;
    ot_status status = packed ? OT_OK : OT_ENOMEM;
    if (packed && !ot__exists(path))
        status = ot__exists(packed)
                     ? ot__fail(OT_ENOENT, "%s: missing; decompress %s with gunzip", path, packed)
                     : ot__fail(OT_ENOENT, "%s: no such file; " PLACE " are expected", path);
    ot__free(packed);
    ot__free(path);
    return status;
}

static ot_status open_folder(const void *attributes, const char *directory, ot_split split,
                             ot_dataset **out)
{
    (void)attributes;
    idx f[FILES] = { { .fd = -1 }, { .fd = -1 } };
    for (int k = 0; k < 2 * FILES; k++)
        OT_TRY(check_file(directory, (ot_split)(k / FILES), k % FILES));
    ot_status status = OT_OK;
    for (int k = 0; status == OT_OK && k < FILES; k++)
        status = open_idx(directory, split, k, &f[k]);
    if (status == OT_OK) status = read_set(f, directory, out);
    for (int k = 0; k < FILES; k++)
        close_idx(&f[k]);
    if (status == OT_OK) return OT_OK;
    ot_dataset_free(*out);
    *out = NULL;
    return status;
}

static ot_status has_split(const void *attributes, const char *directory, ot_split split, bool *has)
{
    (void)attributes;
    char *const path = path_of(directory, split, IMAGES);
    if (!path) return OT_ENOMEM;
    *has = ot__exists(path);
    ot__free(path);
    return OT_OK;
}

/* A folder with one of the files, compressed or not. */
static bool is_mnist(const char *where)
{
    static const char *const any[] = { FIRST_FILE, FIRST_FILE ".gz" };
    char path[PATH_MAX];
    for (int k = 0; k < 2; k++) {
        const int n = snprintf(path, sizeof path, "%s/%s", where, any[k]);
        if (n < (int)sizeof path && ot__is_folder(where) && ot__exists(path)) return true;
    }
    return false;
}

const ot_source_kind ot_source_mnist = {
    .about.name = "mnist",
    .about.equation = "the IDX files of MNIST",
    .about.reference = "LeCun, Cortes and Burges 1998",
    .place = "mnist:DIR or just DIR, " PLACE " of MNIST",
    .accepts = is_mnist,
    .open = open_folder,
    .has_split = has_split,
};
