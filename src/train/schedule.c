/* SPDX-License-Identifier: BSD-3-Clause
 * The rate is multiplied once per milestone, as PyTorch does, and not computed by a power. */
#include "train/schedule.h"

double ot__schedule_lr(double base, double decay, int n, const int milestones[], int epoch)
{
    double lr = base;
    for (int i = 0; i < n; i++)
        if (milestones[i] <= epoch) lr *= decay;
    return lr;
}
