/* SPDX-License-Identifier: BSD-3-Clause
 * Where the parameters of a sub-net come from.  An evaluation has its own, or all evaluations of a
 * block share one set, or they mix two sets of the block according to the time c of their stage, or
 * the scheme says which evaluations share a set. */
#ifndef OT_SCHEMES_WEIGHTS_H
#define OT_SCHEMES_WEIGHTS_H

#include "base/status.h"

enum {
    OT__MOST_TENSORS = 64, /* of one sub-net */
    OT__MOST_SETS = 9,     /* of one block: number 0 belongs to ot_net_opts.weights, the others to
                              the scheme */
};

typedef struct ot__shared_tensor {
    char name[64];
    int stream;    /* that its initial values are drawn from, at both ends */
    ot_var end[2]; /* the tensor at c = 0 and at c = 1; the null var: not recorded yet */
} ot__shared_tensor;

/* A set of tensors that evaluations of a block share. */
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
    int chosen;         /* the set that the scheme chose for this evaluation; 0: none */
    double c;           /* time of its stage */
    ot__shared set[OT__MOST_SETS], statistics;
} ot__weights;

/* Prepares *w for a block whose shared tensors draw from `stream` and the streams after it. */
void ot__weights_begin(ot__weights *w, ot_weights kind, int stream);
/* The parameter of a sub-net, for example "conv1.weight". */
ot_var ot__weight(ot__weights *w, ot_tape *t, const char *name, ot_shape shape, ot_init init);
/* The running statistic of a sub-net: that of the evaluation, or of the block. */
ot_var ot__statistic(ot__weights *w, ot_tape *t, const char *name, ot_shape shape, ot_init init);

#endif
