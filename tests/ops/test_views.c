/* SPDX-License-Identifier: BSD-3-Clause
 * Kernels that read through views and write sums per channel, on odd shapes: convolutions, linear
 * combinations, sums of gradients, and batch norm on such sums.  They are compared with the
 * reference kernels, which get the values of the views as stored tensors. */
#include <math.h>
#include <string.h>

#include "base/machine.h"
#include "base/memory.h"
#include "ops/attr.h"
#include "ops/cases.h"
#include "ops/ops.h"
#include "ops/tensors.h"

/* ---- convolutions ---- */

static const int images[][3] = { { 1, 1, 1 }, { 3, 1, 1 },  { 1, 5, 7 },
                                 { 3, 5, 7 }, { 3, 9, 13 }, { 17, 4, 4 } };
static const int widths[][2] = { { 1, 1 },   { 3, 16 },  { 17, 17 }, { 16, 16 }, { 64, 64 },
                                 { 80, 80 }, { 16, 80 }, { 80, 64 }, { 64, 3 } };
static const char *const masks[] = { "", "avx2", "baseline" }; /* of ODETAPE_CPU */
enum {
    IMAGES = sizeof images / sizeof images[0],
    WIDTHS = sizeof widths / sizeof widths[0],
    MASKS = sizeof masks / sizeof masks[0],
    CASES = WIDTHS * MASKS
};

static const ot__conv2d_attr three = { .stride = 1, .pad = 1 };

typedef struct conv {
    tensor x, w, y, gy, v, gx, gw; /* v: the second tensor of the view of gy */
    tensor mapped_x, mapped_gy;    /* the values of the views of x and of gy */
    const ot__kernels *kernels;
    void *scratch;
    double *y_sums, *gx_sums;
    char where[96];
} conv;

static const ot__kernels *kernels_of(const ot__record *r, const ot_shape *x)
{
    const ot__kernels *best = r->op->best ? r->op->best(r, x) : NULL;
    return best ? best : &r->op->portable;
}

static conv conv_new(const int image[3], const int width[2])
{
    const ot_shape x = OT_SHAPE(image[0], image[1], image[2], width[0]);
    const ot_shape y = OT_SHAPE(image[0], image[1], image[2], width[1]);
    const ot_shape w = OT_SHAPE(width[1], width[0], 3, 3);
    conv c = { .x = tensor_new(x, 1, 0),
               .w = tensor_new(w, 2, 0),
               .y = tensor_new(y, 3, 0),
               .gy = tensor_new(y, 4, 0),
               .v = tensor_new(y, 5, 0),
               .gx = tensor_new(x, 6, 0),
               .gw = tensor_new(w, 7, 0),
               .mapped_x = tensor_new(x, 8, 0),
               .mapped_gy = tensor_new(y, 9, 0) };
    const ot__record r = {
        .op = &ot__op_conv2d, .n_in = 2, .attr = &three, .shape = y, .batched = true
    };
    const ot_shape shapes[] = { x, w };
    c.kernels = kernels_of(&r, shapes);
    c.scratch = ot__tensor_memory(c.kernels->scratch(&r, shapes, image[0], ot__threads()));
    if (c.kernels->leaves_sums) {
        c.y_sums = sums_new((size_t)width[1]);
        c.gx_sums = sums_new((size_t)width[0]);
    }
    snprintf(c.where, sizeof c.where, "conv2d of %s to %d with kernels for %s", ot__shape_text(x),
             width[1], c.kernels == &ot__op_conv2d.portable ? "any" : ot_machine().best_kernels);
    return c;
}

static void conv_free(conv *c)
{
    tensor *all[] = { &c->x,  &c->w,  &c->y,        &c->gy,       &c->v,
                      &c->gx, &c->gw, &c->mapped_x, &c->mapped_gy };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        tensor_free(all[i]);
    ot__free(c->scratch);
    ot__free(c->y_sums);
    ot__free(c->gx_sums);
}

static ot__call call_of(const conv *c, const ot_shape xs[2], const ot__view *view)
{
    return (ot__call){
        .attr = &three, .n_in = 2, .xs = xs, .ys = c->y.shape, .view = view, .scratch = c->scratch
    };
}

