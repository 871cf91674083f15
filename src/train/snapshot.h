/* SPDX-License-Identifier: BSD-3-Clause
 * A forward pass of training moves the running statistics before its loss is known.  A copy from
 * before lets a step that turns out not finite be undone. */
#ifndef OT_TRAIN_SNAPSHOT_H
#define OT_TRAIN_SNAPSHOT_H

#include "base/status.h"

typedef struct ot__snapshot {
    ot_params *params;
    ot_dtype dtype;
    void *copy;
} ot__snapshot;

/* Bytes of the copy. */
size_t ot__snapshot_bytes(const ot_params *params, ot_dtype dtype);
ot_status ot__snapshot_new(ot_params *params, ot_dtype dtype, ot__snapshot *s); /* OT_ENOMEM */
void ot__snapshot_free(ot__snapshot *s);
void ot__snapshot_take(ot__snapshot *s);
void ot__snapshot_restore(const ot__snapshot *s);
/* Whether the running statistics, as they are now, are all finite. */
bool ot__statistics_finite(const ot__snapshot *s);

#endif
