/* SPDX-License-Identifier: BSD-3-Clause
 * Copies windows of an image into the rows of a matrix (im2col), and adds such a matrix back to the
 * image (col2im).  The pixels of one row of a window lie side by side in the image, so they are
 * copied together.  The parts of a window that lie outside the image are zeros. */
#include "ops/kernels/im2col.h"

#include <string.h>

/* The part of one row of a window that lies inside the image. */
typedef struct span {
    size_t pixel;  /* where it begins in the image, in floats */
    size_t before; /* floats of the window's row to the left of the image */
    size_t n;      /* floats of the window's row inside the image */
} span;

/* Row r of the window at (row, column). */
static span span_of(const ot__windows *g, int row, int column, int r)
{
    const int h = row * g->stride - g->top + r, v = column * g->stride - g->left;
    const int first = v < 0 ? -v : 0, end = g->w - v < g->kw ? g->w - v : g->kw;
    if (h < 0 || h >= g->h || first >= end) return (span){ 0 };
    const size_t channels = (size_t)g->channels;
    return (span){ ((size_t)h * (size_t)g->w + (size_t)(v + first)) * channels,
                   (size_t)first * channels, (size_t)(end - first) * channels };
}

static void copy_pixels(const ot__windows *g, const ot__view *v, size_t n, const float *from,
                        float *to)
{
    const size_t channels = (size_t)g->channels;
    if (!v)
        memcpy(to, from, n * sizeof *to);
    else
        for (size_t k = 0; k < n; k += channels)
            ot__read_view(v, 0, channels, from + k, to + k);
}

void ot__im2col(const ot__windows *g, const float *image, const ot__view *v, int row, int n,
                float *col)
{
    const size_t length = (size_t)g->kw * (size_t)g->channels;
    for (int i = row; i < row + n; i++)
        for (int j = 0; j < g->columns; j++)
            for (int r = 0; r < g->kh; r++, col += length) {
                const span s = span_of(g, i, j, r);
                const size_t after = length - s.before - s.n;
                if (s.before) memset(col, 0, s.before * sizeof *col);
                copy_pixels(g, v, s.n, image + s.pixel, col + s.before);
                if (after) memset(col + s.before + s.n, 0, after * sizeof *col);
            }
}

void ot__col2im(const ot__windows *g, const float *col, int row, int n, float *image)
{
    const size_t length = (size_t)g->kw * (size_t)g->channels;
    for (int i = row; i < row + n; i++)
        for (int j = 0; j < g->columns; j++)
            for (int r = 0; r < g->kh; r++, col += length) {
                const span s = span_of(g, i, j, r);
                float *to = image + s.pixel;
                const float *from = col + s.before;
#pragma omp simd
                for (size_t k = 0; k < s.n; k++)
                    to[k] += from[k];
            }
}
