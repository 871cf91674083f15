/* SPDX-License-Identifier: BSD-3-Clause
 * A moving average of the weights: after each step a <- d a + (1 - d) w for every parameter and
 * running statistic w, and a = w after the first step.  To be evaluated or saved as weights, the
 * average changes places with the values of the parameters. */
#ifndef OT_TRAIN_AVERAGE_H
#define OT_TRAIN_AVERAGE_H

#include "base/status.h"

typedef struct ot__average {
    ot_params *params;
    ot_dtype dtype;
    double decay; /* d */
    void *
        values; /* of all tensors, laid out as those of the parameters; NULL: there is no average */
    bool swapped; /* the average is in the parameters, and their values are here */
} ot__average;

/* Bytes of the copy; 0 if decay is 0. */
size_t ot__average_bytes(const ot_params *params, ot_dtype dtype, double decay);
/* Makes an average that starts as a copy of the values in dtype.  If decay is 0 there is none, and
 * the functions below do nothing.  OT_ENOMEM. */
ot_status ot__average_new(ot_params *params, ot_dtype dtype, double decay, ot__average *a);
void ot__average_free(ot__average *a);

/* Adds the values after a step; `first`: after the first step of the training. */
void ot__average_add(ot__average *a, bool first);
/* Exchanges the average and the values of the parameters.  A second call exchanges them back. */
void ot__average_swap(ot__average *a);
/* Lists where the average of each tensor is, in new memory.  OT_ENOMEM. */
ot_status ot__average_list(const ot__average *a, void ***value);

#endif
