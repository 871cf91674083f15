/* SPDX-License-Identifier: BSD-3-Clause
 * Identifies a data set by its contents, whatever its name and path: the fingerprint of its labels
 * and images, and the mean and deviation of its training images.
 *
 * Sums of bytes and of their squares are whole numbers, so they are the same at any number of
 * threads.  Mean and deviation are computed from these exact sums and rounded once.  Two sets are
 * recognised by their fingerprint and keep the numbers that earlier versions used for them. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <xxhash.h>

#include "base/memory.h"
#include "base/normalisation.h"
#include "base/parallel.h"
#include "data/image32.h"

__extension__ typedef unsigned __int128 uint128;

/* Fingerprints of training images that are normalised with the usual numbers of CIFAR-10. */
static const char *const usual[] = {
    "50811388411b55dce23427752189d57b", /* CIFAR-10 */
    "bcf5d5657119ea5941307bd6ca92d918", /* the built-in set, written as files */
};

enum { CHUNKS = 64 };

/* ---- fingerprint ---- */

/* Images of CIFAR-10's size, which all were at first, are hashed without their size. */
static void add_size(const ot_dataset *d, XXH3_state_t *state)
{
    const uint32_t size[] = { (uint32_t)d->height, (uint32_t)d->width, (uint32_t)d->channels };
    uint8_t bytes[12];
    if (ot__is_image32(d->height, d->width, d->channels)) return;
    for (int i = 0; i < 12; i++)
        bytes[i] = (uint8_t)(size[i / 4] >> 8 * (i % 4));
    XXH3_128bits_update(state, bytes, sizeof bytes);
}

static ot_status set_fingerprint(ot_dataset *d)
{
    void *labels;
    size_t size;
    OT_TRY(ot__dataset_labels(d, &labels, &size));
    XXH3_state_t *const state = XXH3_createState();
    if (state) {
        XXH3_128bits_reset(state);
        add_size(d, state);
        XXH3_128bits_update(state, labels, size);
        XXH3_128bits_update(state, d->image, (size_t)d->count * ot__image_bytes(d));
        const XXH128_hash_t hash = XXH3_128bits_digest(state);
        snprintf(d->fingerprint, sizeof d->fingerprint, "%016llx%016llx",
                 (unsigned long long)hash.high64, (unsigned long long)hash.low64);
    }
    ot__free(labels);
    XXH3_freeState(state);
    return state ? OT_OK : OT_ENOMEM;
}

const char *ot_dataset_fingerprint(const ot_dataset *d)
{
    return d ? d->fingerprint : "";
}

/* ---- mean and deviation ---- */

typedef struct sums {
    uint64_t bytes[OT_MOST_CHANNELS], squares[OT_MOST_CHANNELS];
} sums;

static void add_image(const ot_dataset *d, int i, sums *s)
{
    const uint8_t *v = ot_dataset_image(d, i), *const end = v + ot__image_bytes(d);
    for (; v < end; v += d->channels)
        for (int c = 0; c < d->channels; c++) {
            s->bytes[c] += v[c];
            s->squares[c] += (uint64_t)v[c] * v[c];
        }
}

static sums sum_up(const ot_dataset *d)
{
    sums part[CHUNKS] = { 0 }, all = { 0 };
    const int size = ot__chunks((size_t)d->count, CHUNKS);
    OT__PARALLEL_FOR
    for (int k = 0; k < CHUNKS; k++) {
        sums own = { 0 };
        for (long i = (long)k * size; i < (long)(k + 1) * size && i < d->count; i++)
            add_image(d, (int)i, &own);
        part[k] = own;
    }
    for (int k = 0; k < CHUNKS; k++)
        for (int c = 0; c < d->channels; c++) {
            all.bytes[c] += part[k].bytes[c];
            all.squares[c] += part[k].squares[c];
        }
    return all;
}

/* For n values with sum s and sum of squares q, the mean is s/n and the variance (nq - s^2)/n^2. */
ot_normalisation ot__normalisation_of(const ot_dataset *d)
{
    const sums s = sum_up(d);
    const uint64_t n = (uint64_t)d->count * (uint64_t)d->height * (uint64_t)d->width;
    const double scale = 255.0 * (double)n;
    ot_normalisation out = { .channels = d->channels };
    for (int c = 0; c < d->channels; c++) {
        const uint128 spread = (uint128)n * s.squares[c] - (uint128)s.bytes[c] * s.bytes[c];
        out.mean[c] = (float)((double)s.bytes[c] / scale);
        out.deviation[c] = spread > 0 ? (float)(sqrt((double)spread) / scale) : 1.0f;
    }
    return out;
}

static bool has_usual_numbers(const ot_dataset *d)
{
    for (size_t i = 0; i < sizeof usual / sizeof usual[0]; i++)
        if (strcmp(d->fingerprint, usual[i]) == 0) return true;
    return false;
}

ot_status ot__dataset_identify(ot_dataset *d, ot_split split)
{
    OT_TRY(set_fingerprint(d));
    if (split == OT_SPLIT_TRAIN && d->normalisation.channels == 0)
        d->normalisation =
            has_usual_numbers(d) ? ot__normalisation_cifar10 : ot__normalisation_of(d);
    return OT_OK;
}
