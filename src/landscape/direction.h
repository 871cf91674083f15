/* SPDX-License-Identifier: BSD-3-Clause
 * Directions as numbers beside every tensor of a network. */
#ifndef OT_LANDSCAPE_DIRECTION_H
#define OT_LANDSCAPE_DIRECTION_H

#include "base/status.h"

struct ot_direction {
    bool towards;  /* values are where it leads, not how far */
    int n;         /* tensors */
    size_t *begin; /* n + 1 places: values of tensor i are from begin[i] to begin[i + 1] */
    double *value;
};

/* All zero, of the sizes that ps has.  OT_ENOMEM. */
ot_status ot__direction_new(const ot_params *ps, ot_direction **out);
/* Take the numbers of ps as they are in this dtype. */
ot_status ot__direction_read(ot_direction *d, ot_params *ps, ot_dtype dtype);
/* Whether the tensors are those of ps, in number and size. */
bool ot__direction_fits(const ot_direction *d, const ot_params *ps);

#endif
