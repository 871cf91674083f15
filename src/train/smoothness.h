/* SPDX-License-Identifier: BSD-3-Clause
 * The term of the gradient that keeps parameters of consecutive blocks close to each other. */
#ifndef OT_TRAIN_SMOOTHNESS_H
#define OT_TRAIN_SMOOTHNESS_H

#include "base/status.h"

/* The same parameter in two consecutive blocks, by index. */
typedef struct ot__neighbours {
    int earlier, later;
} ot__neighbours;

typedef struct ot__smoothness {
    ot_params *params;
    ot_dtype dtype;
    double weight, h;
    int n;
    ot__neighbours *pair;
} ot__smoothness;

/* Finds the pairs of parameters of which at least one is trained; with weight 0 there are none.
 * OT_EINVAL for a weight that is negative or not finite, steps that are not fixed, and a network
 * without such pairs; OT_ENOMEM. */
ot_status ot__smoothness_new(const ot_net *net, ot_params *params, ot_dtype dtype, double weight,
                             ot__smoothness *s);
void ot__smoothness_free(ot__smoothness *s);

/* Adds the gradient of weight * sum sqrt(((later - earlier)/h)^2 + 1e-3) to the gradients.  A
 * frozen parameter is a constant there. */
void ot__smoothness_add(const ot__smoothness *s);

#endif
