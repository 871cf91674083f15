/* SPDX-License-Identifier: BSD-3-Clause
 * A forward pass of training moves the running statistics before its loss is known.  A copy from
 * before lets a step that turns out not finite be undone. */
#ifndef OT_TRAIN_STATISTICS_H
#define OT_TRAIN_STATISTICS_H

#include "base/status.h"

typedef struct ot__statistics {
    ot_params *params;
    ot_dtype dtype;
    void *copy;
} ot__statistics;

/* Bytes of the copy. */
size_t ot__statistics_bytes(const ot_params *params, ot_dtype dtype);
ot_status ot__statistics_new(ot_params *params, ot_dtype dtype, ot__statistics *s); /* OT_ENOMEM */
void ot__statistics_free(ot__statistics *s);
void ot__statistics_keep(ot__statistics *s);
void ot__statistics_restore(const ot__statistics *s);
/* Whether the running statistics, as they are now, are all finite. */
bool ot__statistics_finite(const ot__statistics *s);

#endif
