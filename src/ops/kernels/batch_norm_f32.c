/* SPDX-License-Identifier: BSD-3-Clause
 * batch_norm in float32 (Ioffe and Szegedy 2015).  Forward makes one pass over x for the statistics
 * and one that normalises.  Backward makes one pass over (gy, x) for two sums and one for gx.
 *
 * The statistics are accurate even if |mean| is much larger than the standard deviation.  In a
 * block of pixels the first pixel is subtracted from all.  The differences d are about as large as
 * the standard deviation, so float sums of d and d*d are accurate enough.  Blocks are merged in
 * double (Chan, Golub and LeVeque 1979).  The mean is stored as a float m plus a small remainder,
 * because m alone would be rounded too much.  x - m is computed first; the remainder is part of
 * shift and rest.
 *
 * The sums over the batch are two doubles per channel and chunk (chunks.h).  If the ops next to
 * batch norm have already written such sums (x_sums, gy_sums in autograd/op.h), the passes for the
 * sums are not needed. */
#include <math.h>
#include <string.h>

#include "ops/attr.h"
#include "ops/kernels/block.h"
#include "ops/kernels/channels.h"
#include "base/chunks.h"
#include "ops/kernels/kernels.h"
#include "ops/kernels/moments.h"

enum { PART = 1024 /* pixels that a thread works on at a time */ };

/* The sizes of a call, with tensors as (pixels, channels), and the parts of saved and scratch
 * memory.  The arrays of floats have one number per channel. */
typedef struct frame {
    size_t pixels, channels;
    bool apart;  /* the statistics are those of this process's images (ot__share) */
    ot__cut cut; /* of the pixels that the statistics are of */
    ptrdiff_t parts;
    float *m, *remainder;       /* saved: the mean is m + remainder */
    float *r;                   /* saved: 1/sqrt(var + eps) */
    float *scale, *shift;       /* saved: y = scale*(x - m) + shift */
    float *pass, *cross, *rest; /* saved: gx = pass*gy + cross*(x - m) + rest */
    double *slots;      /* scratch: (chunks, slot); a slot is laid out as those of ot__sums_slot */
    size_t slot;        /* numbers of a slot */
    double n;           /* pixels that the statistics are of */
    float *gate, *open; /* scratch: gy counts where gate*(x - m) + open > 0, else it is 0 */
} frame;

static size_t slot_of(size_t channels)
{
    return 1 + 2 * channels;
}

size_t ot__batch_norm_scratch_f32(const ot__record *r, const ot_shape *x, int batch, int threads)
{
    (void)r, (void)batch, (void)threads;
    const size_t channels = (size_t)x[OT__BN_GAMMA].dim[0];
    return OT__MOST_CHUNKS * slot_of(channels) * sizeof(double) + 2 * channels * sizeof(float);
}

static frame frame_of(const ot__call *c)
{
    const size_t channels = (size_t)c->xs[OT__BN_GAMMA].dim[0];
    frame f = { .pixels = ot__elements(c->ys) / channels,
                .channels = channels,
                .slot = slot_of(channels),
                .apart = c->share && c->share->apart };
    f.cut = ot__cut_images(c->share, c->ys.dim[0], f.pixels);
    if (f.apart) f.cut.share = NULL;
    f.n = f.apart ? (double)f.pixels : ot__of_whole_batch(c->share, c->ys.dim[0], (double)f.pixels);
    f.parts = ot__chunks(f.pixels, PART);
    f.m = c->saved;
    f.remainder = f.m + OT__BN_REMAINDER * channels;
    f.r = f.m + OT__BN_R * channels;
    f.scale = f.m + OT__BN_SCALE * channels;
    f.shift = f.m + OT__BN_SHIFT * channels;
    f.pass = f.m + OT__BN_PASS * channels;
    f.cross = f.m + OT__BN_CROSS * channels;
    f.rest = f.m + OT__BN_REST * channels;
    f.slots = c->scratch;
    f.gate = (float *)(f.slots + OT__MOST_CHUNKS * f.slot);
    f.open = f.gate + channels;
    return f;
}

/* Pixels of the block or part that begins at pixel `at`: `most`, or fewer before `end`. */
static size_t pixels_at(size_t end, size_t at, size_t most)
{
    return end - at < most ? end - at : most;
}

/* ---- statistics ---- */

/* Writes the moments of a chunk to its slot. */
static void moments_of_chunk(const frame *f, const float *x, ptrdiff_t chunk)
{
    double *const slot = f->slots + (size_t)chunk * f->slot;
    const size_t begin = ot__cut_begin(&f->cut, chunk), end = ot__cut_end(&f->cut, chunk);
    ot__clear_slot(slot, f->channels);
    slot[0] = (double)(end - begin);
    for (size_t i = 0; i < f->channels; i += OT__CHANNELS) {
        const size_t width = ot__channels_at(f->channels, i);
        ot__moments m = { 0, slot + 1 + i, slot + 1 + f->channels + i };
        for (size_t p = begin; p < end; p += OT__PIXELS)
            ot__merge_pixels(&m, pixels_at(end, p, OT__PIXELS), f->channels, width,
                             x + p * f->channels + i);
    }
}

