/* SPDX-License-Identifier: BSD-3-Clause
 * attention (Vaswani et al. 2017) between the T pixels of an image.  For each image and head, with
 * rows q_t, k_t and v_t of d = C/heads channels,
 *
 *   p_tu = softmax over u of <q_t, k_u>/sqrt(d),   y_t = sum_u p_tu v_u
 *   gv_u = sum_t p_tu gy_t,   s_tu = p_tu (<gy_t, v_u> - sum_w p_tw <gy_t, v_w>)/sqrt(d)
 *   gq_t = sum_u s_tu k_u,    gk_u = sum_t s_tu q_t
 *
 * The weights p are computed a row at a time, and again in backward, so no T x T matrix is kept. */
#include <math.h>
#include <string.h>

#include "ops/attr.h"
#include "ops/kernels/kernels.h"
#include "ops/ops.h"

static ot_status shape(ot__shaping *s)
{
    const int heads = ((const ot__attention_attr *)s->attr)->heads;
    const ot_shape x = s->x[0];
    if (heads < 1)
        return ot__fail(OT_EINVAL, "attention: %d heads; there must be at least one", heads);
    if (x.rank < 2 || !s->batched[0])
        return ot__fail(OT_ESHAPE, "attention: qkv is %s%s; it must be (N,...,3*C) with a batch",
                        ot__shape_text(x), s->batched[0] ? "" : " without a batch");
    const int all = x.dim[x.rank - 1];
    if (all % 3 != 0 || all / 3 % heads != 0)
        return ot__fail(OT_ESHAPE,
                        "attention: qkv is %s with %d heads; its channels must be a multiple of "
                        "%ld: q, k and v of each head",
                        ot__shape_text(x), heads, 3l * heads);
    *s->y = x;
    s->y->dim[x.rank - 1] = all / 3;
    *s->y_batched = true;
    return OT_OK;
}

/* The number of pixels of an image. */
static size_t pixels_of(ot_shape x)
{
    return ot__elements(x) / (size_t)x.dim[0] / (size_t)x.dim[x.rank - 1];
}

static ot__cost cost(const ot__record *r, const ot_shape *x)
{
    const double pixels = (double)pixels_of(x[0]);
    const double products = 2 * (double)ot__elements(r->shape) * pixels; /* of one T x T matrix */
    const double heads = ((const ot__attention_attr *)r->attr)->heads;
    const double weights = (double)x[0].dim[0] * heads * pixels * pixels;
    return (ot__cost){ 2 * products + 15 * weights, 5 * products + 20 * weights };
}

/* One head of one image.  Row t of q is q + t*row, and so on. */
typedef struct head {
    size_t pixels, d, row; /* row: 3*C */
    double scale;          /* 1/sqrt(d) */
    const double *q, *k, *v;
    size_t q_at,
        y_at;      /* offsets of q in x and gx, of y in y and gy; a row of y has row/3 numbers */
    double *p, *s; /* scratch: a row of weights, and of their gradients */
} head;

static head head_of(const ot__call *c, size_t image, size_t which)
{
    const int heads = ((const ot__attention_attr *)c->attr)->heads;
    const size_t pixels = pixels_of(c->xs[0]), channels = (size_t)ot__channels(c->ys);
    head h = { .pixels = pixels, .d = channels / (size_t)heads, .row = 3 * channels };
    h.scale = 1 / sqrt((double)h.d);
    h.q_at = image * pixels * h.row + which * h.d;
    h.y_at = image * pixels * channels + which * h.d;
    h.q = (const double *)c->x[0] + h.q_at;
    h.k = h.q + channels;
    h.v = h.k + channels;
    h.p = c->scratch;
    h.s = h.p + pixels;
    return h;
}

static double dot(size_t n, const double *a, const double *b)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

/* to <- to + w*from. */
static void add_multiple(size_t n, double w, const double *from, double *to)
{
    for (size_t i = 0; i < n; i++)
        to[i] += w * from[i];
}

