/* SPDX-License-Identifier: BSD-3-Clause
 * A snapshot of running statistics, such as the mean and variance of batch norm.  A forward run
 * changes them, but an integration runs many steps and rejects some.  So each run starts from the
 * snapshot, and in the end the statistics become a weighted mean of what the accepted steps
 * left. */
#ifndef OT_SCHEMES_STEPPERS_SNAPSHOT_H
#define OT_SCHEMES_STEPPERS_SNAPSHOT_H

#include "base/status.h"

typedef struct ot__snapshot {
    ot_params *params;
    ot_dtype dtype;
    int n, *index; /* numbers of the statistics among the parameters */
    size_t bytes;  /* of all their values */
    void *before;  /* the values in the snapshot, in the order of index */
    double *mean;  /* the weighted mean so far, in the same order */
} ot__snapshot;

/* Chooses the statistics whose names begin with scope, except those of the numbers `except`.
 * OT_ENOMEM. */
ot_status ot__snapshot_new(ot_params *params, ot_dtype dtype, const char *scope,
                           const int except[2], ot__snapshot *s);
void ot__snapshot_free(ot__snapshot *s);
/* Saves the statistics and sets the mean to 0. */
void ot__snapshot_take(ot__snapshot *s);
/* Sets the statistics to the saved values. */
void ot__snapshot_restore(const ot__snapshot *s);
/* Adds w times the current statistics to the mean. */
void ot__snapshot_add(ot__snapshot *s, double w);
/* Sets the statistics to the mean. */
void ot__snapshot_replace(const ot__snapshot *s);

#endif
