/* SPDX-License-Identifier: BSD-3-Clause
 * lincomb in float32.  A block of the result is summed in the first-level cache, so that every
 * operand is read from memory once and the result is written once.  The dot product <gy, x> for a
 * learnable coefficient is summed over the batch in double. */
#include <string.h>

#include "ops/attr.h"
#include "ops/kernels/block.h"
#include "ops/kernels/channels.h"
#include "base/chunks.h"
#include "ops/kernels/inline.h"
#include "ops/kernels/kernels.h"
#include "ops/kernels/moments.h"
#include "ops/kernels/stream.h"
#include "ops/kernels/sum.h"

/* The coefficient of term j. */
static float coefficient(const ot__call *c, int j)
{
    const ot__lincomb_term *term = &((const ot__lincomb_attr *)c->attr)->term[j];
    const double factor = term->factor ? *(const float *)c->x[term->factor] : 1;
    return (float)(term->value * factor);
}

/* ---- results of one call, or of several in one sweep over memory ---- */

/* Terms s*x that are added at a time. */
enum { FEW = 16 };
typedef struct terms {
    int n;
    float s[FEW];
    const float *x[FEW];
} terms;

/* A strip of STRIP numbers is summed in registers.  Each operand is prefetched AHEAD numbers in
 * advance, because the prefetcher of the CPU cannot follow so many operands at once: this saves 5 %
 * of a training step of verner89 x1 (Zen 5). */
enum { VECTOR = 8, VECTORS = 8, STRIP = VECTORS * VECTOR, LINE = 16, AHEAD = 8 * STRIP };
typedef float vector __attribute__((vector_size(VECTOR * sizeof(float)), aligned(4), may_alias));

/* sum[at ..] <- the sum of the terms; if more, it is added to what is there. */
OT__INLINE void sum_strip(const terms *t, bool more, size_t at, float *sum)
{
    vector y[VECTORS] = { { 0 } };
    OT__UNROLL
    for (int k = 0; more && k < VECTORS; k++)
        y[k] = ((const vector *)(sum + at))[k];
    for (int j = 0; j < t->n; j++) {
        const float *x = t->x[j] + at;
        OT__UNROLL
        for (int k = 0; k < STRIP; k += LINE)
            __builtin_prefetch(x + AHEAD + k);
        OT__UNROLL
        for (int k = 0; k < VECTORS; k++)
            y[k] += t->s[j] * ((const vector *)x)[k];
    }
    OT__UNROLL
    for (int k = 0; k < VECTORS; k++)
        ((vector *)(sum + at))[k] = y[k];
}

OT__CLONES
static void sum_few(const terms *t, bool more, size_t n, float *sum)
{
    size_t i = 0;
    for (; i + STRIP <= n; i += STRIP)
        sum_strip(t, more, i, sum);
    for (; i < n; i++) {
        float y = more ? sum[i] : 0;
        for (int j = 0; j < t->n; j++)
            y += t->s[j] * t->x[j][i];
        sum[i] = y;
    }
}

/* sum <- sum over j < n of of(c, j)*x[j], for one block. */
static void sum_up(const ot__call *c, int n, float (*of)(const ot__call *, int), ot__block part,
                   float sum[OT__BLOCK])
{
    for (int j = 0; j < n; j += FEW) {
        terms t = { .n = n - j < FEW ? n - j : FEW };
        for (int k = 0; k < t.n; k++) {
            t.s[k] = of(c, j + k);
            t.x[k] = (const float *)c->x[j + k] + part.at;
        }
        sum_few(&t, j > 0, part.n, sum);
    }
}

/* Computes the sums of all calls before writing any result, because y may overlap any operand. */
static void forward_block(int n, const ot__call *const call[], ot__block part,
                          float sum[][OT__BLOCK])
{
    for (int i = 0; i < n; i++)
        sum_up(call[i], ((const ot__lincomb_attr *)call[i]->attr)->n, coefficient, part, sum[i]);
    for (int i = 0; i < n; i++)
        memcpy((float *)call[i]->y + part.at, sum[i], part.n * sizeof **sum);
}

/* Pixels that a block can hold and ot__merge_pixels can sum; 0 if a pixel is larger than a
 * block. */
static size_t pixels_of_block(size_t channels)
{
    const size_t fit = OT__BLOCK / channels;
    return fit < OT__PIXELS ? fit : OT__PIXELS;
}

bool ot__lincomb_leaves_sums_f32(const ot__record *r)
{
    const ot_shape y = r->shape;
    return y.rank > 0 && pixels_of_block((size_t)y.dim[y.rank - 1]) > 0;
}

/* Merges the moments of a block of y into a slot. */
static void merge_block(double *slot, size_t pixels, size_t channels, const float *y)
{
    for (size_t i = 0; i < channels; i += OT__CHANNELS) {
        ot__moments m = { slot[0], slot + 1 + i, slot + 1 + channels + i };
        ot__merge_pixels(&m, pixels, channels, ot__channels_at(channels, i), y + i);
    }
    slot[0] += (double)pixels;
}

static void forward_chunk(int n, const ot__call *const call[], const ot__cut *pixels, size_t k,
                          size_t channels)
{
    const size_t end = ot__cut_end(pixels, (ptrdiff_t)k), step = pixels_of_block(channels);
    float sum[OT__MOST_FUSED][OT__BLOCK];
    for (int i = 0; i < n; i++)
        if (call[i]->y_sums) ot__clear_slot(ot__sums_slot(call[i]->y_sums, k, channels), channels);
    for (size_t p = ot__cut_begin(pixels, (ptrdiff_t)k); p < end; p += step) {
        const size_t few = end - p < step ? end - p : step;
        forward_block(n, call, (ot__block){ p * channels, few * channels }, sum);
        for (int i = 0; i < n; i++)
            if (call[i]->y_sums)
                merge_block(ot__sums_slot(call[i]->y_sums, k, channels), few, channels, sum[i]);
    }
}

