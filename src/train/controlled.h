/* SPDX-License-Identifier: BSD-3-Clause
 * The way of a batch through a network with controlled steps, up to its head: a program of the stem
 * and a stepper for each block, forward and back. */
#ifndef OT_TRAIN_CONTROLLED_H
#define OT_TRAIN_CONTROLLED_H

#include "autograd/inspect/scan.h"
#include "models/segments.h"

typedef struct ot__controlled ot__controlled;

/* As opts say, for blocks and stem alike; opts->params are all of the network.  NULL where its
 * steps are not controlled.  net and params must outlive it. */
ot_status ot__controlled_new(const ot_net *net, const ot__stepper_opts *opts, ot__controlled **out);
void ot__controlled_free(ot__controlled *e);

/* Where the images go. */
ot_program *ot__controlled_stem(ot__controlled *e);
/* n images through stem and blocks to the input of the program `head`; *walk is the sum over the
 * blocks.  OT_ENUMERIC, with a sentence that names the block, when a tolerance is not reached. */
ot_status ot__controlled_forward(ot__controlled *e, ot_program *head, int n, ot_walk *walk);
/* Back from that input; gradients are added to. */
ot_status ot__controlled_backward(ot__controlled *e, const ot_program *head);

/* Where a number stops being finite on the way of n images, forward through `head` too and back;
 * load fills the inputs of the stem and the labels. */
bool ot__controlled_scan(ot__controlled *e, ot_program *head, int n, void (*load)(void *user),
                         void *user, ot__culprit *c);

/* Add one step of each block, and the stem, to what `info` says of the head. */
void ot__controlled_describe(const ot__controlled *e, ot_program_info *info);
/* Bytes besides: a state between the segments and, where there is a way back, one step of each block.
 */
size_t ot__controlled_bytes(const ot__controlled *e);

void ot__control_add(ot_walk *sum, const ot_walk *walk);

#endif
