/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef OT_TRAIN_SCHEDULE_H
#define OT_TRAIN_SCHEDULE_H

/* The learning rate of an epoch (from 0): base, multiplied by decay once for every milestone up to
 * it.  As PyTorch's MultiStepLR. */
double ot__schedule_lr(double base, double decay, int n, const int milestones[], int epoch);

#endif
