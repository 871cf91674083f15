/* SPDX-License-Identifier: BSD-3-Clause
 * softmax_xent on float32 tensors.  A batch has only a few thousand logits, so one thread is
 * enough, and the arithmetic is in double, because users compare losses. */
#include <math.h>

#include "base/chunks.h"
#include "ops/kernels/kernels.h"
#include "ops/target.h"

static double row_loss(int classes, const float *x, const ot__target *q, float *p)
{
    double most = x[0], sum = 0, loss = 0;
    for (int k = 1; k < classes; k++)
        most = fmax(most, x[k]);
    for (int k = 0; k < classes; k++)
        sum += exp(x[k] - most);
    for (int k = 0; k < classes; k++)
        p[k] = q->known ? (float)(exp(x[k] - most) / sum) : NAN;
    const double log_sum = log(sum);
    for (int k = 0; k < classes; k++)
        if (ot__target_at(q, k) != 0) loss += ot__target_at(q, k) * (log_sum - (x[k] - most));
    return q->known ? loss : NAN;
}

static ot__target target(const ot__call *c, int i)
{
    return ot__target_of(c, i,
                         ot__has_second(c) ? (double)((const float *)c->x[OT__XENT_WEIGHT])[i] : 1);
}

void ot__softmax_xent_forward_f32(const ot__call *c)
{
    const int n = c->xs[OT__XENT_X].dim[0], classes = c->xs[OT__XENT_X].dim[1];
    float *const difference = (float *)c->saved + (size_t)n * classes;
    const ot__cut cut = ot__cut_images(c->share, n, (size_t)n);
    double sum[OT__MOST_CHUNKS] = { 0 };
    for (int i = 0; i < n; i++) {
        const float *x = (const float *)c->x[OT__XENT_X] + (size_t)i * classes;
        const ot__target q = target(c, i);
        sum[(size_t)i / cut.chunk] +=
            row_loss(classes, x, &q, (float *)c->saved + (size_t)i * classes);
        if (ot__has_second(c)) difference[i] = q.known ? x[q.b] - x[q.a] : NAN;
    }
    ot__add_chunks(&cut, 1, 1, sum);
    *(float *)c->y = (float)(sum[0] / ot__of_whole_batch(c->share, n, n));
}

static void deliver(float *to, bool add, float x)
{
    *to = add ? *to + x : x;
}

static void backward_weight(const ot__call *c, double g)
{
    const int n = c->xs[OT__XENT_X].dim[0];
    const float *difference =
        (const float *)c->saved + (size_t)n * (size_t)c->xs[OT__XENT_X].dim[1];
    float *gw = c->gx[OT__XENT_WEIGHT];
    for (int i = 0; i < n; i++)
        deliver(&gw[i], c->add[OT__XENT_WEIGHT],
                ot__has_second(c) ? (float)((1 - ot__smoothing(c)) * difference[i] * g) : 0);
}

void ot__softmax_xent_backward_f32(const ot__call *c)
{
    const int n = c->xs[OT__XENT_X].dim[0], classes = c->xs[OT__XENT_X].dim[1];
    const double g = (double)*(const float *)c->gy / ot__of_whole_batch(c->share, n, n);
    const float *p = c->saved;
    float *gx = c->gx[OT__XENT_X];
    for (int i = 0; gx && i < n; i++) {
        const ot__target q = target(c, i);
        for (int k = 0; k < classes; k++) {
            const size_t at = (size_t)i * classes + k;
            deliver(&gx[at], c->add[OT__XENT_X],
                    (float)((p[at] - (float)ot__target_at(&q, k)) * g));
        }
    }
    if (c->n_in == OT__XENT_OPERANDS && c->gx[OT__XENT_WEIGHT]) backward_weight(c, g);
}
