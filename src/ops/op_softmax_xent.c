/* SPDX-License-Identifier: BSD-3-Clause
 * softmax_xent: softmax and cross-entropy.  y is the mean over the batch of -log p[label], where p
 * is the softmax of the logits.
 *
 *   gx[n,k] = (p[n,k] - [k == label n]) * gy / N
 *
 * The largest logit is subtracted first, so that exp does not overflow.  If a label is not a class,
 * the loss is undefined: the loss and that row of the gradient become NaN. */
#include <math.h>

#include "ops/kernels/kernels.h"
#include "ops/ops.h"

static ot_status shape(ot__shaping *s)
{
    const ot_shape x = s->x[0], labels = s->x[1];
    if (x.rank != 2)
        return ot__fail(OT_ESHAPE, "softmax_xent: logits are %s; they must be (N,K)",
                        ot__shape_text(x));
    if (labels.dim[0] != x.dim[0] || !s->batched[0])
        return ot__fail(OT_ESHAPE,
                        "softmax_xent: logits are %s and labels %s; logits must have a batch, and "
                        "labels the same one",
                        ot__shape_text(x), ot__shape_text(labels));
    *s->y = OT_SCALAR;
    return OT_OK;
}

static size_t saved(const ot__record *r, const ot_shape *x, int batch)
{
    (void)r;
    return (size_t)batch * (size_t)x[0].dim[1];
}

static ot__cost cost(const ot__record *r, const ot_shape *x)
{
    (void)r;
    const double n = (double)ot__elements(x[0]);
    return (ot__cost){ 5 * n, 2 * n };
}

/* p = softmax(x); returns -log p[label]. */
static double row_loss(int classes, const double *x, int label, double *p)
{
    double most = x[0], sum = 0;
    for (int k = 1; k < classes; k++)
        most = fmax(most, x[k]);
    for (int k = 0; k < classes; k++)
        sum += p[k] = exp(x[k] - most);
    const bool known = label >= 0 && label < classes;
    for (int k = 0; k < classes; k++)
        p[k] = known ? p[k] / sum : NAN;
    return known ? log(sum) - (x[label] - most) : NAN;
}

static void forward(const ot__call *c)
{
    const int n = c->xs[0].dim[0], classes = c->xs[0].dim[1];
    const double *x = c->x[0];
    const int32_t *label = c->x[1];
    double *p = c->saved, sum = 0;
    for (int i = 0; i < n; i++)
        sum += row_loss(classes, x + (size_t)i * classes, label[i], p + (size_t)i * classes);
    *(double *)c->y = sum / n;
}

static void backward(const ot__call *c)
{
    const int n = c->xs[0].dim[0], classes = c->xs[0].dim[1];
    const double *p = c->saved, g = *(const double *)c->gy / n;
    const int32_t *label = c->x[1];
    double *gx = c->gx[0];
    for (int i = 0; i < n; i++)
        for (int k = 0; k < classes; k++) {
            const size_t at = (size_t)i * classes + k;
            ot__deliver(&gx[at], c->add[0], (p[at] - (k == label[i])) * g);
        }
}

static ot_var example(ot_tape *t, int variant)
{
    static const int classes[] = { 10, 2 };
    if (variant < 0 || variant > 1) return (ot_var){ 0 };
    const ot_var x = ot_input(t, "logits", OT_SHAPE(4, classes[variant]));
    return ot_softmax_xent(t, x, ot_labels(t, "labels", 4));
}

const ot_op ot__op_softmax_xent = {
    .name = "softmax_xent",
    .shape = shape,
    .labels = OT__OPERAND(1),
    .keeps = OT__KEEPS_X(1),
    .saved = saved,
    .cost = cost,
    .sums = { .y = true, .mean = true },
    .reference = { .forward = forward, .backward = backward, .overwrites = true },
    .portable = { .forward = ot__softmax_xent_forward_f32,
                  .backward = ot__softmax_xent_backward_f32,
                  .overwrites = true },
    .example = example,
};

ot_var ot_softmax_xent(ot_tape *t, ot_var logits, ot_var labels)
{
    return ot__record_op(t, &ot__op_softmax_xent, 2, (const ot_var[]){ logits, labels }, NULL, 0);
}