/* Merges a slot with the moments of some chunks into another one (ot__merge of base/chunks.h). */
static void merge_slots(size_t width, void *to, const void *from)
{
    const size_t channels = (width - 1) / 2;
    double *const a = to;
    const double *const b = from;
    ot__moments m = { a[0], a + 1, a + 1 + channels };
    ot__merge_moments(&m, channels, b[0], b + 1, b + 1 + channels);
    a[0] = m.n;
}

/* Copies the slots of sums that another op has written, because several may read them. */
static void copy_slots(const double *sums, const frame *f)
{
    memcpy(f->slots, sums + 1, (size_t)sums[0] * f->slot * sizeof *sums);
}

/* The moments of the images of the statistics, from x or from the sums that the producer of x has
 * written. */
static ot__moments batch_moments(const ot__call *c, const frame *f)
{
    ot__clear_slot(f->slots, f->channels); /* a process may have no images */
    if (c->x_sums) {
        copy_slots(c->x_sums, f);
    } else {
        OT__PARALLEL_FOR
        for (ptrdiff_t k = 0; k < f->cut.chunks; k++)
            moments_of_chunk(f, c->x[OT__BN_X], k);
    }
    ot__combine_chunks(&f->cut, sizeof *f->slots, f->slot, f->slot, f->slots, merge_slots);
    return (ot__moments){ f->slots[0], f->slots + 1, f->slots + 1 + f->channels };
}

static void update_running(float *running, double momentum, double to)
{
    *running = (float)(*running + momentum * (to - *running));
}

/* Sets mean and r of channel i; in training also updates the running statistics. */
static void set_channel(const ot__call *c, const frame *f, const ot__moments *all, size_t i)
{
    const ot__batch_norm_attr *a = c->attr;
    float *running_mean = (float *)c->x[OT__BN_MEAN] + i,
          *running_var = (float *)c->x[OT__BN_VAR] + i;
    double mean = *running_mean, var = *running_var;
    if (!c->evaluate && all->n > 0) {
        mean = all->mean[i];
        var = all->squares[i] / all->n;
        update_running(running_mean, a->momentum, mean);
        update_running(running_var, a->momentum, all->n > 1 ? all->squares[i] / (all->n - 1) : 0);
    }
    f->m[i] = (float)mean;
    f->remainder[i] = (float)(mean - (double)f->m[i]);
    f->r[i] = (float)(1 / sqrt(var + a->eps));
}

/* ---- the result ---- */

OT__CLONES
static void normalise_pixels(const frame *f, size_t at, const float *x, float *y)
{
    const size_t end = at + pixels_at(f->pixels, at, PART), channels = f->channels;
    const float *m = f->m, *scale = f->scale, *shift = f->shift;
    for (size_t p = at * channels; p < end * channels; p += channels)
#pragma omp simd
        for (size_t i = 0; i < channels; i++)
            y[p + i] = scale[i] * (x[p + i] - m[i]) + shift[i];
}

/* The numbers per channel that the result is computed with. */
static void set_channels(const ot__call *c, const frame *f)
{
    const float *gamma = c->x[OT__BN_GAMMA], *beta = c->x[OT__BN_BETA];
    const ot__moments all = c->evaluate ? (ot__moments){ 0 } : batch_moments(c, f);
    for (size_t i = 0; i < f->channels; i++) {
        set_channel(c, f, &all, i);
        f->scale[i] = gamma[i] * f->r[i];
        f->shift[i] = beta[i] - f->scale[i] * f->remainder[i];
    }
}

void ot__batch_norm_forward_f32(const ot__call *c)
{
    const frame f = frame_of(c);
    if (!c->replay) set_channels(c, &f);
    if (!c->y) return; /* the result is not stored: its readers compute it from x */
    OT__PARALLEL_FOR
    for (ptrdiff_t k = 0; k < f.parts; k++)
        normalise_pixels(&f, (size_t)k * PART, c->x[OT__BN_X], c->y);
}

/* ---- backward ---- */

/* Sets the condition gate*(x - m) + open > 0 for the elements of gy that count.  If the result was
 * read through a ReLU, these are the elements that the ReLU passed, unless the step that wrote
 * gy_sums has already set the others to 0.  In all other cases every element counts. */
static void set_gate(const ot__call *c, const frame *f)
{
    const bool masked = c->through_relu && !c->gy_sums;
    for (size_t i = 0; i < f->channels; i++) {
        f->gate[i] = masked ? f->scale[i] : 0;
        f->open[i] = masked ? f->shift[i] : 1;
    }
}

/* Adds sum gy and sum gy*(x - m) of pixels p .. p+n-1 to a slot, for the block of channels at i. */
OT__CLONES
static void add_block(const frame *f, const float *gy, const float *x, size_t p, size_t n, size_t i,
                      double *slot)
{
    const size_t width = ot__channels_at(f->channels, i), stride = f->channels;
    const float *m = f->m + i, *gate = f->gate + i, *open = f->open + i;
    float sum[OT__CHANNELS] = { 0 }, sum_x[OT__CHANNELS] = { 0 };
    for (size_t at = p * stride + i; at < (p + n) * stride; at += stride)
#pragma omp simd
        for (size_t k = 0; k < width; k++) {
            const float d = x[at + k] - m[k], all = gy[at + k];
            const float g = gate[k] * d + open[k] > 0 ? all : 0;
            sum[k] += g;
            sum_x[k] += g * d;
        }
    for (size_t k = 0; k < width; k++) {
        slot[1 + i + k] += (double)sum[k];
        slot[1 + stride + i + k] += (double)sum_x[k];
    }
}

