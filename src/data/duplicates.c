/* SPDX-License-Identifier: BSD-3-Clause
 * Finds test images that are training images too.  The training images are sorted by a hash of
 * their bytes; images with the same hash are compared byte by byte. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "base/check.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "data/dataset.h"

typedef struct entry {
    uint64_t hash;
    int index;
} entry;

static int by_hash(const void *a, const void *b)
{
    const entry *const p = a, *const q = b;
    const int first = (p->hash > q->hash) - (p->hash < q->hash);
    return first ? first : (p->index > q->index) - (p->index < q->index);
}

static uint64_t hash_of(const ot_dataset *d, int i)
{
    return XXH3_64bits(ot_dataset_image(d, i), ot__image_bytes(d));
}

/* The training images, sorted; NULL without memory. */
static entry *sorted(const ot_dataset *d)
{
    entry *const entries = ot__new((size_t)d->count, sizeof *entries);
    if (!entries) return NULL;
    OT__PARALLEL_FOR
    for (int i = 0; i < d->count; i++)
        entries[i] = (entry){ hash_of(d, i), i };
    qsort(entries, (size_t)d->count, sizeof *entries, by_hash);
    return entries;
}

/* The number of entries with a lower hash. */
static int lower(const entry *entries, int n, uint64_t hash)
{
    int from = 0, to = n;
    while (from < to) {
        const int middle = from + (to - from) / 2;
        if (entries[middle].hash < hash)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

/* The first training image with the bytes of a test image; -1 if there is none. */
static int find(const ot_dataset *train, const entry *entries, const ot_dataset *test, int i)
{
    const uint64_t hash = hash_of(test, i);
    for (int k = lower(entries, train->count, hash); k < train->count && entries[k].hash == hash;
         k++)
        if (memcmp(ot_dataset_image(train, entries[k].index), ot_dataset_image(test, i),
                   ot__image_bytes(test)) == 0)
            return entries[k].index;
    return -1;
}

ot_status ot_dataset_duplicates(const ot_dataset *train, const ot_dataset *test, int most,
                                ot_duplicate *found, int *count)
{
    OT_TRY(ot__check_given("duplicates", "the training images", train));
    OT_TRY(ot__check_given("duplicates", "the test images", test));
    OT_TRY(ot__check_given("duplicates", "where to put their number", count));
    OT_TRY(ot__check_list("duplicates", "the list of those found", most, found));
    if (train->height != test->height || train->width != test->width ||
        train->channels != test->channels)
        return ot__fail(OT_EINVAL,
                        "the training images are of %dx%dx%d and the test images of %dx%dx%d",
                        train->height, train->width, train->channels, test->height, test->width,
                        test->channels);
    entry *const entries = sorted(train);
    if (!entries) return OT_ENOMEM;
    *count = 0;
    for (int i = 0; i < test->count; i++) {
        const int same = find(train, entries, test, i);
        if (same < 0) continue;
        if (*count < most) found[*count] = (ot_duplicate){ .test = i, .train = same };
        ++*count;
    }
    ot__free(entries);
    return OT_OK;
}