/* Runs the kernel on x through the view, and the reference on the values of the view. */
static void run_forward(conv *c, const ot__view *view)
{
    const ot_shape xs[] = { c->x.shape, c->w.shape };
    ot__call call = call_of(c, xs, view);
    call.x = (const void *[]){ c->x.f, c->w.f };
    call.y = c->y.f;
    call.y_sums = c->y_sums;
    c->kernels->forward(&call);
    call = (ot__call){ .attr = &three, .n_in = 2, .xs = xs, .ys = c->y.shape };
    call.x = (const void *[]){ c->mapped_x.d, c->w.d };
    call.y = c->y.d;
    ot__op_conv2d.reference.forward(&call);
}

static void run_backward(conv *c, const ot__view *view, const ot__view *gy_view)
{
    const ot_shape xs[] = { c->x.shape, c->w.shape };
    const bool add[] = { false, false };
    ot__call call = call_of(c, xs, view);
    call.x = (const void *[]){ c->x.f, c->w.f };
    call.gy = c->gy.f;
    call.gy_view = gy_view;
    call.gx = (void *[]){ c->gx.f, c->gw.f };
    call.gx_sums = c->gx_sums;
    call.add = add;
    c->kernels->backward(&call);
    call = (ot__call){ .attr = &three, .n_in = 2, .xs = xs, .ys = c->y.shape, .add = add };
    call.x = (const void *[]){ c->mapped_x.d, c->w.d };
    call.gy = c->mapped_gy.d;
    call.gx = (void *[]){ c->gx.d, c->gw.d };
    ot__op_conv2d.reference.backward(&call);
}

/* Sets the reference gradient to 0 where the ReLU of the view gave 0, as the call asks for. */
static void mask(conv *c)
{
    for (size_t i = 0; i < c->gx.n; i++)
        if (c->mapped_x.d[i] <= 0) c->gx.d[i] = 0;
}

static void gradient_sums_are_right(conv *c, const map *view)
{
    const size_t channels = view->m.n;
    for (size_t i = 0; i < channels; i++) {
        double sum = 0, sum_x = 0, size = 0, size_x = 0, left = 0, left_x = 0, pixels = 0;
        for (size_t at = i; at < c->gx.n; at += channels) {
            const double g = (double)c->gx.f[at], d = c->x.d[at] - view->m.d[i];
            sum += g, sum_x += g * d, size += fabs(g), size_x += fabs(g * d);
        }
        for (size_t k = 0; k < (size_t)c->gx_sums[0]; k++) {
            const double *slot = ot__sums_slot(c->gx_sums, k, channels);
            pixels += slot[0], left += slot[1 + i], left_x += slot[1 + channels + i];
        }
        ck_assert_double_eq(pixels, (double)(c->gx.n / channels));
        ck_assert_msg(fabs(left - sum) <= KERNEL_TOLERANCE * size &&
                          fabs(left_x - sum_x) <= KERNEL_TOLERANCE * size_x,
                      "sums of channel %zu of %s: %.8g, %.8g instead of %.8g, %.8g", i, c->where,
                      left, left_x, sum, sum_x);
    }
}

static void check_conv(const int image[3], const int width[2])
{
    conv c = conv_new(image, width);
    const bool summed = c.y_sums != NULL, grad_view = c.kernels->reads_gy_view;
    map x_map = map_new(width[0], 20, true), gy_map = map_new(width[1], 30, false);
    const ot__view view = map_view(&x_map, NULL), gy_view = map_view(&gy_map, c.v.f);
    map_apply(&x_map, &c.x, NULL, &c.mapped_x);
    if (grad_view)
        map_apply(&gy_map, &c.gy, &c.v, &c.mapped_gy);
    else
        memcpy(c.mapped_gy.d, c.gy.d, c.gy.n * sizeof *c.gy.d);
    run_forward(&c, &view);
    run_backward(&c, &view, grad_view ? &gy_view : NULL);
    if (summed) mask(&c);
    tensor_close(&c.y, "value", c.where);
    tensor_close(&c.gx, "gradient of x", c.where);
    tensor_close(&c.gw, "gradient of w", c.where);
    if (summed) sums_are_moments(c.y_sums, &c.y, c.where);
    if (summed) gradient_sums_are_right(&c, &x_map);
    map_free(&x_map);
    map_free(&gy_map);
    conv_free(&c);
}

