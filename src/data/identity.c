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

#include "base/normalisation.h"
#include "base/parallel.h"
#include "data/dataset.h"

__extension__ typedef unsigned __int128 uint128;

/* Fingerprints of training images that are normalised with the usual numbers of CIFAR-10. */
static const char *const usual[] = {
    "50811388411b55dce23427752189d57b", /* CIFAR-10 */
    "bcf5d5657119ea5941307bd6ca92d918", /* the built-in set, written as files */
};

enum { CHUNKS = 64, PIXELS = OT__SIDE * OT__SIDE };

/* ---- fingerprint ---- */

static ot_status set_fingerprint(ot_dataset *d)
{
    const size_t n = (size_t)d->count;
    XXH3_state_t *const state = XXH3_createState();
    if (!state) return OT_ENOMEM;
    XXH3_128bits_reset(state);
    XXH3_128bits_update(state, d->label, n * sizeof *d->label);
    XXH3_128bits_update(state, d->image, n * sizeof *d->image);
    const XXH128_hash_t hash = XXH3_128bits_digest(state);
    XXH3_freeState(state);
    snprintf(d->fingerprint, sizeof d->fingerprint, "%016llx%016llx",
             (unsigned long long)hash.high64, (unsigned long long)hash.low64);
    return OT_OK;
}

const char *ot_dataset_fingerprint(const ot_dataset *d)
{
    return d ? d->fingerprint : "";
}

/* ---- mean and deviation ---- */

typedef struct sums {
    uint64_t bytes[OT__CHANNELS], squares[OT__CHANNELS];
} sums;

static void add_image(const ot__image *image, sums *s)
{
    const uint8_t *const v = &image->at[0][0][0];
    uint32_t bytes[OT__CHANNELS] = { 0 }, squares[OT__CHANNELS] = { 0 };
    for (int i = 0; i < PIXELS; i++)
        for (int c = 0; c < OT__CHANNELS; c++) {
            const uint32_t value = v[i * OT__CHANNELS + c];
            bytes[c] += value;
            squares[c] += value * value;
        }
    for (int c = 0; c < OT__CHANNELS; c++) {
        s->bytes[c] += bytes[c];
        s->squares[c] += squares[c];
    }
}

static sums sum_up(const ot__image *image, int count)
{
    sums part[CHUNKS] = { 0 }, all = { 0 };
    const int size = (count + CHUNKS - 1) / CHUNKS;
    OT__PARALLEL_FOR
    for (int k = 0; k < CHUNKS; k++)
        for (int i = k * size; i < (k + 1) * size && i < count; i++)
            add_image(&image[i], &part[k]);
    for (int k = 0; k < CHUNKS; k++)
        for (int c = 0; c < OT__CHANNELS; c++) {
            all.bytes[c] += part[k].bytes[c];
            all.squares[c] += part[k].squares[c];
        }
    return all;
}

/* For n values with sum s and sum of squares q, the mean is s/n and the variance (nq - s^2)/n^2. */
ot_normalisation ot__normalisation_of(const ot__image *image, int count)
{
    const sums s = sum_up(image, count);
    const uint64_t n = (uint64_t)count * PIXELS;
    const double scale = 255.0 * (double)n;
    ot_normalisation out = { .channels = OT__CHANNELS };
    for (int c = 0; c < OT__CHANNELS; c++) {
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
        d->normalisation = has_usual_numbers(d) ? ot__normalisation_cifar10
                                                : ot__normalisation_of(d->image, d->count);
    return OT_OK;
}
