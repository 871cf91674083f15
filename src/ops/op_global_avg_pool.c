/* SPDX-License-Identifier: BSD-3-Clause
 * global_avg_pool: y[n,c] = mean of x[n,:,:,c].
 *
 *   gx[n,h,w,c] = gy[n,c] / (H*W) */
#include "ops/kernels/kernels.h"
#include "ops/ops.h"

static ot_status shape(ot__shaping *s)
{
    const ot_shape x = s->x[0];
    if (x.rank != 4)
        return ot__fail(OT_ESHAPE, "global_avg_pool: x is %s; it must be (N,H,W,C)",
                        ot__shape_text(x));
    *s->y = OT_SHAPE(x.dim[0], x.dim[3]);
    *s->y_batched = s->batched[0];
    return OT_OK;
}

static ot__cost cost(const ot__record *r, const ot_shape *x)
{
    (void)r;
    const double n = (double)ot__elements(x[0]);
    return (ot__cost){ n, n };
}

static void forward(const ot__call *c)
{
    const size_t images = (size_t)c->ys.dim[0], channels = (size_t)c->ys.dim[1];
    const size_t pixels = (size_t)c->xs[0].dim[1] * c->xs[0].dim[2];
    const double *x = c->x[0];
    double *y = c->y;
    for (size_t n = 0; n < images; n++)
        for (size_t i = 0; i < channels; i++) {
            double sum = 0;
            for (size_t p = 0; p < pixels; p++)
                sum += x[(n * pixels + p) * channels + i];
            y[n * channels + i] = sum / (double)pixels;
        }
}

static void backward(const ot__call *c)
{
    const size_t images = (size_t)c->ys.dim[0], channels = (size_t)c->ys.dim[1];
    const size_t pixels = (size_t)c->xs[0].dim[1] * c->xs[0].dim[2];
    const double *gy = c->gy;
    double *gx = c->gx[0];
    for (size_t n = 0; n < images; n++)
        for (size_t p = 0; p < pixels; p++)
            for (size_t i = 0; i < channels; i++)
                ot__deliver(&gx[(n * pixels + p) * channels + i], c->add[0],
                            gy[n * channels + i] / (double)pixels);
}

/* The last example has more pixels and channels than the float32 kernel sums at a time. */
static ot_var example(ot_tape *t, int variant)
{
    static const ot_shape x[] = { { 4, { 3, 4, 2, 3 } },
                                  { 4, { 1, 1, 1, 5 } },
                                  { 4, { 2, 9, 8, 66 } } };
    if (variant < 0 || variant >= (int)(sizeof x / sizeof x[0])) return (ot_var){ 0 };
    return ot_global_avg_pool(t, ot_input(t, "x", x[variant]));
}

const ot_op ot__op_global_avg_pool = {
    .name = "global_avg_pool",
    .shape = shape,
    .cost = cost,
    .sums = { .nothing = true },
    .reference = { .forward = forward, .backward = backward, .overwrites = true },
    .portable = { .forward = ot__global_avg_pool_forward_f32,
                  .backward = ot__global_avg_pool_backward_f32,
                  .overwrites = true,
                  .reads_view = true },
    .example = example,
};

ot_var ot_global_avg_pool(ot_tape *t, ot_var x)
{
    return ot__record_op(t, &ot__op_global_avg_pool, 1, &x, NULL, 0);
}
