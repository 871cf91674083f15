/* SPDX-License-Identifier: BSD-3-Clause
 * The schedule of the learning rate: steps down at milestones, as PyTorch's MultiStepLR. */
#ifndef OT_TRAIN_SCHEDULE_H
#define OT_TRAIN_SCHEDULE_H

#include "odetape.h"

/* Returns the learning rate of an epoch (from 0): lr * decay^k, where k of the milestones are at
 * most epoch.  The training uses it, and the rate in a checkpoint must equal it.  The options have
 * their defaults filled in. */
double ot__schedule_lr(const ot_train_opts *o, int epoch);

#endif
