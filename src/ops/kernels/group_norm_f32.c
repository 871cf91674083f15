/* SPDX-License-Identifier: BSD-3-Clause
 * group_norm in float32.  Threads share the images.  Sums over the pixels of an image are per
 * channel, in double; the sums of a group are those of its channels, added in order.  The gradients
 * of gamma and beta are sums over the batch, of which each image leaves its part in scratch. */
#include <math.h>

#include "ops/kernels/block.h"
#include "base/chunks.h"
#include "ops/kernels/kernels.h"
#include "ops/normalise.h"

/* A call, and the parts of its saved memory. */
typedef struct frame {
    ot__rows_of_norm rows;
    size_t width, image; /* channels of a group, numbers of an image */
    float *m, *rest, *r; /* saved: per image and group */
    double *slots;       /* scratch: per image two sums per channel */
    double eps;
} frame;

static frame frame_of(const ot__call *c)
{
    const ot__norm_attr *a = c->attr;
    frame f = { .rows = ot__rows_of_groups(a, c->xs), .slots = c->scratch, .eps = a->eps };
    const size_t n = f.rows.blocks * f.rows.groups;
    f.width = f.rows.channels / f.rows.groups;
    f.image = f.rows.pixels * f.rows.channels;
    f.m = (float *)c->saved + OT__NORM_M * n;
    f.rest = (float *)c->saved + OT__NORM_REST * n;
    f.r = (float *)c->saved + OT__NORM_R * n;
    return f;
}

size_t ot__group_norm_scratch_f32(const ot__record *r, const ot_shape *x, int batch, int threads)
{
    (void)batch, (void)threads;
    const ot__rows_of_norm rows = ot__rows_of_groups(r->attr, x);
    return rows.blocks * 2 * rows.channels * sizeof(double);
}

static double *slot_of(const frame *f, size_t n)
{
    return f->slots + n * 2 * f->rows.channels;
}

static void clear(size_t n, double *a)
{
    for (size_t i = 0; i < n; i++)
        a[i] = 0;
}

/* The sum of the numbers of group g. */
static double group_sum(const frame *f, const double *of_channels, size_t g)
{
    double sum = 0;
    for (size_t i = g * f->width; i < (g + 1) * f->width; i++)
        sum += of_channels[i];
    return sum;
}

/* ---- forward ---- */

OT__CLONES
static void add_pixels(const frame *f, const float *x, double *sum)
{
    const size_t channels = f->rows.channels;
    for (size_t p = 0; p < f->rows.pixels; p++)
#pragma omp simd
        for (size_t i = 0; i < channels; i++)
            sum[i] += (double)x[p * channels + i];
}

/* Adds the squared differences from mean[i]. */
OT__CLONES
static void add_squares(const frame *f, const float *x, const double *mean, double *squares)
{
    const size_t channels = f->rows.channels;
    for (size_t p = 0; p < f->rows.pixels; p++)
#pragma omp simd
        for (size_t i = 0; i < channels; i++) {
            const double d = (double)x[p * channels + i] - mean[i];
            squares[i] += d * d;
        }
}

/* Sets m, rest and r of all groups of image n. */
static void measure_image(const frame *f, const float *x, size_t n)
{
    double *mean = slot_of(f, n), *squares = mean + f->rows.channels;
    const double numbers = (double)(f->width * f->rows.pixels);
    clear(2 * f->rows.channels, mean);
    add_pixels(f, x, mean);
    for (size_t g = 0; g < f->rows.groups; g++) {
        const double m = group_sum(f, mean, g) / numbers;
        const size_t k = n * f->rows.groups + g;
        f->m[k] = (float)m;
        f->rest[k] = (float)(m - (double)f->m[k]);
        for (size_t i = g * f->width; i < (g + 1) * f->width; i++)
            mean[i] = m;
    }
    add_squares(f, x, mean, squares);
    for (size_t g = 0; g < f->rows.groups; g++)
        f->r[n * f->rows.groups + g] =
            (float)(1 / sqrt(group_sum(f, squares, g) / numbers + f->eps));
}

/* y = gamma*r*(x - m) + shift for the channels of group g. */
static void normalise_group(const ot__call *c, const frame *f, size_t n, size_t g)
{
    const size_t k = n * f->rows.groups + g, first = g * f->width;
    const float *gamma = (const float *)c->x[OT__NORM_GAMMA] + first;
    const float *beta = (const float *)c->x[OT__NORM_BETA] + first;
    const float *x = (const float *)c->x[OT__NORM_X] + n * f->image + first;
    float *y = (float *)c->y + n * f->image + first;
    const float m = f->m[k], rest = f->rest[k], r = f->r[k];
    for (size_t p = 0; p < f->rows.pixels; p++, x += f->rows.channels, y += f->rows.channels)
#pragma omp simd
        for (size_t i = 0; i < f->width; i++)
            y[i] = gamma[i] * ((x[i] - m - rest) * r) + beta[i];
}

