/* SPDX-License-Identifier: BSD-3-Clause
 * Where the parameters of a sub-net come from.  An evaluation has its own, or all evaluations of a
 * block share one set, or they mix two sets of the block according to the time c of their stage. */
#ifndef OT_MODELS_WEIGHTS_H
#define OT_MODELS_WEIGHTS_H

#include "odetape.h"

enum { OT__MOST_TENSORS = 64 }; /* of one sub-net */

typedef struct ot__shared_tensor {
    char name[64];
    int stream;    /* that its initial values are drawn from, at both ends */
    ot_var end[2]; /* the tensor at c = 0 and at c = 1; the null var: not recorded yet */
} ot__shared_tensor;

/* A set of tensors that the evaluations of a block share. */
typedef struct ot__shared {
    int stream; /* of the first tensor; each further tensor has the next stream */
    int n;
    ot__shared_tensor tensor[OT__MOST_TENSORS];
} ot__shared;

/* The shared sets of one block, and which evaluation of it is being recorded. */
typedef struct ot__weights {
    ot_weights kind;
    int shared_updates; /* how many evaluations update one set of running statistics; 0: each
                           evaluation has its own */
    int evaluation;     /* the present scope is "stages.<evaluation>" */
    double c;           /* time of its stage */
    ot__shared weights, statistics;
} ot__weights;

/* The parameter "layer.name" of a sub-net.  w NULL: the layer has its own. */
ot_var ot__weight(ot__weights *w, ot_tape *t, const char *layer, const char *name, ot_shape shape,
                  ot_init init);
/* The running statistic "layer.name" of a sub-net: that of the evaluation, or of the block. */
ot_var ot__statistic(ot__weights *w, ot_tape *t, const char *layer, const char *name,
                     ot_shape shape, ot_init init);

#endif
