/* SPDX-License-Identifier: BSD-3-Clause
 * Where the parameters of a sub-net come from: its own, those of the block, or a mixture of two
 * sets of the block by the stage's time c. */
#ifndef OT_MODELS_WEIGHTS_H
#define OT_MODELS_WEIGHTS_H

#include "odetape.h"

enum { OT__MOST_TENSORS = 64 }; /* of one sub-net */

typedef struct ot__shared_tensor {
    char name[64];
    int stream;    /* both ends start from it */
    ot_var end[2]; /* at c = 0 and c = 1; a null var has not been asked for */
} ot__shared_tensor;

typedef struct ot__shared {
    int stream; /* of the first tensor; the others follow */
    int n;
    ot__shared_tensor tensor[OT__MOST_TENSORS];
} ot__shared;

/* The sets of one block, and which evaluation of it is being recorded. */
typedef struct ot__weights {
    ot_weights kind;
    int moves;      /* evaluations that move one set of running statistics; 0: each has its own */
    int evaluation; /* of the block: the recorder's scope is "stages.<evaluation>" */
    double c;       /* of its stage */
    ot__shared weights, statistics;
} ot__weights;

/* The parameter "layer.name" of a sub-net.  w NULL: a parameter like any other. */
ot_var ot__weight(ot__weights *w, ot_tape *t, const char *layer, const char *name, ot_shape shape,
                  ot_init init);
/* The running statistic "layer.name" of a sub-net: of the evaluation, or of the block. */
ot_var ot__statistic(ot__weights *w, ot_tape *t, const char *layer, const char *name,
                     ot_shape shape, ot_init init);

#endif