/* Limits the CPU features of this process; they are read only once, so this needs Check's forks. */
static void hide(const char *cpu)
{
    const char *fork = getenv("CK_FORK");
    if (fork && strcmp(fork, "no") == 0) return;
    ck_assert_int_eq(setenv("ODETAPE_CPU", cpu, 1), 0);
}

START_TEST(convolutions_read_views_and_write_sums)
{
    hide(masks[_i % MASKS]);
    for (int i = 0; i < IMAGES; i++)
        check_conv(images[i], widths[_i / MASKS]);
}
END_TEST

/* The weights are 1 where input and output channel are equal at the middle tap, so y is x. */
START_TEST(moments_of_a_convolution_survive_a_large_mean)
{
    const int image[] = { 3, 9, 13 }, width[] = { 16, 16 };
    hide(masks[_i]);
    conv c = conv_new(image, width);
    if (c.y_sums) {
        tensor_free(&c.x);
        c.x = tensor_new(c.mapped_x.shape, 1, 1000);
        for (size_t i = 0; i < c.w.n; i++)
            c.w.f[i] = i % 9 == 4 && i / 9 % 16 == i / 144 ? 1 : 0;
        for (size_t i = 0; i < c.x.n; i++)
            c.mapped_x.d[i] = c.x.d[i];
        run_forward(&c, NULL);
        sums_are_moments(c.y_sums, &c.y, c.where);
    }
    conv_free(&c);
}
END_TEST

/* ---- linear combinations and sums of gradients ---- */

enum { TERMS = 14 };
static const int channels[] = { 1, 3, 17, 64, 80, 300 };
enum { CHANNELS = sizeof channels / sizeof channels[0] };

typedef struct sum {
    double coef[TERMS];
    tensor x[TERMS], y;
    union {
        ot__lincomb_attr attr;
        char bytes[sizeof(ot__lincomb_attr) + TERMS * sizeof(ot__lincomb_term)];
    } a;
} sum;

static sum sum_new(ot_shape shape, int terms, double mean)
{
    sum s = { .a.attr.n = terms, .y = tensor_new(shape, 99, 0) };
    for (int j = 0; j < terms; j++) {
        s.coef[j] = s.a.attr.term[j].value = j == 0 ? 1 : 0.75 / j - 0.5;
        s.x[j] = tensor_new(shape, 40 + j, j == 0 ? mean : 0);
    }
    return s;
}

static void sum_free(sum *s)
{
    for (int j = 0; j < s->a.attr.n; j++)
        tensor_free(&s->x[j]);
    tensor_free(&s->y);
}

/* The sum in double. */
static void add_up(sum *s, bool add)
{
    for (size_t i = 0; i < s->y.n; i++) {
        double y = add ? s->y.d[i] : 0;
        for (int j = 0; j < s->a.attr.n; j++)
            y += s->coef[j] * s->x[j].d[i];
        s->y.d[i] = y;
    }
}

typedef void (*several)(int n, const ot__call *const call[]);

static void run_sum(sum *s, several kernel, const void *attr, double *y_sums, bool add)
{
    const void *x[TERMS];
    ot_shape xs[TERMS];
    for (int j = 0; j < s->a.attr.n; j++)
        x[j] = s->x[j].f, xs[j] = s->y.shape;
    const ot__call call = { .attr = attr,
                            .n_in = s->a.attr.n,
                            .x = x,
                            .xs = xs,
                            .ys = s->y.shape,
                            .y = s->y.f,
                            .y_sums = y_sums,
                            .add = &add };
    kernel(1, (const ot__call *const[]){ &call });
}

static const ot__kernels *sum_kernels(const sum *s, ot__record *r)
{
    *r = (ot__record){ .op = &ot__op_lincomb,
                       .n_in = s->a.attr.n,
                       .attr = &s->a.attr,
                       .shape = s->y.shape,
                       .batched = true };
    return kernels_of(r, &s->y.shape);
}

