/* SPDX-License-Identifier: BSD-3-Clause
 * Controlled execution: how a batch runs through a network whose blocks take error-controlled
 * steps.  Such a network is not one program but several segments (models/segments.h): a program of
 * the stem, a stepper of each block, and a program of the head.  This file runs all segments before
 * the head, forward and backward. */
#ifndef OT_TRAIN_CONTROLLED_H
#define OT_TRAIN_CONTROLLED_H

#include "autograd/inspect/scan.h"
#include "models/segments.h"

typedef struct ot__controlled ot__controlled;

/* Opens the stem and the blocks with these options; opts->params are all parameters of the network.
 * *out is NULL for a network whose steps are not controlled.  net and params must outlive it. */
ot_status ot__controlled_new(const ot_net *net, const ot__stepper_opts *opts, ot__controlled **out);
void ot__controlled_free(ot__controlled *e);

/* The program of the stem, whose input are the images. */
ot_program *ot__controlled_stem(ot__controlled *e);
/* Runs n images through stem and blocks and writes the result to the input of the program `head`.
 * *result sums what the blocks counted.  OT_ENUMERIC, with a message that names the block, if a
 * tolerance is not reached or a number is not finite. */
ot_status ot__controlled_forward(ot__controlled *e, ot_program *head, int n,
                                 ot_control_result *result);
/* Runs blocks and stem backward from the gradient of that input.  The gradients of the parameters
 * are added to those that are there. */
ot_status ot__controlled_backward(ot__controlled *e, const ot_program *head);

/* Runs n images forward, through `head` too, and backward, and finds the first result that is not
 * finite (autograd/inspect/scan.h).  Returns false if there is none.  load fills the images and the
 * labels; it is called more than once. */
bool ot__controlled_scan(ot__controlled *e, ot_program *head, int n, void (*load)(void *user),
                         void *user, ot__culprit *c);

/* Adds the stem, and one step of each block, to the description of the head in `info`. */
void ot__controlled_describe(const ot__controlled *e, ot_program_info *info);
/* Bytes of states: the one that segments hand on and, unless it is forward only, the state that
 * each block keeps for one step. */
size_t ot__controlled_bytes(const ot__controlled *e);

/* Adds the counts of one integration to a sum, and widens the range of step sizes. */
void ot__control_add(ot_control_result *sum, const ot_control_result *part);

#endif
