/* SPDX-License-Identifier: BSD-3-Clause
 * What softmax_xent compares the probabilities of an image with: a number q_k per class, the sum of
 * which is 1.  With smoothing e, labels a and b and the weight w of a
 *
 *   q_k = (1 - e) (w [k = a] + (1 - w) [k = b]) + e/K,    k = 0 .. K-1
 *
 * Without smoothing and second labels, and in evaluation programs, q_k is exactly [k = a]. */
#ifndef OT_OPS_TARGET_H
#define OT_OPS_TARGET_H

#include "autograd/op.h"
#include "ops/attr.h"

typedef struct ot__target {
    int a, b;       /* classes; equal if there are no second labels */
    double w;       /* the weight of a; 1 if there are no second labels */
    double labels;  /* 1 - e */
    double uniform; /* e/K */
    bool known;     /* both labels are classes */
} ot__target;

/* Whether a call reads the second labels. */
static inline bool ot__has_second(const ot__call *c)
{
    return c->n_in == OT__XENT_OPERANDS && !c->evaluate;
}

/* The smoothing of a call. */
static inline double ot__smoothing(const ot__call *c)
{
    return c->evaluate ? 0 : ((const ot__softmax_xent_attr *)c->attr)->smoothing;
}

/* The target of image i; w is the weight of its first label. */
static inline ot__target ot__target_of(const ot__call *c, int i, double w)
{
    const int classes = c->xs[OT__XENT_X].dim[1];
    const bool mixed = ot__has_second(c);
    const int a = ((const int32_t *)c->x[OT__XENT_LABELS])[i];
    const int b = mixed ? ((const int32_t *)c->x[OT__XENT_SECOND])[i] : a;
    const double e = ot__smoothing(c);
    return (ot__target){ .a = a,
                         .b = b,
                         .w = mixed ? w : 1,
                         .labels = 1 - e,
                         .uniform = e / classes,
                         .known = a >= 0 && a < classes && b >= 0 && b < classes };
}

/* q_k */
static inline double ot__target_at(const ot__target *t, int k)
{
    return t->labels * (t->w * (k == t->a) + (1 - t->w) * (k == t->b)) + t->uniform;
}

#endif
