/* SPDX-License-Identifier: BSD-3-Clause
 * The schedule of the learning rate: steps down at milestones, as PyTorch's MultiStepLR. */
#ifndef OT_TRAIN_SCHEDULE_H
#define OT_TRAIN_SCHEDULE_H

/* Returns the learning rate of an epoch (from 0): base * decay^k, where k of the milestones are at
 * most epoch. */
double ot__schedule_lr(double base, double decay, int n, const int milestones[], int epoch);

#endif
