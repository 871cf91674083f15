/* SPDX-License-Identifier: BSD-3-Clause
 * The segments of a network with controlled steps.  How many steps a block takes is known only
 * during the run.  So the tape holds the stem, one step of each block, and the head as separate
 * segments, each with its own input, and each segment is compiled to its own program. */
#ifndef OT_MODELS_SEGMENTS_H
#define OT_MODELS_SEGMENTS_H

#include "schemes/steppers/stepper.h"

typedef struct ot__segments {
    ot_var stem;        /* the result of the stem */
    int n;              /* blocks */
    ot__one_step *step; /* of each block, in the scope "blocks.0", "blocks.1", ... */
    ot_var head;        /* the input of the head, which ends with the loss */
} ot__segments;

/* NULL for a network whose steps are not controlled. */
const ot__segments *ot__net_segments(const ot_net *net);

#endif
