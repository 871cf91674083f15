/* SPDX-License-Identifier: BSD-3-Clause
 * softmax_xent: softmax and cross-entropy.  y is the mean over the batch of -sum_k q_k log p_k.  p
 * is the softmax of the logits and q the target: 1 for the label and 0 for all other classes,
 * unless labels are smoothed (Szegedy et al. 2016) or mixed (Zhang et al. 2018; ops/target.h).
 *
 *   gx[n,k] = (p[n,k] - q[n,k]) * gy / N
 *   gw[n]   = (1 - e) (x[n,b] - x[n,a]) * gy / N,   with smoothing e and w the weight of label a
 *
 * The largest logit is subtracted first, so that exp does not overflow.  If a label is not a class,
 * the loss is undefined: the loss and that row of the gradients become NaN. */
#include <math.h>

#include "base/decimal.h"
#include "ops/kernels/kernels.h"
#include "ops/ops.h"
#include "ops/target.h"

static ot_status shape(ot__shaping *s)
{
    const ot_shape x = s->x[OT__XENT_X], labels = s->x[OT__XENT_LABELS];
    if (x.rank != 2)
        return ot__fail(OT_ESHAPE, "softmax_xent: logits are %s; they must be (N,K)",
                        ot__shape_text(x));
    if (labels.dim[0] != x.dim[0] || !s->batched[OT__XENT_X])
        return ot__fail(OT_ESHAPE,
                        "softmax_xent: logits are %s and labels %s; logits must have a batch, and "
                        "labels the same one",
                        ot__shape_text(x), ot__shape_text(labels));
    for (int k = OT__XENT_SECOND; k < s->n_in; k++)
        if (!s->batched[k] || !ot__same_shape(s->x[k], labels))
            return ot__fail(
                OT_ESHAPE,
                "softmax_xent: labels are %s and the %s %s; they must be %s with the batch",
                ot__shape_text(labels),
                k == OT__XENT_SECOND ? "second labels" : "weights of labels",
                ot__shape_text(s->x[k]), ot__shape_text(labels));
    *s->y = OT_SCALAR;
    return OT_OK;
}

/* The probabilities and, with second labels, x[n,b] - x[n,a]. */
static size_t saved(const ot__record *r, const ot_shape *x, int batch)
{
    return (size_t)batch * ((size_t)x[OT__XENT_X].dim[1] + (r->n_in == OT__XENT_OPERANDS));
}

static ot__cost cost(const ot__record *r, const ot_shape *x)
{
    (void)r;
    const double n = (double)ot__elements(x[OT__XENT_X]);
    return (ot__cost){ 5 * n, 2 * n };
}

/* p = softmax(x); returns -sum_k q_k log p_k. */
static double row_loss(int classes, const double *x, const ot__target *q, double *p)
{
    double most = x[0], sum = 0, loss = 0;
    for (int k = 1; k < classes; k++)
        most = fmax(most, x[k]);
    for (int k = 0; k < classes; k++)
        sum += p[k] = exp(x[k] - most);
    for (int k = 0; k < classes; k++)
        p[k] = q->known ? p[k] / sum : NAN;
    const double log_sum = log(sum);
    for (int k = 0; k < classes; k++)
        if (ot__target_at(q, k) != 0) loss += ot__target_at(q, k) * (log_sum - (x[k] - most));
    return q->known ? loss : NAN;
}

static ot__target target(const ot__call *c, int i)
{
    return ot__target_of(c, i, ot__has_second(c) ? ((const double *)c->x[OT__XENT_WEIGHT])[i] : 1);
}

static void forward(const ot__call *c)
{
    const int n = c->xs[OT__XENT_X].dim[0], classes = c->xs[OT__XENT_X].dim[1];
    double *const difference = (double *)c->saved + (size_t)n * classes;
    double sum = 0;
    for (int i = 0; i < n; i++) {
        const double *x = (const double *)c->x[OT__XENT_X] + (size_t)i * classes;
        const ot__target q = target(c, i);
        sum += row_loss(classes, x, &q, (double *)c->saved + (size_t)i * classes);
        if (ot__has_second(c)) difference[i] = q.known ? x[q.b] - x[q.a] : NAN;
    }
    *(double *)c->y = sum / n;
}

