/* SPDX-License-Identifier: BSD-3-Clause
 * Schedule step: the rate is multiplied by decay at each milestone, as PyTorch's MultiStepLR does,
 * once per milestone and not by a power. */
#include "odetape.h"

static double rate(const void *attributes, const ot_schedule_at *at)
{
    (void)attributes;
    double lr = at->lr;
    for (int i = 0; i < at->milestones->n; i++)
        if (at->milestones->value[i] <= at->epoch) lr *= at->decay;
    return lr;
}

OT_SCHEDULE(step, .about.equation = "lr decay^k after k milestones", .milestones = true,
            .prolongs = true, .rate = rate);
