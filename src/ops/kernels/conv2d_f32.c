/* SPDX-License-Identifier: BSD-3-Clause
 * conv2d in float32 as matrix products.  X has the windows of an image as rows (im2col.h), and W
 * (window, outputs) holds the packed weights:
 *
 *   forward                   y  = X W       for a tile at a time: some rows of an image
 *   backward of x, stride 1   gx = X W       with gy in place of x and w rotated by 180 degrees
 *   backward of x, otherwise  gX = gy W'     added to the pixels that X was copied from (col2im)
 *   backward of w             gw = sum X' gy over the images of a chunk, then over the chunks
 *
 * Tiles depend on shapes only, so the bits do not depend on the number of threads.  Scratch holds
 * the packed weights, then one tile per thread, then in backward one gw per chunk. */
#include <omp.h>
#include <string.h>

#include "ops/attr.h"
#include "base/chunks.h"
#include "ops/kernels/conv2d.h"
#include "ops/kernels/gemm.h"
#include "ops/kernels/kernels.h"

enum { TILE = 256 /* windows of a tile, about, so that it fits the second-level cache */ };

static int at_most(int n, int most)
{
    return n < most ? n : most;
}

/* ---- shapes ---- */

ot__windows ot__conv2d_windows(const ot__conv2d_attr *a, const ot_shape *x, ot_shape y)
{
    return (ot__windows){ .h = x[0].dim[1],
                          .w = x[0].dim[2],
                          .channels = x[0].dim[3],
                          .kh = x[1].dim[2],
                          .kw = x[1].dim[3],
                          .stride = a->stride,
                          .top = a->pad,
                          .left = a->pad,
                          .rows = y.dim[1],
                          .columns = y.dim[2] };
}

/* The windows of gy whose products with the rotated weights are gx; for stride 1. */
static ot__windows backward_windows(const ot__windows *f, int outputs)
{
    return (ot__windows){ .h = f->rows,
                          .w = f->columns,
                          .channels = outputs,
                          .kh = f->kh,
                          .kw = f->kw,
                          .stride = 1,
                          .top = f->kh - 1 - f->top,
                          .left = f->kw - 1 - f->left,
                          .rows = f->h,
                          .columns = f->w };
}

static int tile_rows(const ot__windows *g)
{
    const int rows = TILE / g->columns;
    return at_most(rows > 1 ? rows : 1, g->rows);
}

/* Floats of a tile, a multiple of a cache line. */
static size_t tile_size(const ot__windows *g)
{
    return ((size_t)tile_rows(g) * (size_t)g->columns * ot__window_size(g) + 15) / 16 * 16;
}

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

/* Floats of the largest tile that forward or backward needs. */
static size_t largest_tile(const ot__windows *f, int outputs)
{
    const ot__windows b = backward_windows(f, outputs);
    return f->stride == 1 ? larger(tile_size(f), tile_size(&b)) : tile_size(f);
}

/* The parts of scratch memory. */
typedef struct workspace {
    float *packed; /* weights */
    float *tiles;  /* one per thread */
    float *gw;     /* one per chunk */
    size_t tile;   /* floats of a tile */
} workspace;

static workspace workspace_of(const ot__call *c, const ot__windows *f)
{
    workspace s = { .packed = c->scratch, .tile = largest_tile(f, c->ys.dim[3]) };
    s.tiles = s.packed + (ot__elements(c->xs[1]) + 15) / 16 * 16;
    s.gw = s.tiles + s.tile * (size_t)ot__threads();
    return s;
}

size_t ot__conv2d_scratch_f32(const ot__record *r, const ot_shape *x, int batch, int threads)
{
    (void)batch;
    const ot__windows f = ot__conv2d_windows(r->attr, x, r->shape);
    const size_t weights = (ot__elements(x[1]) + 15) / 16 * 16;
    return (weights * (1 + OT__MOST_CHUNKS) + largest_tile(&f, r->shape.dim[3]) * (size_t)threads) *
           sizeof(float);
}