void ot__group_norm_forward_f32(const ot__call *c)
{
    const frame f = frame_of(c);
    OT__PARALLEL_FOR
    for (ptrdiff_t n = 0; n < (ptrdiff_t)f.rows.blocks; n++) {
        measure_image(&f, (const float *)c->x[OT__NORM_X] + (size_t)n * f.image, (size_t)n);
        for (size_t g = 0; g < f.rows.groups; g++)
            normalise_group(c, &f, (size_t)n, g);
    }
}

/* ---- backward ---- */

/* Adds gy*z and gy of a group of an image to its slot, per channel. */
static void sum_group(const ot__call *c, const frame *f, size_t n, size_t g)
{
    const size_t k = n * f->rows.groups + g, first = g * f->width;
    const float *x = (const float *)c->x[OT__NORM_X] + n * f->image + first;
    const float *gy = (const float *)c->gy + n * f->image + first;
    double *sum_z = slot_of(f, n) + first, *sum = sum_z + f->rows.channels;
    const float m = f->m[k], rest = f->rest[k], r = f->r[k];
    for (size_t p = 0; p < f->rows.pixels; p++, x += f->rows.channels, gy += f->rows.channels)
#pragma omp simd
        for (size_t i = 0; i < f->width; i++) {
            sum_z[i] += (double)(gy[i] * ((x[i] - m - rest) * r));
            sum[i] += (double)gy[i];
        }
}

static void deliver_group(const ot__call *c, const frame *f, size_t n, size_t g)
{
    const size_t k = n * f->rows.groups + g, first = g * f->width;
    const float *x = (const float *)c->x[OT__NORM_X] + n * f->image + first;
    const float *gy = (const float *)c->gy + n * f->image + first;
    const float *gamma = (const float *)c->x[OT__NORM_GAMMA] + first;
    const double *sum_z = slot_of(f, n) + first, *sum = sum_z + f->rows.channels;
    float *gx = (float *)c->gx[OT__NORM_X] + n * f->image + first;
    double all = 0, all_z = 0;
    for (size_t i = 0; i < f->width; i++) {
        all += (double)gamma[i] * sum[i];
        all_z += (double)gamma[i] * sum_z[i];
    }
    const double numbers = (double)(f->width * f->rows.pixels);
    const float mean = (float)(all / numbers), slope = (float)(all_z / numbers);
    const float m = f->m[k], rest = f->rest[k], r = f->r[k];
    const bool add = c->add[OT__NORM_X];
    for (size_t p = 0; p < f->rows.pixels; p++) {
        const size_t at = p * f->rows.channels;
#pragma omp simd
        for (size_t i = 0; i < f->width; i++) {
            const float z = (x[at + i] - m - rest) * r;
            const float each = r * (gamma[i] * gy[at + i] - mean - z * slope);
            gx[at + i] = each + (add ? gx[at + i] : 0);
        }
    }
}

/* Adds up the parts of all images in the first one. */
static void add_images(const ot__share *share, const frame *f)
{
    const ot__cut cut = ot__cut_images(share, (int)f->rows.blocks, f->rows.blocks);
    const size_t width = 2 * f->rows.channels;
    for (ptrdiff_t k = 0; k < cut.chunks; k++) {
        double *const sum = slot_of(f, ot__cut_begin(&cut, k));
        for (size_t n = ot__cut_begin(&cut, k) + 1; n < ot__cut_end(&cut, k); n++)
            for (size_t i = 0; i < width; i++)
                sum[i] += slot_of(f, n)[i];
    }
    ot__add_chunks(&cut, width, cut.chunk * width, f->slots);
}

/* Delivers a sum over all images; `which` is 0 for gamma and 1 for beta. */
static void deliver_sums(const ot__call *c, const frame *f, int k, size_t which)
{
    float *to = c->gx[k];
    for (size_t i = 0; to && i < f->rows.channels; i++)
        to[i] = (float)(f->slots[which * f->rows.channels + i] + (c->add[k] ? (double)to[i] : 0));
}

void ot__group_norm_backward_f32(const ot__call *c)
{
    const frame f = frame_of(c);
    OT__PARALLEL_FOR
    for (ptrdiff_t n = 0; n < (ptrdiff_t)f.rows.blocks; n++) {
        clear(2 * f.rows.channels, slot_of(&f, (size_t)n));
        for (size_t g = 0; g < f.rows.groups; g++) {
            sum_group(c, &f, (size_t)n, g);
            if (c->gx[OT__NORM_X]) deliver_group(c, &f, (size_t)n, g);
        }
    }
    add_images(c->share, &f);
    deliver_sums(c, &f, OT__NORM_GAMMA, 0);
    deliver_sums(c, &f, OT__NORM_BETA, 1);
}
