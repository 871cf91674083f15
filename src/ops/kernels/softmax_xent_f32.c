/* SPDX-License-Identifier: BSD-3-Clause
 * softmax_xent on float32 tensors.  A batch has only a few thousand logits, so one thread is
 * enough, and the arithmetic is in double, because users compare losses. */
#include <math.h>

#include "ops/kernels/kernels.h"

static double row_loss(int classes, const float *x, int label, float *p)
{
    double most = x[0], sum = 0;
    for (int k = 1; k < classes; k++)
        most = fmax(most, x[k]);
    for (int k = 0; k < classes; k++)
        sum += exp(x[k] - most);
    const bool known = label >= 0 && label < classes;
    for (int k = 0; k < classes; k++)
        p[k] = known ? (float)(exp(x[k] - most) / sum) : NAN;
    return known ? log(sum) - (x[label] - most) : NAN;
}

void ot__softmax_xent_forward_f32(const ot__call *c)
{
    const int n = c->xs[0].dim[0], classes = c->xs[0].dim[1];
    const float *x = c->x[0];
    const int32_t *label = c->x[1];
    float *p = c->saved;
    double sum = 0;
    for (int i = 0; i < n; i++)
        sum += row_loss(classes, x + (size_t)i * classes, label[i], p + (size_t)i * classes);
    *(float *)c->y = (float)(sum / n);
}

void ot__softmax_xent_backward_f32(const ot__call *c)
{
    const int n = c->xs[0].dim[0], classes = c->xs[0].dim[1];
    const double g = (double)*(const float *)c->gy / n;
    const float *p = c->saved;
    const int32_t *label = c->x[1];
    float *gx = c->gx[0];
    for (int i = 0; i < n; i++)
        for (int k = 0; k < classes; k++) {
            const size_t at = (size_t)i * classes + k;
            const float derivative = (float)((p[at] - (k == label[i])) * g);
            gx[at] = c->add[0] ? gx[at] + derivative : derivative;
        }
}
