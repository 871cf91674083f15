/* SPDX-License-Identifier: BSD-3-Clause
 * Each image draws a random key from (seed, index), and the images with the smallest keys are held
 * out; of equal keys the smaller index comes first.  So a larger number holds out the same images
 * and more. */
#include "data/split.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/rng.h"

ot_status ot__split_check(int n, int validation)
{
    if (validation >= 0 && validation < n) return OT_OK;
    return ot__fail(OT_EINVAL,
                    "%d images are to be held out for validation, and the training set has %d; 1 "
                    "to %d are possible, or 0 for none",
                    validation, n, n - 1);
}

int ot__split_count(int n, int validation, bool held_out)
{
    return held_out ? validation : n - validation;
}

static int ascending(const void *a, const void *b)
{
    const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* The key is in the upper half of the number and the index in the lower. */
static uint64_t keyed(uint64_t seed, int i)
{
    const ot__draw d = ot__random(seed, OT__RNG_HELD_OUT, (uint32_t)i, 0, 0, 0);
    return (uint64_t)d.word[0] << 32 | (uint32_t)i;
}

/* The images whose keyed numbers are at most `last` are held out. */
static void list(uint64_t seed, int n, uint64_t last, bool held_out, int32_t *index)
{
    for (int i = 0; i < n; i++)
        if ((keyed(seed, i) <= last) == held_out) *index++ = i;
}

ot_status ot__split_new(uint64_t seed, int n, int validation, bool held_out, int32_t **index)
{
    *index = NULL;
    if (validation == 0) return OT_OK;
    uint64_t *const key = ot__new((size_t)n, sizeof *key);
    if (!key) return OT_ENOMEM;
    for (int i = 0; i < n; i++)
        key[i] = keyed(seed, i);
    qsort(key, (size_t)n, sizeof *key, ascending);
    const uint64_t last = key[validation - 1];
    ot__free(key);
    *index = ot__new((size_t)ot__split_count(n, validation, held_out), sizeof **index);
    if (!*index) return OT_ENOMEM;
    list(seed, n, last, held_out, *index);
    return OT_OK;
}