static double *write_moments(sum *s, const char *where)
{
    ot__record r;
    const ot__kernels *kernels = sum_kernels(s, &r);
    double *sums = sums_new((size_t)s->y.shape.dim[3]);
    run_sum(s, kernels->fused, &s->a.attr, sums, false);
    sums_are_moments(sums, &s->y, where);
    return sums;
}

static void check_sum(ot_shape shape, int terms)
{
    char where[80];
    sum s = sum_new(shape, terms, 0);
    ot__record r;
    const ot__kernels *kernels = sum_kernels(&s, &r);
    snprintf(where, sizeof where, "the sum of %d of %s", terms, ot__shape_text(shape));
    ot__free(write_moments(&s, where));
    add_up(&s, false);
    tensor_close(&s.y, "value with moments", where);
    run_sum(&s, kernels->fused, &s.a.attr, NULL, false);
    tensor_close(&s.y, "value", where);
    for (int add = 0; add < 2; add++) {
        run_sum(&s, kernels->weighted_sums, s.coef, NULL, add);
        add_up(&s, add);
        tensor_close(&s.y, add ? "sum of gradients, added" : "sum of gradients", where);
    }
    sum_free(&s);
}

START_TEST(combinations_write_moments_and_sum_gradients)
{
    static const int terms[] = { 1, 4, 14 };
    for (int i = 0; i < IMAGES; i++)
        for (size_t j = 0; j < sizeof terms / sizeof terms[0]; j++)
            check_sum(OT_SHAPE(images[i][0], images[i][1], images[i][2], channels[_i]), terms[j]);
}
END_TEST

/* ---- batch norm on sums ---- */

typedef struct norm {
    tensor x, y, gy, gx, channel[4], gchannel[2]; /* gamma, beta, mean, variance */
    float *saved;
    double *saved_d;
    void *scratch;
} norm;

/* x gets a copy of the floats of the given tensor. */
static norm norm_new(const tensor *x)
{
    const int c = x->shape.dim[3];
    norm b = { .x = tensor_new(x->shape, 50, 0),
               .y = tensor_new(x->shape, 51, 0),
               .gy = tensor_new(x->shape, 52, 0),
               .gx = tensor_new(x->shape, 53, 0) };
    for (size_t i = 0; i < x->n; i++)
        b.x.d[i] = (double)(b.x.f[i] = x->f[i]);
    for (int k = 0; k < 4; k++)
        b.channel[k] = tensor_new(OT_SHAPE(c), 60 + k, 1);
    for (int k = 0; k < 2; k++)
        b.gchannel[k] = tensor_new(OT_SHAPE(c), 70 + k, 0);
    b.saved = ot__new(OT__BN_SAVED * (size_t)c, sizeof *b.saved);
    b.saved_d = ot__new(OT__BN_SAVED * (size_t)c, sizeof *b.saved_d);
    return b;
}

static void norm_free(norm *b)
{
    tensor *all[] = { &b->x,           &b->y,          &b->gy,         &b->gx,
                      &b->channel[0],  &b->channel[1], &b->channel[2], &b->channel[3],
                      &b->gchannel[0], &b->gchannel[1] };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        tensor_free(all[i]);
    ot__free(b->saved);
    ot__free(b->saved_d);
    ot__free(b->scratch);
}

/* Sums of gy and gy*(x - m), as the reader of the result writes them, all in the first slot. */
static double *sums_of_gradient(const norm *b)
{
    const size_t c = b->channel[0].n;
    double *sums = sums_new(c), *slot = ot__sums_slot(sums, 0, c);
    const int chunks = ot__chunks_of(b->x.shape.dim[0]);
    memset(sums, 0, ot__sums_size(c) * sizeof *sums);
    sums[0] = chunks;
    slot[0] = (double)(b->x.n / c);
    for (size_t i = 0; i < c; i++) {
        slot[1 + i] = slot[1 + c + i] = 0;
        for (size_t at = i; at < b->x.n; at += c) {
            slot[1 + i] += b->gy.d[at];
            slot[1 + c + i] += b->gy.d[at] * (b->x.d[at] - (double)b->saved[OT__BN_M * c + i]);
        }
    }
    return sums;
}

