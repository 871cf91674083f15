/* SPDX-License-Identifier: BSD-3-Clause
 * A network with controlled steps: how many steps a block takes is known when they are taken, so
 * the tape holds stem, one step of each block and head side by side, to be compiled one by one. */
#ifndef OT_MODELS_PARTS_H
#define OT_MODELS_PARTS_H

#include "schemes/steppers/stepper.h"

typedef struct ot__parts {
    ot_var stem; /* what comes out of it */
    int n;
    ot__one_step *step; /* of each block, in the scope "blocks.0.", "blocks.1.", ... */
    ot_var head;        /* what goes into it; the network's loss is behind it */
} ot__parts;

/* NULL for a network whose steps are not controlled. */
const ot__parts *ot__net_parts(const ot_net *net);

#endif
