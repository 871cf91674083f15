/* SPDX-License-Identifier: BSD-3-Clause
 * Normalises the channels of every pixel.  The sums over channels are in double, in LANES parts
 * that are added in order, so vectors of any width give the same bits.  The gradients of gamma and
 * beta are sums over the batch. */
#include "ops/kernels/norm_of_pixels.h"

#include <math.h>

#include "ops/kernels/block.h"
#include "base/chunks.h"
#include "ops/normalise.h"

enum { PIXELS = 256 /* that one thread computes at a time in forward */, LANES = 8 };

/* A call, and the parts of its saved memory. */
typedef struct frame {
    size_t pixels, channels;
    bool centred;
    double eps;
    const float *gamma, *beta;
    float *m, *rest, *r; /* saved: per pixel */
    ot__cut cut;         /* of the pixels */
    double *slots;       /* scratch: per chunk two sums per channel */
} frame;

static frame frame_of(const ot__call *c, bool centred)
{
    const size_t channels = ot__elements(c->xs[OT__NORM_GAMMA]);
    frame f = { .pixels = ot__elements(c->ys) / channels,
                .channels = channels,
                .centred = centred,
                .eps = ((const ot__norm_attr *)c->attr)->eps,
                .gamma = c->x[OT__NORM_GAMMA],
                .beta = c->x[OT__NORM_BETA],
                .slots = c->scratch };
    f.cut = ot__cut_images(c->share, ot__images(c->ys), f.pixels);
    f.m = (float *)c->saved + OT__NORM_M * f.pixels;
    f.rest = (float *)c->saved + OT__NORM_REST * f.pixels;
    f.r = (float *)c->saved + OT__NORM_R * f.pixels;
    return f;
}

size_t ot__pixels_scratch_f32(const ot_shape *x)
{
    return OT__MOST_CHUNKS * 2 * ot__elements(x[OT__NORM_GAMMA]) * sizeof(double);
}

static double total(const double lane[LANES])
{
    double sum = 0;
    for (int k = 0; k < LANES; k++)
        sum += lane[k];
    return sum;
}

/* ---- forward ---- */

OT__CLONES
static double sum_of(size_t n, const float *x)
{
    double lane[LANES] = { 0 };
    size_t i = 0;
    for (; i + LANES <= n; i += LANES)
        for (int k = 0; k < LANES; k++)
            lane[k] += (double)x[i + (size_t)k];
    for (int k = 0; i < n; i++, k++)
        lane[k] += (double)x[i];
    return total(lane);
}

/* The sum of (x - mean)^2. */
OT__CLONES
static double squares_of(size_t n, const float *x, double mean)
{
    double lane[LANES] = { 0 };
    size_t i = 0;
    for (; i + LANES <= n; i += LANES)
        for (int k = 0; k < LANES; k++) {
            const double d = (double)x[i + (size_t)k] - mean;
            lane[k] += d * d;
        }
    for (int k = 0; i < n; i++, k++)
        lane[k] += ((double)x[i] - mean) * ((double)x[i] - mean);
    return total(lane);
}

static void measure_pixel(const frame *f, const float *x, size_t p)
{
    const double n = (double)f->channels, mean = f->centred ? sum_of(f->channels, x) / n : 0;
    const double squares = squares_of(f->channels, x, mean);
    f->m[p] = (float)mean;
    f->rest[p] = (float)(mean - (double)f->m[p]);
    f->r[p] = (float)(1 / sqrt((f->centred ? squares / n : squares) + f->eps));
}

static void normalise_pixel(const frame *f, const float *x, size_t p, float *y)
{
    const float m = f->m[p], rest = f->rest[p], r = f->r[p];
    const float *gamma = f->gamma, *beta = f->beta;
#pragma omp simd
    for (size_t i = 0; i < f->channels; i++)
        y[i] = gamma[i] * ((x[i] - m - rest) * r) + beta[i];
}

