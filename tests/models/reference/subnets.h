/* SPDX-License-Identifier: BSD-3-Clause
 * Made by subnets.py with PyTorch 1.13: do not edit.
 *
 * A network is trained for 3 steps of gradient descent, w -= 0.002 g, in double precision.  The
 * images and labels are those of reference.h.  Values follow from names: with s, the sum of the
 * bytes of the full name, and v = sin(0.37 s + 1.7 j) for element j
 *     lambda, alpha, h                          0.5 + 0.1 v
 *     position                                  0.2 v
 *     biases                                    0.1 v
 *     weights of layers bn* and norm            1 + 0.1 v
 *     other weights                             v sqrt(2/fan_in)
 *     running_mean, running_var                 0.05 v, 1 + 0.1 v
 * A checksum is the sum of element j times sin(0.5 + 2.3 j). */
#ifndef OT_TESTS_SUBNETS_H
#define OT_TESTS_SUBNETS_H

#include "odetape.h"

#define SUBNETS_LR 0.002
enum { SUBNETS_STEPS = 3 };

typedef struct subnets_tensor {
    const char *name; /* a gradient of the first pass, or a running statistic after all steps */
    int count;
    double checksum, norm;
} subnets_tensor;

typedef struct subnets_net {
    const char *id;
    ot_net_opts opts;
    int params;
    double loss, logits[2];        /* of the first pass: checksum and norm of the logits */
    double after, logits_after[2]; /* in evaluation mode after all steps */
    double noise[2]; /* how far these move with a rounding of the parameters, relative: what is of
                        the first pass, and what is after all steps */
    int n_tensors;
    const subnets_tensor *tensors;
} subnets_net;

#include "subnets_norms.h"
#include "subnets_bottlenecks.h"
#include "subnets_transformers.h"

static const struct {
    int n;
    const subnets_net *nets;
} subnets_families[] = {
    { 11, subnets_norms },
    { 3, subnets_bottlenecks },
    { 7, subnets_transformers },
};

#endif
