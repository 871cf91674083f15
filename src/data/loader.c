/* SPDX-License-Identifier: BSD-3-Clause
 * Makes batches.  To shuffle an epoch, images are sorted by random keys, one per image, drawn from
 * (seed, epoch, index); equal keys are ordered by index.  The order is the only state, so any batch
 * of any epoch can be made again.  An image is augmented in the last bytes of the memory for its
 * numbers, so a batch needs no memory of its own. */
#include "data/loader.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "base/rng.h"
#include "data/augment.h"
#include "data/split.h"

enum { DEFAULT_BATCH = 128, LARGEST_BATCH = 1 << 20 };

struct ot_loader {
    const ot_dataset *data;
    ot_loader_opts opts;
    int epoch, count; /* count: of the images that it delivers */
    int32_t *index;   /* the place in the set of each of them, ascending; NULL: it delivers all */
    uint64_t
        *order; /* by place in the epoch: key (upper half) and index (lower half) of the image */
    int32_t *cycles; /* by place in the epoch: the permutation of each batch (data/mixup.h); NULL
                        without mixup */
    ot__levels levels;
};

static int ascending(const void *a, const void *b)
{
    const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* The number of images of batch b. */
static int images_of(const ot_loader *l, int b)
{
    const int left = l->count - b * l->opts.batch;
    return left < l->opts.batch ? left : l->opts.batch;
}

void ot_loader_epoch(ot_loader *l, int epoch)
{
    if (!l || epoch < 0) return;
    l->epoch = epoch;
    for (int i = 0; i < l->count; i++) {
        const uint32_t image = (uint32_t)(l->index ? l->index[i] : i);
        const uint64_t key =
            l->opts.shuffle
                ? ot__random(l->opts.seed, OT__RNG_SHUFFLE, (uint32_t)epoch, image, 0, 0).word[0]
                : 0;
        l->order[i] = key << 32 | image;
    }
    qsort(l->order, (size_t)l->count, sizeof *l->order, ascending);
    for (int b = 0; l->cycles && b < ot_loader_batches(l); b++)
        ot__mixup_permute(l->opts.seed, epoch, b, images_of(l, b),
                          l->cycles + (size_t)b * (size_t)l->opts.batch);
}

static ot_status check_mixup(const ot_loader_opts *opts)
{
    OT_TRY(ot__check_number("mixup", "alpha", opts->mixup, 0, OT__MIXUP_MOST));
    if (opts->mixup == 0 || opts->batch != 1) return OT_OK;
    return ot__fail(OT_EINVAL, "mixup: the batch is 1 image, which has no other to be mixed with; "
                               "it must be at least 2");
}

static ot_status check(const ot_dataset *d, const ot_loader_opts *opts)
{
    if (opts->batch < 0 || opts->batch > LARGEST_BATCH)
        return ot__fail(OT_EINVAL, "the batch is %d images; 1 to %d are possible", opts->batch,
                        LARGEST_BATCH);
    OT_TRY(ot__split_check(d->count, opts->validation));
    if (opts->held_out && opts->validation == 0)
        return ot__fail(OT_EINVAL, "the loader is to deliver held-out images, and 0 are held out");
    OT_TRY(ot__augment_check(d, opts));
    return check_mixup(opts);
}

/* Lists the images that the loader delivers, and allocates what an epoch needs: its order and, with
 * mixup, its permutations. */
static ot_status choose(ot_loader *l)
{
    const ot_loader_opts *o = &l->opts;
    l->count = ot__split_count(l->data->count, o->validation, o->held_out);
    OT_TRY(ot__split_new(o->seed, l->data->count, o->validation, o->held_out, &l->index));
    l->order = ot__new((size_t)l->count, sizeof *l->order);
    if (o->mixup > 0) l->cycles = ot__new((size_t)l->count, sizeof *l->cycles);
    return l->order && (l->cycles || o->mixup == 0) ? OT_OK : OT_ENOMEM;
}

size_t ot__loader_bytes(const ot_loader *l)
{
    if (!l) return 0;
    return (size_t)l->count * (sizeof *l->order + (l->cycles ? sizeof *l->cycles : 0) +
                               (l->index ? sizeof *l->index : 0));
}

ot_status ot_loader_new(const ot_dataset *d, const ot_loader_opts *opts, ot_loader **out)
{
    OT_TRY(ot__check_given("loader", "where to put it", out));
    *out = NULL;
    OT_TRY(ot__check_given("loader", "the data set", d));
    OT_TRY(ot__check_given("loader", "its options", opts));
    OT_TRY(check(d, opts));
    ot_loader_opts used = ot__augment_used(opts);
    OT_TRY(ot__loader_normalisation(d, &used));
    ot_loader *l = ot__new(1, sizeof *l);
    if (!l) return OT_ENOMEM;
    *l = (ot_loader){ .data = d, .opts = used, .levels = ot__levels_make(&used.normalisation) };
    if (l->opts.batch == 0) l->opts.batch = DEFAULT_BATCH;
    const ot_status status = choose(l);
    if (status != OT_OK) {
        ot_loader_free(l);
        return status;
    }
    ot_loader_epoch(l, 0);
    *out = l;
    return OT_OK;
}

void ot_loader_free(ot_loader *l)
{
    if (!l) return;
    ot__free(l->order);
    ot__free(l->cycles);
    ot__free(l->index);
    ot__free(l);
}

int ot_loader_batches(const ot_loader *l)
{
    if (!l) return 0;
    return ot__chunks((size_t)l->count, (size_t)l->opts.batch);
}

int ot__loader_images(const ot_loader *l, int b)
{
    return images_of(l, b);
}

int ot__loader_fill(const ot_loader *l, int b, float *x, int32_t *labels)
{
    if (!x || !labels || b < 0 || b >= ot_loader_batches(l)) return 0;
    ot__loader_fill_part(l, b, 0, images_of(l, b), x, labels);
    return images_of(l, b);
}

void ot__loader_fill_part(const ot_loader *l, int b, int first, int n, float *x, int32_t *labels)
{
    const int from = b * l->opts.batch + first;
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
}

int ot_loader_fill(const ot_loader *l, int b, float *x, int32_t *labels)
{
    return l && l->cycles ? 0 : ot__loader_fill(l, b, x, labels);
}

ot__mix ot__loader_mix(const ot_loader *l, int b)
{
    const ot_loader_opts *o = &l->opts;
    if (!l->cycles) return (ot__mix){ .n = images_of(l, b), .weight = 1 };
    return (ot__mix){ .n = images_of(l, b),
                      .weight = ot__mixup_weight(o->mixup, o->seed, l->epoch, b),
                      .cycles = l->cycles + (size_t)b * (size_t)o->batch };
}

int ot_loader_fill_mixed(const ot_loader *l, int b, float *x, int32_t *labels, int32_t *second,
                         float *weight)
{
    if (!second || !weight) return 0;
    const int n = ot__loader_fill(l, b, x, labels);
    if (n == 0) return 0;
    const ot__mix mix = ot__loader_mix(l, b);
    ot__mixup_images(&mix, OT_F32, x, ot__image_bytes(l->data));
    ot__mixup_labels(&mix, labels, second);
    for (int i = 0; i < n; i++)
        weight[i] = mix.weight;
    return n;
}