static void run_norm(norm *b, double *x_sums)
{
    static const ot__batch_norm_attr attr = { .momentum = 0.1, .eps = 1e-5 };
    const bool add[OT__BN_OPERANDS] = { false };
    ot_shape xs[OT__BN_OPERANDS] = { b->x.shape };
    for (int k = 1; k < OT__BN_OPERANDS; k++)
        xs[k] = b->channel[0].shape;
    const ot__record r = { .op = &ot__op_batch_norm,
                           .n_in = OT__BN_OPERANDS,
                           .attr = &attr,
                           .shape = b->x.shape,
                           .batched = true };
    const ot__kernels *kernels = kernels_of(&r, xs), *reference = &ot__op_batch_norm.reference;
    b->scratch = ot__tensor_memory(kernels->scratch(&r, xs, b->x.shape.dim[0], ot__threads()));
    ot__call f = { .attr = &attr, .n_in = OT__BN_OPERANDS, .xs = xs, .ys = b->x.shape, .add = add };
    ot__call d = f;
    f.x = (const void *[]){ b->x.f, b->channel[0].f, b->channel[1].f, b->channel[2].f,
                            b->channel[3].f };
    d.x = (const void *[]){ b->x.d, b->channel[0].d, b->channel[1].d, b->channel[2].d,
                            b->channel[3].d };
    f.y = b->y.f, f.saved = b->saved, f.scratch = b->scratch, f.x_sums = x_sums;
    d.y = b->y.d, d.saved = b->saved_d;
    kernels->forward(&f);
    reference->forward(&d);
    double *gy_sums = x_sums ? sums_of_gradient(b) : NULL;
    f.gy = b->gy.f, f.gy_sums = gy_sums;
    d.gy = b->gy.d;
    f.gx = (void *[OT__BN_OPERANDS]){ b->gx.f, b->gchannel[0].f, b->gchannel[1].f };
    d.gx = (void *[OT__BN_OPERANDS]){ b->gx.d, b->gchannel[0].d, b->gchannel[1].d };
    kernels->backward(&f);
    reference->backward(&d);
    ot__free(gy_sums);
}

static void check_norm(int image, int c, double mean, bool through_sums)
{
    char where[96];
    sum s = sum_new(OT_SHAPE(images[image][0], images[image][1], images[image][2], c), 2, mean);
    snprintf(where, sizeof where, "batch_norm of %s around %g%s", ot__shape_text(s.y.shape), mean,
             through_sums ? " through sums" : "");
    double *sums = write_moments(&s, where);
    norm b = norm_new(&s.y);
    run_norm(&b, through_sums ? sums : NULL);
    tensor_close(&b.y, "value", where);
    tensor_close(&b.gx, "gradient of x", where);
    tensor_close(&b.gchannel[0], "gradient of gamma", where);
    tensor_close(&b.gchannel[1], "gradient of beta", where);
    tensor_close(&b.channel[2], "running mean", where);
    tensor_close(&b.channel[3], "running variance", where);
    norm_free(&b);
    sum_free(&s);
    ot__free(sums);
}

START_TEST(batch_norm_survives_a_large_mean_through_sums_too)
{
    static const double means[] = { 0, -30, 1000 };
    for (int image = 2; image < IMAGES; image++) /* the first two have one pixel per image */
        for (int k = 0; k < 3; k++)
            for (int through_sums = 0; through_sums < 2; through_sums++)
                check_norm(image, channels[_i], means[k], through_sums);
}
END_TEST

TCase *views_case(void)
{
    TCase *c = tcase_create("views");
    tcase_set_tags(c, "slow");
    tcase_add_loop_test(c, convolutions_read_views_and_write_sums, 0, CASES);
    tcase_add_loop_test(c, moments_of_a_convolution_survive_a_large_mean, 0, MASKS);
    tcase_add_loop_test(c, combinations_write_moments_and_sum_gradients, 0, CHANNELS);
    tcase_add_loop_test(c, batch_norm_survives_a_large_mean_through_sums_too, 0, CHANNELS);
    return c;
}
