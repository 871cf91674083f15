/* SPDX-License-Identifier: BSD-3-Clause
 * The segments of a network: parts of its tape that are compiled one by one and run in order.  A
 * network whose steps are fixed is one segment, from the images to the loss.  How many controlled
 * steps a block takes is known only during the run.  So a network with controlled steps has several
 * segments: the stem, the layers between two levels, one step of each block, and the head.  Each
 * segment except the first has an input of its own.  It is given the result of the segment
 * before. */
#ifndef OT_MODELS_SEGMENTS_H
#define OT_MODELS_SEGMENTS_H

#include "schemes/steppers/stepper.h"

typedef struct ot__segment {
    char name[16]; /* its scope: "stem", "levels.1", "blocks.0", "head"; "network" for all of it */
    ot_var x;      /* its input: the images, or an ot_input that is shaped like the result before */
    ot_var y;      /* its result; of the last segment, the loss */
    bool repeated; /* it is one step of a block, which is run as often as its error demands: */
    int block;     /* its number */
    ot__one_step step;
} ot__segment;

typedef struct ot__segments {
    int n;
    ot__segment *of;
} ot__segments;

const ot__segments *ot__net_segments(const ot_net *net);

#endif