static void add_chunk(const frame *f, const float *gy, const float *x, ptrdiff_t chunk)
{
    double *const slot = f->slots + (size_t)chunk * f->slot;
    const size_t end = ot__cut_end(&f->cut, chunk);
    ot__clear_slot(slot, f->channels);
    for (size_t i = 0; i < f->channels; i += OT__CHANNELS)
        for (size_t p = ot__cut_begin(&f->cut, chunk); p < end; p += OT__PIXELS)
            add_block(f, gy, x, p, pixels_at(end, p, OT__PIXELS), i, slot);
}

/* Computes sum gy and sum gy*(x - m) of the images of the statistics in the first slot, from gy and
 * x or from the sums that the reader of the result has written. */
static void batch_sums(const ot__call *c, const frame *f)
{
    ot__clear_slot(f->slots, f->channels);
    if (c->gy_sums) {
        copy_slots(c->gy_sums, f);
    } else {
        OT__PARALLEL_FOR
        for (ptrdiff_t k = 0; k < f->cut.chunks; k++)
            add_chunk(f, c->gy, c->x[OT__BN_X], k);
    }
    ot__add_chunks(&f->cut, f->slot, f->slot, f->slots);
}

static void deliver(const ot__call *c, int k, size_t i, double derivative)
{
    float *g = c->gx[k];
    if (g) g[i] = (float)(derivative + (c->add[k] ? (double)g[i] : 0));
}

/* Replaces the sums of each channel, of which the second becomes that of gy*z: z = r (x - mean). */
static void finish_sums(const frame *f)
{
    double *const sum = f->slots + 1, *const sum_z = sum + f->channels;
    for (size_t i = 0; i < f->channels; i++)
        sum_z[i] = (double)f->r[i] * (sum_z[i] - (double)f->remainder[i] * sum[i]);
}

/* Sets the coefficients of gx of channel i. */
static void set_coefficients(const ot__call *c, const frame *f, size_t i)
{
    const double r = f->r[i], rest = f->remainder[i], n = f->n;
    const double sum = f->slots[1 + i], sum_z = f->slots[1 + f->channels + i];
    const double scale = ((const float *)c->x[OT__BN_GAMMA])[i] * r;
    const double cross = c->evaluate ? 0 : -scale * r * sum_z / n;
    f->pass[i] = (float)scale;
    f->cross[i] = (float)cross;
    f->rest[i] = (float)(c->evaluate ? 0 : -scale * sum / n - cross * rest);
}

/* Delivers ggamma and gbeta, which are sums over the whole batch in any case. */
static void deliver_sums(const ot__call *c, const frame *f)
{
    double *const sum = f->slots + 1, *const sum_z = sum + f->channels;
    if (f->apart) ot__comm_add_reals(sum, 2 * f->channels); /* if that fails, the run does */
    for (size_t i = 0; i < f->channels; i++) {
        deliver(c, OT__BN_GAMMA, i, sum_z[i]);
        deliver(c, OT__BN_BETA, i, sum[i]);
    }
}

/* One element of gx, channel i. */
static inline float element(const frame *f, size_t i, float x, float gy)
{
    const float d = x - f->m[i];
    const float g = f->gate[i] * d + f->open[i] > 0 ? gy : 0;
    return f->pass[i] * g + f->cross[i] * d + f->rest[i];
}

OT__CLONES
static void deliver_pixels(frame f, size_t at, const float *gy, const float *x, float *gx,
                           bool add_to)
{
    const size_t end = at + pixels_at(f.pixels, at, PART), channels = f.channels;
    for (size_t p = at * channels; p < end * channels; p += channels) {
        if (add_to) {
#pragma omp simd
            for (size_t i = 0; i < channels; i++)
                gx[p + i] += element(&f, i, x[p + i], gy[p + i]);
        } else {
#pragma omp simd
            for (size_t i = 0; i < channels; i++)
                gx[p + i] = element(&f, i, x[p + i], gy[p + i]);
        }
    }
}

void ot__batch_norm_backward_f32(const ot__call *c)
{
    const frame f = frame_of(c);
    set_gate(c, &f);
    batch_sums(c, &f);
    finish_sums(&f);
    for (size_t i = 0; i < f.channels; i++)
        set_coefficients(c, &f, i);
    deliver_sums(c, &f);
    if (!c->gx[OT__BN_X]) return;
    OT__PARALLEL_FOR
    for (ptrdiff_t k = 0; k < f.parts; k++)
        deliver_pixels(f, (size_t)k * PART, c->gy, c->x[OT__BN_X], c->gx[OT__BN_X],
                       c->add[OT__BN_X]);
}
