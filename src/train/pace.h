/* SPDX-License-Identifier: BSD-3-Clause
 * Estimates the time until the end of a training: the median time of the last batches times the
 * number of batches that are left, evaluations included.  A median ignores a pause of the
 * machine. */
#ifndef OT_TRAIN_PACE_H
#define OT_TRAIN_PACE_H

#include "base/clock.h"
#include "odetape.h"

enum { OT__PACE_WINDOW = 31 };

/* The times of the last batches, in seconds. */
typedef struct ot__times {
    double last[OT__PACE_WINDOW]; /* a ring buffer */
    int count;                    /* number of times that were ever added */
} ot__times;

typedef struct ot__pace {
    ot__times train, test;
} ot__pace;

/* What is left to do. */
typedef struct ot__remaining {
    int train, test;             /* batches of this epoch */
    int epochs;                  /* after this one */
    int epoch_train, epoch_test; /* batches of a whole epoch */
    double limit;                /* seconds from now after which no epoch begins; < 0: no limit */
} ot__remaining;

void ot__times_add(ot__times *t, double seconds);
double ot__times_median(const ot__times *t); /* 0 if there are no times */
/* Returns the seconds until the training ends. */
double ot__pace_eta(const ot__pace *p, const ot__remaining *r);

#endif