/* Every product has outputs as one of its dimensions, except that for gx with stride 1, which has
 * inputs. */
size_t ot__conv2d_product_f32(const ot__record *r, const ot_shape *x)
{
    return larger((size_t)r->shape.dim[3], (size_t)x[0].dim[3]);
}

/* ---- packing ---- */

void ot__conv2d_pack(const ot_shape *w, const float *from, float *to)
{
    const int outputs = w->dim[0], inputs = w->dim[1], taps = w->dim[2] * w->dim[3];
    for (int t = 0; t < taps; t++)
        for (int i = 0; i < inputs; i++)
            for (int o = 0; o < outputs; o++)
                *to++ = from[((size_t)o * inputs + i) * taps + t];
}

/* W[(r, s, o)][i] = w[o][i][kh-1-r][kw-1-s]. */
static void pack_turned(const ot_shape *w, const float *from, float *to)
{
    const int outputs = w->dim[0], inputs = w->dim[1], taps = w->dim[2] * w->dim[3];
    for (int t = taps - 1; t >= 0; t--)
        for (int o = 0; o < outputs; o++)
            for (int i = 0; i < inputs; i++)
                *to++ = from[((size_t)o * inputs + i) * taps + t];
}

/* ---- kernels ---- */

/* y <- X W, or y + X W if add, for all images of x.  x is read through v, which may be NULL. */
static void correlate(const ot__windows *g, int images, int outputs, const float *x,
                      const ot__view *v, const workspace *s, bool add, float *y)
{
    const int step = tile_rows(g), tiles = ot__chunks((size_t)g->rows, (size_t)step);
    const size_t size = ot__window_size(g), x_image = (size_t)g->h * g->w * g->channels;
    const size_t row_length = (size_t)g->columns * outputs, y_image = row_length * g->rows;
    OT__PARALLEL_FOR
    for (ptrdiff_t k = 0; k < (ptrdiff_t)images * tiles; k++) {
        const size_t image = (size_t)(k / tiles);
        const int row = (int)(k % tiles) * step, n = at_most(g->rows - row, step);
        const float *from = x + image * x_image + (size_t)row * g->w * g->channels;
        if (v || !ot__windows_are_pixels(g)) {
            float *col = s->tiles + (size_t)omp_get_thread_num() * s->tile;
            ot__im2col(g, x + image * x_image, v, row, n, col);
            from = col;
        }
        ot__gemm((size_t)n * g->columns, outputs, size, ot__rows(from, size),
                 ot__rows(s->packed, outputs), add, y + image * y_image + (size_t)row * row_length);
    }
}

void ot__conv2d_forward_f32(const ot__call *c)
{
    const ot__windows g = ot__conv2d_windows(c->attr, c->xs, c->ys);
    const workspace s = workspace_of(c, &g);
    ot__conv2d_pack(&c->xs[1], c->x[1], s.packed);
    correlate(&g, c->ys.dim[0], c->ys.dim[3], c->x[0], c->view, &s, ot__adds_to_result(c), c->y);
}

/* gx of one image, for strides above 1; the weights are packed as in forward. */
static void col2im_image(const ot__windows *g, int outputs, const float *gy, const workspace *s,
                         bool add, float *gx)
{
    const int step = tile_rows(g);
    const size_t size = ot__window_size(g), row_length = (size_t)g->columns * outputs;
    float *col = s->tiles + (size_t)omp_get_thread_num() * s->tile;
    if (!add) memset(gx, 0, (size_t)g->h * g->w * g->channels * sizeof *gx);
    for (int row = 0; row < g->rows; row += step) {
        const int n = at_most(g->rows - row, step);
        ot__gemm((size_t)n * g->columns, size, outputs,
                 ot__rows(gy + (size_t)row * row_length, outputs),
                 ot__transposed(s->packed, outputs), false, col);
        ot__col2im(g, col, row, n, gx);
    }
}

