/* SPDX-License-Identifier: BSD-3-Clause
 * A direction in the space of all parameters and statistics: one number for each of theirs. */
#ifndef OT_LANDSCAPE_DIRECTION_H
#define OT_LANDSCAPE_DIRECTION_H

#include "base/status.h"

struct ot_direction {
    bool towards;  /* the values are target parameters; otherwise they are differences */
    int n;         /* number of tensors */
    size_t *begin; /* n + 1 indices: the values of tensor i are value[begin[i]] and those that
                      follow it, up to value[begin[i + 1] - 1] */
    double *value;
};

/* Makes a direction of zeros for the tensors of ps.  OT_ENOMEM. */
ot_status ot__direction_new(const ot_params *ps, ot_direction **out);
/* Copies the values of ps in this dtype to the direction.  OT_ENOMEM. */
ot_status ot__direction_read(ot_direction *d, ot_params *ps, ot_dtype dtype);
/* Whether the direction has as many tensors as ps, of the same sizes. */
bool ot__direction_fits(const ot_direction *d, const ot_params *ps);

#endif
