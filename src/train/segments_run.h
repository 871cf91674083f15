/* SPDX-License-Identifier: BSD-3-Clause
 * The inside of an execution: execution.c opens, runs and describes it, execution_scan.c finds what
 * is not finite. */
#ifndef OT_TRAIN_SEGMENTS_RUN_H
#define OT_TRAIN_SEGMENTS_RUN_H

#include "train/execution.h"

/* What runs one segment: one of the two. */
typedef struct ot__runner {
    ot_program *program;
    ot_stepper *stepper;
} ot__runner;

struct ot_execution {
    const ot_net *net;
    const ot__segments *segments;
    ot_compile_opts opts;
    ot__runner *part; /* by segment */
    size_t *limit;    /* by segment: of the program that computes gradients; NULL: none */
    size_t least;     /* the smallest peak of all programs together; 0 without a limit */
    int last;         /* the last segment */
    void *y;          /* the state between two segments, or its gradient; NULL for one segment */
    int images;       /* in the batch that runs */
    bool features;    /* what the last linear layer reads can be read after a run */
    ot_control_result control; /* of the last forward run, and of the backward run after it */
    bool out_of_reach;         /* that run failed at a tolerance, with finite numbers */
    uint64_t piece;            /* of that run, if the programs watch pieces */
    ot__share share;           /* opts.share, which programs read */
};

static inline const ot__segment *ot__segment_at(const ot_execution *e, int i)
{
    return &e->segments->of[i];
}

/* Divides the limit of memory in e->opts among several programs.  Sets e->limit and e->least.
 * OT_ENOMEM, also if the limit cannot be kept. */
ot_status ot__divide_limit(ot_execution *e);
/* Opens a network whose programs with gradients have this limit each. */
ot_status ot__execution_planned(const ot_net *net, const ot_compile_opts *opts, size_t limit,
                                ot_execution **out);

/* Bytes of the state of the batch that segment i is given; i > 0. */
size_t ot__segment_bytes(const ot_execution *e, int i);
/* Runs the steps of a block from the state e->y. */
ot_status ot__segment_integrate(ot_execution *e, int i, ot_control_result *result);
/* Copy the state e->y to the input of a program, its result to e->y, and the gradient of its input
 * to e->y. */
void ot__segment_hand_in(ot_execution *e, int i);
void ot__segment_hand_on(ot_execution *e, int i);
void ot__segment_hand_back(ot_execution *e, int i);

#endif