/* The results of all calls, and the moments of those that ask for y_sums. */
static void forward_with_moments(int n, const ot__call *const call[])
{
    const ot_shape y = call[0]->ys;
    const size_t channels = (size_t)y.dim[y.rank - 1];
    const ot__cut pixels =
        ot__cut_images(call[0]->share, ot__images(y), ot__elements(y) / channels);
    for (int i = 0; i < n; i++)
        if (call[i]->y_sums) call[i]->y_sums[0] = pixels.chunks;
    OT__PARALLEL_FOR
    for (ptrdiff_t k = 0; k < pixels.chunks; k++)
        forward_chunk(n, call, &pixels, (size_t)k, channels);
}

void ot__lincomb_fused_f32(int n, const ot__call *const call[])
{
    const size_t elements = ot__elements(call[0]->ys);
    bool moments = false;
    for (int i = 0; i < n; i++)
        moments |= call[i]->y_sums != NULL;
    if (moments) {
        forward_with_moments(n, call);
        return;
    }
    OT__PARALLEL_FOR
    for (ptrdiff_t b = 0; b < ot__blocks(elements); b++) {
        float sum[OT__MOST_FUSED][OT__BLOCK];
        forward_block(n, call, ot__block_of(elements, b), sum);
    }
}

void ot__lincomb_forward_f32(const ot__call *c)
{
    ot__lincomb_fused_f32(1, &c);
}

/* ---- weighted sums of gradients, for ot__kernels.weighted_sums ---- */

static float multiple(const ot__call *c, int k)
{
    return (float)((const double *)c->attr)[k];
}

static void write_sums(int n, const ot__call *const call[], ot__block part, float sum[][OT__BLOCK])
{
    for (int i = 0; i < n; i++)
        sum_up(call[i], call[i]->n_in, multiple, part, sum[i]);
    for (int i = 0; i < n; i++)
        if (call[i]->add[0])
            ot__deliver_scaled(part.n, (float *)call[i]->y + part.at, true, 1, sum[i]);
        else
            ot__stream_out(part.n, (float *)call[i]->y + part.at, sum[i]);
    ot__stream_end();
}

/* Whether y is the only operand, with coefficient 1. */
static bool changes_nothing(const ot__call *c)
{
    return c->n_in == 1 && *(const double *)c->attr == 1 && c->x[0] == c->y && !c->add[0];
}

void ot__lincomb_weighted_sums_f32(int n, const ot__call *const call[])
{
    const size_t elements = ot__elements(call[0]->ys);
    if (n == 1 && changes_nothing(call[0])) return;
    OT__PARALLEL_FOR
    for (ptrdiff_t b = 0; b < ot__blocks(elements); b++) {
        float sum[OT__MOST_FUSED][OT__BLOCK];
        write_sums(n, call, ot__block_of(elements, b), sum);
    }
}

/* ---- backward ---- */

/* Gradients of one block.  Its dot products, one per learnable factor, are added to slot. */
OT__CLONES
static void backward_block(const ot__call *c, ot__block part, double *slot)
{
    const ot__lincomb_attr *a = c->attr;
    float g[OT__BLOCK]; /* a copy, because gx may overlap gy */
    memcpy(g, (const float *)c->gy + part.at, part.n * sizeof *g);
    for (int j = 0; j < a->n; j++) {
        const int factor = a->term[j].factor;
        if (factor && c->gx[factor])
            slot[factor - a->n] += ot__dot(part.n, g, (const float *)c->x[j] + part.at);
        if (c->gx[j])
            ot__deliver_scaled(part.n, (float *)c->gx[j] + part.at, c->add[j], coefficient(c, j),
                               g);
    }
}

/* The gradients of the elements of a chunk. */
static void backward_chunk(const ot__call *c, const ot__cut *elements, ptrdiff_t k, size_t factors)
{
    double *const slot = (double *)c->scratch + (size_t)k * factors;
    const size_t end = ot__cut_end(elements, k);
    for (size_t i = 0; i < factors; i++)
        slot[i] = 0;
    for (size_t at = ot__cut_begin(elements, k); at < end; at += OT__BLOCK)
        backward_block(c, (ot__block){ at, end - at < OT__BLOCK ? end - at : OT__BLOCK }, slot);
}

void ot__lincomb_backward_f32(const ot__call *c)
{
    const ot__lincomb_attr *a = c->attr;
    const ot__cut elements = ot__cut_images(c->share, ot__images(c->ys), ot__elements(c->ys));
    const size_t factors = (size_t)(c->n_in - a->n);
    double *const dot = c->scratch;
    OT__PARALLEL_FOR
    for (ptrdiff_t k = 0; k < elements.chunks; k++)
        backward_chunk(c, &elements, k, factors);
    ot__add_chunks(&elements, factors, factors, dot);
    for (int j = 0; j < a->n; j++) {
        const int factor = a->term[j].factor;
        if (!factor || !c->gx[factor]) continue;
        float *gx = c->gx[factor];
        *gx = (float)(a->term[j].value * dot[factor - a->n] + (c->add[factor] ? *gx : 0));
    }
}

size_t ot__lincomb_scratch_f32(const ot__record *r, const ot_shape *x, int batch, int threads)
{
    (void)x, (void)batch, (void)threads;
    const int factors = r->n_in - ((const ot__lincomb_attr *)r->attr)->n;
    return (size_t)factors * OT__MOST_CHUNKS * sizeof(double);
}
