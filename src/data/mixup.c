/* SPDX-License-Identifier: BSD-3-Clause
 * Mixes the images of a batch in place.  A permutation is a word of its cycles, each written from
 * its largest number on, in the order of these; so every order of the numbers 0..n-1 is one
 * permutation (Foata's correspondence; Stanley, Enumerative Combinatorics 1, section 1.3).  Along a
 * cycle each image is mixed with the next one, which has not changed yet.  Only the first image of
 * a cycle has to be remembered for the last one. */
#include "data/mixup.h"

#include <string.h>

#include "base/beta.h"
#include "base/parallel.h"

enum { PIECE = 64 }; /* numbers of every image that a thread mixes at a time */

/* The third word of the counter; 0 and 1 belong to the weight. */
enum { DRAW_PERMUTATION = 2 };

float ot__mixup_weight(double alpha, uint64_t seed, int epoch, int batch)
{
    return (float)ot__beta_number(alpha, alpha, seed, OT__RNG_MIXUP, (uint32_t)epoch,
                                  (uint32_t)batch);
}

/* Shuffles 0..n-1 (Fisher and Yates). */
void ot__mixup_permute(uint64_t seed, int epoch, int batch, int n, int32_t *cycles)
{
    for (int i = 0; i < n; i++) {
        const ot__draw draw = ot__random(seed, OT__RNG_MIXUP, (uint32_t)epoch, (uint32_t)batch,
                                         DRAW_PERMUTATION, (uint32_t)i);
        const int at = (int)ot__below(draw.word[0], (uint32_t)i + 1);
        cycles[i] = cycles[at];
        cycles[at] = i;
    }
}

/* p(cycles[k]).  *start is where the cycle of the place before k starts, and becomes that of k;
 * 0 for k = 0. */
static int partner(const ot__mix *mix, int k, int *start)
{
    const int32_t *const c = mix->cycles;
    if (c[k] > c[*start]) *start = k;
    const bool last = k + 1 == mix->n || c[k + 1] > c[*start];
    return c[last ? *start : k + 1];
}

void ot__mixup_labels(const ot__mix *mix, const int32_t *labels, int32_t *second)
{
    if (!mix->cycles) memcpy(second, labels, (size_t)mix->n * sizeof *second);
    for (int k = 0, start = 0; mix->cycles && k < mix->n; k++)
        second[mix->cycles[k]] = labels[partner(mix, k, &start)];
}

/* x <- w x + (1 - w) y */
static void blend_f32(float w, void *x, const void *y, size_t n)
{
    const float rest = 1 - w;
    for (size_t i = 0; i < n; i++)
        ((float *)x)[i] = w * ((float *)x)[i] + rest * ((const float *)y)[i];
}

static void blend_f64(float w, void *x, const void *y, size_t n)
{
    const double weight = (double)w, rest = 1 - weight;
    for (size_t i = 0; i < n; i++)
        ((double *)x)[i] = weight * ((double *)x)[i] + rest * ((const double *)y)[i];
}

static const struct {
    size_t size;
    void (*blend)(float w, void *x, const void *y, size_t n);
} kinds[] = { [OT_F32] = { sizeof(float), blend_f32 }, [OT_F64] = { sizeof(double), blend_f64 } };

/* Mixes numbers from, ..., from + n - 1 of all images; n is at most PIECE. */
static void mix_piece(const ot__mix *mix, ot_dtype dtype, char *x, size_t numbers, size_t from,
                      size_t n)
{
    const size_t size = kinds[dtype].size;
    double first[PIECE]; /* or as many floats */
    for (int k = 0, start = 0; k < mix->n; k++) {
        const int with = partner(mix, k, &start);
        char *const at = x + ((size_t)mix->cycles[k] * numbers + from) * size;
        if (start == k) memcpy(first, at, n * size);
        kinds[dtype].blend(mix->weight, at,
                           with == mix->cycles[start] ? (const char *)first
                                                      : x + ((size_t)with * numbers + from) * size,
                           n);
    }
}

void ot__mixup_images(const ot__mix *mix, ot_dtype dtype, void *x, size_t numbers)
{
    if (!mix->cycles) return;
    OT__PARALLEL_FOR
    for (int piece = 0; piece < ot__chunks(numbers, PIECE); piece++) {
        const size_t from = (size_t)piece * PIECE, left = numbers - from;
        mix_piece(mix, dtype, x, numbers, from, left < PIECE ? left : PIECE);
    }
}
