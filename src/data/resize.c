/* SPDX-License-Identifier: BSD-3-Clause
 * Scales an image with a triangle filter, as Pillow does (src/libImaging/Resample.c, version 9.4).
 * A line of n pixels becomes one of m.  With the scale s = n/m and the half width w = max(s, 1),
 *   out[j] = sum_i k(i) in[i],   k(i) ~ max(0, 1 - |i + 1/2 - (j + 1/2) s| / w),   sum k = 1.
 * So every pixel counts when an image is made smaller, and it is linear interpolation when it is
 * made larger.  Weights are whole numbers of 22 bits after the point.  Rows are scaled first and
 * rounded to bytes, then columns. */
#include "data/resize.h"

#include <math.h>

#include "base/memory.h"

enum { BITS = 22 };

/* The weights of the pixels `first` to `first + n - 1` of a line for one pixel of the result. */
typedef struct window {
    int first, n;
    int32_t *weight;
} window;

typedef struct filter {
    window *at; /* one per pixel of the result */
    int32_t *weights;
    double *exact; /* memory for the weights of a pixel before they are rounded */
} filter;

/* Lines of pixels: neighbours in a line are `step` bytes apart. */
typedef struct lines {
    uint8_t *at;
    size_t step;
} lines;

static int clamp(double x, int most)
{
    return x < 0 ? 0 : x > most ? most : (int)x;
}

static void weigh(int n, double centre, double half_width, double *exact, window *w)
{
    double sum = 0;
    w->first = clamp(centre - half_width + 0.5, n);
    w->n = clamp(centre + half_width + 0.5, n) - w->first;
    for (int i = 0; i < w->n; i++) {
        const double distance = fabs((i + w->first - centre + 0.5) * (1 / half_width));
        exact[i] = distance < 1 ? 1 - distance : 0;
        sum += exact[i];
    }
    for (int i = 0; i < w->n; i++)
        w->weight[i] = (int32_t)(exact[i] / sum * (1 << BITS) + 0.5);
}

static void filter_free(filter *f)
{
    ot__free(f->at);
    ot__free(f->weights);
    ot__free(f->exact);
}

static ot_status filter_new(int n, int m, filter *f)
{
    const double scale = (double)n / m, half_width = scale < 1 ? 1 : scale;
    const size_t most = 2 * (size_t)ceil(half_width) + 1;
    *f = (filter){ .at = ot__new((size_t)m, sizeof *f->at),
                   .weights = ot__new((size_t)m * most, sizeof *f->weights),
                   .exact = ot__new(most, sizeof *f->exact) };
    if (!f->at || !f->weights || !f->exact) {
        filter_free(f);
        return OT_ENOMEM;
    }
    for (int j = 0; j < m; j++) {
        f->at[j].weight = f->weights + (size_t)j * most;
        weigh(n, (j + 0.5) * scale, half_width, f->exact, &f->at[j]);
    }
    return OT_OK;
}

/* Scales one line to m pixels. */
static void scale_line(const filter *f, int m, int channels, lines from, lines to)
{
    for (int j = 0; j < m; j++)
        for (int c = 0; c < channels; c++) {
            const window *const w = &f->at[j];
            const uint8_t *const in = from.at + (size_t)w->first * from.step + c;
            int64_t sum = 1 << (BITS - 1);
            for (int i = 0; i < w->n; i++)
                sum += (int64_t)w->weight[i] * in[(size_t)i * from.step];
            sum >>= BITS;
            to.at[(size_t)j * to.step + (size_t)c] = (uint8_t)(sum > 255 ? 255 : sum);
        }
}

static ot_status scale_rows(const ot__image *from, const ot__image *to)
{
    filter f;
    OT_TRY(filter_new(from->width, to->width, &f));
    const size_t step = (size_t)from->channels;
    for (int y = 0; y < from->height; y++)
        scale_line(&f, to->width, from->channels, (lines){ ot__pixel(from, y, 0), step },
                   (lines){ ot__pixel(to, y, 0), step });
    filter_free(&f);
    return OT_OK;
}

static ot_status scale_columns(const ot__image *from, const ot__image *to)
{
    filter f;
    OT_TRY(filter_new(from->height, to->height, &f));
    const size_t step = (size_t)from->width * (size_t)from->channels;
    for (int x = 0; x < from->width; x++)
        scale_line(&f, to->height, from->channels, (lines){ ot__pixel(from, 0, x), step },
                   (lines){ ot__pixel(to, 0, x), step });
    filter_free(&f);
    return OT_OK;
}

ot_status ot__resize(const ot__image *from, const ot__image *to)
{
    ot__image between = { from->height, to->width, from->channels, NULL };
    between.at = ot__new((size_t)between.height * (size_t)between.width, (size_t)between.channels);
    if (!between.at) return OT_ENOMEM;
    ot_status status = scale_rows(from, &between);
    if (status == OT_OK) status = scale_columns(&between, to);
    ot__free(between.at);
    return status;
}
