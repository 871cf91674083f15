/* SPDX-License-Identifier: BSD-3-Clause
 * The rate is multiplied once per milestone, as PyTorch does, and not computed by a power. */
#include "train/schedule.h"

double ot__schedule_lr(const ot_train_opts *o, int epoch)
{
    double lr = o->lr;
    for (int i = 0; i < o->milestones.n; i++)
        if (o->milestones.value[i] <= epoch) lr *= o->decay;
    return lr;
}
