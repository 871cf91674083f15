/* SPDX-License-Identifier: BSD-3-Clause
 * Running statistics while a step is tried, refused and computed again: each run starts from what
 * they were, and they become a weighted mean of what the runs that count made of them. */
#ifndef OT_SCHEMES_STEPPERS_MOVING_H
#define OT_SCHEMES_STEPPERS_MOVING_H

#include "base/status.h"

typedef struct ot__moving {
    ot_params *params;
    ot_dtype dtype;
    int n, *index; /* of the statistics */
    size_t bytes;
    void *before; /* in the order of index */
    double *mean;
} ot__moving;

/* The statistics whose names begin with scope, but for parameter `except`.  OT_ENOMEM. */
ot_status ot__moving_new(ot_params *params, ot_dtype dtype, const char *scope, int except,
                         ot__moving *m);
void ot__moving_free(ot__moving *m);
void ot__moving_begin(ot__moving *m);          /* keep them; the mean is 0 */
void ot__moving_put_back(const ot__moving *m); /* as they were kept */
void ot__moving_add(ot__moving *m, double w);  /* w times what they are to the mean */
void ot__moving_end(const ot__moving *m);      /* the mean is what they are */

#endif
