/* SPDX-License-Identifier: BSD-3-Clause
 * Makes batches.  To shuffle an epoch, images are sorted by random keys, one per image, drawn from
 * (seed, epoch, index); equal keys are ordered by index.  The order is the only state, so any batch
 * of any epoch can be made again.  An image is augmented in the last bytes of the memory for its
 * numbers, so a batch needs no memory of its own. */
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "base/rng.h"
#include "data/augment.h"

enum { DEFAULT_BATCH = 128, LARGEST_BATCH = 1 << 20 };

struct ot_loader {
    const ot_dataset *data;
    ot_loader_opts opts;
    int epoch;
    uint64_t
        *order; /* by place in the epoch: key (upper half) and index (lower half) of the image */
    ot__levels levels;
};

static int ascending(const void *a, const void *b)
{
    const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

void ot_loader_epoch(ot_loader *l, int epoch)
{
    if (!l || epoch < 0) return;
    l->epoch = epoch;
    const int n = l->data->count;
    for (int i = 0; i < n; i++) {
        const uint64_t key = l->opts.shuffle ? ot__random(l->opts.seed, OT__RNG_SHUFFLE,
                                                          (uint32_t)epoch, (uint32_t)i, 0, 0)
                                                   .word[0]
                                             : 0;
        l->order[i] = key << 32 | (uint32_t)i;
    }
    qsort(l->order, (size_t)n, sizeof *l->order, ascending);
}

ot_status ot_loader_new(const ot_dataset *d, const ot_loader_opts *opts, ot_loader **out)
{
    OT_TRY(ot__check_given("loader", "where to put it", out));
    *out = NULL;
    OT_TRY(ot__check_given("loader", "the data set", d));
    OT_TRY(ot__check_given("loader", "its options", opts));
    if (opts->batch < 0 || opts->batch > LARGEST_BATCH)
        return ot__fail(OT_EINVAL, "the batch is %d images; 1 to %d are possible", opts->batch,
                        LARGEST_BATCH);
    OT_TRY(ot__augment_check(d, opts));
    ot_loader_opts used = ot__augment_used(opts);
    OT_TRY(ot__loader_normalisation(d, &used));
    ot_loader *l = ot__new(1, sizeof *l);
    if (!l) return OT_ENOMEM;
    *l = (ot_loader){ .data = d, .opts = used, .levels = ot__levels_make(&used.normalisation) };
    if (l->opts.batch == 0) l->opts.batch = DEFAULT_BATCH;
    l->order = ot__new((size_t)d->count, sizeof *l->order);
    if (!l->order) {
        ot_loader_free(l);
        return OT_ENOMEM;
    }
    ot_loader_epoch(l, 0);
    *out = l;
    return OT_OK;
}

void ot_loader_free(ot_loader *l)
{
    if (!l) return;
    ot__free(l->order);
    ot__free(l);
}

int ot_loader_batches(const ot_loader *l)
{
    if (!l) return 0;
    return ot__chunks((size_t)l->data->count, (size_t)l->opts.batch);
}

int ot_loader_fill(const ot_loader *l, int b, float *x, int32_t *labels)
{
    if (!x || !labels || b < 0 || b >= ot_loader_batches(l)) return 0;
    const int from = b * l->opts.batch, left = l->data->count - from;
    const int n = left < l->opts.batch ? left : l->opts.batch;
    const size_t bytes = ot__image_bytes(l->data);
    OT__PARALLEL_FOR
    for (int i = 0; i < n; i++) {
        const int index = (int)(uint32_t)l->order[from + i];
        float *const numbers = x + (size_t)i * bytes;
        ot__image image = ot__dataset_at(l->data, index);
        image.at = memcpy((uint8_t *)(numbers + bytes) - bytes, image.at, bytes);
        ot__augment(&l->opts, l->epoch, index, &image);
        ot__normalise(&l->levels, &image, numbers);
        labels[i] = l->data->label[index];
    }
    return n;
}