/* Computes the weights of row t. */
static void weigh(const head *h, size_t t)
{
    double most = -INFINITY, sum = 0;
    for (size_t u = 0; u < h->pixels; u++) {
        h->p[u] = h->scale * dot(h->d, h->q + t * h->row, h->k + u * h->row);
        most = fmax(most, h->p[u]);
    }
    for (size_t u = 0; u < h->pixels; u++)
        sum += h->p[u] = exp(h->p[u] - most);
    for (size_t u = 0; u < h->pixels; u++)
        h->p[u] /= sum;
}

static void forward_head(const ot__call *c, const head *h)
{
    for (size_t t = 0; t < h->pixels; t++) {
        double *y = (double *)c->y + h->y_at + t * (h->row / 3);
        weigh(h, t);
        memset(y, 0, h->d * sizeof *y);
        for (size_t u = 0; u < h->pixels; u++)
            add_multiple(h->d, h->p[u], h->v + u * h->row, y);
    }
}

static void backward_head(const ot__call *c, const head *h)
{
    const size_t channels = h->row / 3;
    double *gq = (double *)c->gx[0] + h->q_at, *gk = gq + channels, *gv = gk + channels;
    for (size_t t = 0; t < h->pixels; t++) {
        const double *gy = (const double *)c->gy + h->y_at + t * channels;
        weigh(h, t);
        for (size_t u = 0; u < h->pixels; u++)
            h->s[u] = dot(h->d, gy, h->v + u * h->row);
        const double mean = dot(h->pixels, h->p, h->s);
        for (size_t u = 0; u < h->pixels; u++) {
            const double s = h->p[u] * (h->s[u] - mean) * h->scale;
            add_multiple(h->d, s, h->k + u * h->row, gq + t * h->row);
            add_multiple(h->d, s, h->q + t * h->row, gk + u * h->row);
            add_multiple(h->d, h->p[u], gy, gv + u * h->row);
        }
    }
}

static void for_each_head(const ot__call *c, void (*f)(const ot__call *c, const head *h))
{
    const size_t heads = (size_t)((const ot__attention_attr *)c->attr)->heads;
    for (size_t image = 0; image < (size_t)c->ys.dim[0]; image++)
        for (size_t which = 0; which < heads; which++) {
            const head h = head_of(c, image, which);
            f(c, &h);
        }
}

static void forward(const ot__call *c)
{
    for_each_head(c, forward_head);
}

static void backward(const ot__call *c)
{
    if (!c->add[0]) memset(c->gx[0], 0, ot__elements(c->xs[0]) * sizeof(double));
    for_each_head(c, backward_head);
}

static size_t scratch(const ot__record *r, const ot_shape *x, int batch, int threads)
{
    (void)r, (void)batch, (void)threads;
    return 2 * pixels_of(x[0]) * sizeof(double);
}

/* One head and several, one channel a head, one pixel, and more pixels than one block of rows. */
static ot_var example(ot_tape *t, int variant)
{
    static const struct {
        ot_shape x;
        int heads;
    } v[] = { { { 4, { 2, 3, 2, 12 } }, 1 },
              { { 4, { 2, 2, 3, 12 } }, 2 },
              { { 3, { 3, 5, 9 } }, 3 },
              { { 2, { 2, 6 } }, 1 },
              { { 4, { 2, 10, 7, 12 } }, 2 } };
    if (variant < 0 || variant >= (int)(sizeof v / sizeof v[0])) return (ot_var){ 0 };
    return ot_attention(t, ot_input(t, "qkv", v[variant].x), v[variant].heads);
}

const ot_op ot__op_attention = {
    .name = "attention",
    .shape = shape,
    .keeps = OT__KEEPS_X(0),
    .cost = cost,
    .sums = { .nothing = true },
    .reference = { .forward = forward,
                   .backward = backward,
                   .scratch = scratch,
                   .overwrites = true },
    .portable = { .forward = ot__attention_forward_f32,
                  .backward = ot__attention_backward_f32,
                  .scratch = ot__attention_scratch_f32,
                  .product = ot__attention_product_f32,
                  .overwrites = true },
    .example = example,
};

ot_var ot_attention(ot_tape *t, ot_var qkv, int heads)
{
    const ot__attention_attr attr = { heads };
    return ot__record_op(t, &ot__op_attention, 1, &qkv, &attr, sizeof attr);
}