void ot__pixels_forward_f32(const ot__call *c, bool centred)
{
    const frame f = frame_of(c, centred);
    OT__PARALLEL_FOR
    for (ptrdiff_t part = 0; part < ot__chunks(f.pixels, PIXELS); part++)
        for (size_t p = (size_t)part * PIXELS; p < (size_t)(part + 1) * PIXELS && p < f.pixels;
             p++) {
            const float *x = (const float *)c->x[OT__NORM_X] + p * f.channels;
            measure_pixel(&f, x, p);
            normalise_pixel(&f, x, p, (float *)c->y + p * f.channels);
        }
}

/* ---- backward ---- */

/* Two sums over the channels of a pixel: of g = gamma*gy, and of g*z. */
typedef struct sums {
    double g, gz;
} sums;

OT__CLONES
static sums sums_of(const frame *f, const float *x, const float *gy, size_t p)
{
    const float m = f->m[p], rest = f->rest[p], r = f->r[p];
    const float *gamma = f->gamma;
    double of_g[LANES] = { 0 }, of_gz[LANES] = { 0 };
    for (size_t i = 0; i < f->channels; i += LANES)
        for (size_t k = 0; k < LANES && i + k < f->channels; k++) {
            const float g = gamma[i + k] * gy[i + k];
            of_g[k] += (double)g;
            of_gz[k] += (double)(g * ((x[i + k] - m - rest) * r));
        }
    return (sums){ total(of_g), total(of_gz) };
}

static void deliver_pixel(const frame *f, const float *x, const float *gy, size_t p, bool add,
                          float *gx)
{
    const float m = f->m[p], rest = f->rest[p], r = f->r[p];
    const sums s = sums_of(f, x, gy, p);
    const double n = f->centred ? (double)f->channels : 1;
    const float mean = f->centred ? (float)(s.g / n) : 0, slope = (float)(s.gz / n);
    const float *gamma = f->gamma;
#pragma omp simd
    for (size_t i = 0; i < f->channels; i++) {
        const float z = (x[i] - m - rest) * r;
        const float g = r * (gamma[i] * gy[i] - mean - z * slope);
        gx[i] = g + (add ? gx[i] : 0);
    }
}

/* Adds gy*z and gy of a pixel to the slot of its chunk. */
static void add_pixel(const frame *f, const float *x, const float *gy, size_t p, double *slot)
{
    const float m = f->m[p], rest = f->rest[p], r = f->r[p];
    double *of_gamma = slot, *of_beta = slot + f->channels;
#pragma omp simd
    for (size_t i = 0; i < f->channels; i++) {
        of_gamma[i] += (double)(gy[i] * ((x[i] - m - rest) * r));
        of_beta[i] += (double)gy[i];
    }
}

/* Delivers a sum of the first slot; `which` is 0 for gamma and 1 for beta. */
static void deliver_sums(const ot__call *c, const frame *f, int k, size_t which)
{
    float *to = c->gx[k];
    for (size_t i = 0; to && i < f->channels; i++)
        to[i] = (float)(f->slots[which * f->channels + i] + (c->add[k] ? (double)to[i] : 0));
}

void ot__pixels_backward_f32(const ot__call *c, bool centred)
{
    const frame f = frame_of(c, centred);
    OT__PARALLEL_FOR
    for (ptrdiff_t chunk = 0; chunk < f.cut.chunks; chunk++) {
        double *slot = f.slots + (size_t)chunk * 2 * f.channels;
        for (size_t i = 0; i < 2 * f.channels; i++)
            slot[i] = 0;
        for (size_t p = ot__cut_begin(&f.cut, chunk); p < ot__cut_end(&f.cut, chunk); p++) {
            const float *x = (const float *)c->x[OT__NORM_X] + p * f.channels;
            const float *gy = (const float *)c->gy + p * f.channels;
            add_pixel(&f, x, gy, p, slot);
            if (c->gx[OT__NORM_X])
                deliver_pixel(&f, x, gy, p, c->add[OT__NORM_X],
                              (float *)c->gx[OT__NORM_X] + p * f.channels);
        }
    }
    ot__add_chunks(&f.cut, 2 * f.channels, 2 * f.channels, f.slots);
    deliver_sums(c, &f, OT__NORM_GAMMA, 0);
    deliver_sums(c, &f, OT__NORM_BETA, 1);
}