/* Evaluation programs do not read the weights, so their gradient is 0 there. */
static void backward_weight(const ot__call *c, double g)
{
    const int n = c->xs[OT__XENT_X].dim[0];
    const double *difference =
        (const double *)c->saved + (size_t)n * (size_t)c->xs[OT__XENT_X].dim[1];
    double *gw = c->gx[OT__XENT_WEIGHT];
    for (int i = 0; i < n; i++)
        ot__deliver(&gw[i], c->add[OT__XENT_WEIGHT],
                    ot__has_second(c) ? (1 - ot__smoothing(c)) * difference[i] * g : 0);
}

static void backward(const ot__call *c)
{
    const int n = c->xs[OT__XENT_X].dim[0], classes = c->xs[OT__XENT_X].dim[1];
    const double *p = c->saved, g = *(const double *)c->gy / n;
    double *gx = c->gx[OT__XENT_X];
    for (int i = 0; gx && i < n; i++) {
        const ot__target q = target(c, i);
        for (int k = 0; k < classes; k++) {
            const size_t at = (size_t)i * classes + k;
            ot__deliver(&gx[at], c->add[OT__XENT_X], (p[at] - ot__target_at(&q, k)) * g);
        }
    }
    if (c->n_in == OT__XENT_OPERANDS && c->gx[OT__XENT_WEIGHT]) backward_weight(c, g);
}

/* One label, smoothed, mixed, and both. */
static ot_var example(ot_tape *t, int variant)
{
    static const struct {
        int classes;
        double smoothing;
        bool mixed;
    } examples[] = { { 10, 0, false }, { 2, 0, false },  { 5, 0.1, false },
                     { 7, 0, true },   { 3, 0.3, true }, { 12, 0.05, true } };
    if (variant < 0 || variant >= (int)(sizeof examples / sizeof examples[0])) return (ot_var){ 0 };
    const ot_var x = ot_input(t, "logits", OT_SHAPE(4, examples[variant].classes));
    const ot_var labels = ot_labels(t, "labels", 4);
    ot_xent_opts opts = { .smoothing = examples[variant].smoothing };
    if (examples[variant].mixed) {
        opts.second_labels = ot_labels(t, "second_labels", 4);
        opts.weight = ot_input(t, "label_weight", OT_SHAPE(4));
    }
    return ot_softmax_xent_with(t, x, labels, &opts);
}

const ot_op ot__op_softmax_xent = {
    .name = "softmax_xent",
    .shape = shape,
    .labels = OT__OPERAND(OT__XENT_LABELS) | OT__OPERAND(OT__XENT_SECOND),
    .keeps =
        OT__KEEPS_X(OT__XENT_LABELS) | OT__KEEPS_X(OT__XENT_SECOND) | OT__KEEPS_X(OT__XENT_WEIGHT),
    .saved = saved,
    .cost = cost,
    .sums = { .y = true, .mean = true },
    .reference = { .forward = forward, .backward = backward, .overwrites = true },
    .portable = { .forward = ot__softmax_xent_forward_f32,
                  .backward = ot__softmax_xent_backward_f32,
                  .overwrites = true },
    .example = example,
};

ot_var ot_softmax_xent_with(ot_tape *t, ot_var logits, ot_var labels, const ot_xent_opts *opts)
{
    const ot__softmax_xent_attr attr = { opts ? opts->smoothing : 0 };
    const ot_var in[OT__XENT_OPERANDS] = { logits, labels, opts ? opts->second_labels : logits,
                                           opts ? opts->weight : logits };
    const bool second = opts && opts->second_labels.id, weight = opts && opts->weight.id;
    if (!(attr.smoothing >= 0 && attr.smoothing < 1))
        return ot_tape_fail(t, OT_EINVAL,
                            "softmax_xent: the smoothing is %s; it must be at least "
                            "0 and below 1",
                            OT__REAL(attr.smoothing));
    if (second != weight)
        return ot_tape_fail(t, OT_EINVAL, "softmax_xent: there are %s; both are needed, or neither",
                            second ? "second labels without the weights of the first ones"
                                   : "weights of labels without second labels");
    return ot__record_op(t, &ot__op_softmax_xent, second ? OT__XENT_OPERANDS : OT__XENT_SECOND, in,
                         &attr, sizeof attr);
}

ot_var ot_softmax_xent(ot_tape *t, ot_var logits, ot_var labels)
{
    return ot_softmax_xent_with(t, logits, labels, NULL);
}
