/* SPDX-License-Identifier: BSD-3-Clause
 * The learning rate of every step of a training: its schedule and its warm-up. */
#ifndef OT_TRAIN_SCHEDULE_H
#define OT_TRAIN_SCHEDULE_H

#include "base/registry.h"

typedef struct ot__schedule {
    ot__part part;
    const ot_train_opts *opts; /* with their defaults filled in; they outlive the schedule */
    int steps;                 /* per epoch */
} ot__schedule;

/* Opens the schedule of a training whose epochs have `steps` steps.  OT_EINVAL for an unknown one
 * or options that contradict it or each other; OT_ENOMEM. */
ot_status ot__schedule_open(const ot_train_opts *o, int steps, ot__schedule *s);
void ot__schedule_close(ot__schedule *s);

/* The learning rate of a step of an epoch, both from 0.  The training uses it, and the rate in a
 * checkpoint must equal it. */
double ot__schedule_lr(const ot__schedule *s, int epoch, int step);

#endif
