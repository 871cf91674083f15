/* SPDX-License-Identifier: BSD-3-Clause
 * How long it will still take: the median of the last batches' times, which a pause of the machine
 * does not move, times the batches that are left, evaluations included. */
#ifndef OT_TRAIN_PACE_H
#define OT_TRAIN_PACE_H

#include "base/clock.h"
#include "odetape.h"

enum { OT__PACE_WINDOW = 31 };

typedef struct ot__times { /* the last OT__PACE_WINDOW times */
    double last[OT__PACE_WINDOW];
    int count; /* of all */
} ot__times;

typedef struct ot__pace {
    ot__times train, test;
} ot__pace;

/* What is left to do. */
typedef struct ot__remaining {
    int train, test;             /* batches of this epoch */
    int epochs;                  /* after this one */
    int epoch_train, epoch_test; /* batches of a whole epoch */
    double limit;                /* no epoch begins after so many seconds from now; < 0: no limit */
} ot__remaining;

void ot__times_add(ot__times *t, double seconds);
double ot__times_median(const ot__times *t); /* 0 when there is none */
double ot__pace_eta(const ot__pace *p, const ot__remaining *r);

#endif