static void backward_x(const ot__call *c, const ot__windows *g, const workspace *s, float *gx)
{
    const int images = c->ys.dim[0], outputs = c->ys.dim[3];
    const float *gy = c->gy;
    if (g->stride == 1) {
        const ot__windows turned = backward_windows(g, outputs);
        pack_turned(&c->xs[1], c->x[1], s->packed);
        correlate(&turned, images, g->channels, gy, NULL, s, c->add[0], gx);
        return;
    }
    const size_t x_image = (size_t)g->h * g->w * g->channels;
    const size_t y_image = (size_t)g->rows * g->columns * outputs;
    ot__conv2d_pack(&c->xs[1], c->x[1], s->packed);
    OT__PARALLEL_FOR
    for (ptrdiff_t i = 0; i < images; i++)
        col2im_image(g, outputs, gy + (size_t)i * y_image, s, c->add[0], gx + (size_t)i * x_image);
}

/* gw (window, outputs) of the images first .. end-1. */
static void chunk_weights(const ot__call *c, const ot__windows *g, const workspace *s, int first,
                          int end, float *gw)
{
    const int step = tile_rows(g), outputs = c->ys.dim[3];
    const size_t size = ot__window_size(g), x_row = (size_t)g->w * g->channels;
    const size_t y_row = (size_t)g->columns * outputs;
    float *col = s->tiles + (size_t)omp_get_thread_num() * s->tile;
    for (int i = first; i < end; i++)
        for (int row = 0; row < g->rows; row += step) {
            const int n = at_most(g->rows - row, step);
            const float *x = (const float *)c->x[0] + (size_t)i * g->h * x_row;
            const bool direct = !c->view && ot__windows_are_pixels(g);
            const float *from = direct ? x + (size_t)row * x_row : col;
            if (!direct) ot__im2col(g, x, c->view, row, n, col);
            const float *gy = (const float *)c->gy + ((size_t)i * g->rows + row) * y_row;
            ot__gemm(size, outputs, (size_t)n * g->columns, ot__transposed(from, size),
                     ot__rows(gy, outputs), i > first || row > 0, gw);
        }
}

/* Writes gw[o][i][tap], or adds to it, from a sum in the packed order [tap][i][o]. */
static void write_weights(const ot__later *l, const float *sum)
{
    const int *w = l->shape.dim, outputs = w[0], inputs = w[1], taps = w[2] * w[3];
    OT__PARALLEL_FOR
    for (ptrdiff_t k = 0; k < (ptrdiff_t)taps * inputs; k++)
        for (int o = 0; o < outputs; o++) {
            const int tap = (int)(k / inputs), i = (int)(k % inputs);
            float *to = l->to + ((size_t)o * inputs + i) * taps + tap;
            const float part = sum[(size_t)k * outputs + o];
            *to = l->add ? *to + part : part;
        }
}

void ot__conv2d_deliver_weights(const ot__call *c, const ot__cut *cut, float *slots)
{
    const ot__later l = { write_weights, c->gx[1], c->add[1], c->xs[1] };
    ot__deliver_sum(c, 1, cut, ot__elements(c->xs[1]), slots, &l);
}

static void backward_w(const ot__call *c, const ot__windows *g, const workspace *s)
{
    const ot__cut images = ot__cut_images(c->share, c->ys.dim[0], (size_t)c->ys.dim[0]);
    const size_t size = ot__elements(c->xs[1]);
    OT__PARALLEL_FOR
    for (ptrdiff_t k = 0; k < images.chunks; k++)
        chunk_weights(c, g, s, (int)ot__cut_begin(&images, k), (int)ot__cut_end(&images, k),
                      s->gw + (size_t)k * size);
    ot__conv2d_deliver_weights(c, &images, s->gw);
}

void ot__conv2d_backward_f32(const ot__call *c)
{
    const ot__windows g = ot__conv2d_windows(c->attr, c->xs, c->ys);
    const workspace s = workspace_of(c, &g);
    if (c->gx[0]) backward_x(c, &g, &s, c->gx[0]);
    if (c->gx[1]) backward_w(c, &g, &s);
}
