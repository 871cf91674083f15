/* SPDX-License-Identifier: BSD-3-Clause
 * A snapshot of the running statistics.  A forward pass of training updates them before its loss is
 * known.  If the step turns out not to be finite, the snapshot from before it undoes the update. */
#ifndef OT_TRAIN_SNAPSHOT_H
#define OT_TRAIN_SNAPSHOT_H

#include "base/status.h"

typedef struct ot__snapshot {
    ot_params *params;
    ot_dtype dtype;
    void *copy; /* of all statistics, one after another */
} ot__snapshot;

/* Bytes of the copy. */
size_t ot__snapshot_bytes(const ot_params *params, ot_dtype dtype);
ot_status ot__snapshot_new(ot_params *params, ot_dtype dtype, ot__snapshot *s); /* OT_ENOMEM */
void ot__snapshot_free(ot__snapshot *s);
void ot__snapshot_take(ot__snapshot *s);          /* copies the statistics */
void ot__snapshot_restore(const ot__snapshot *s); /* copies them back */
/* Whether all running statistics are finite now; the copy does not matter. */
bool ot__statistics_finite(const ot__snapshot *s);

#endif
