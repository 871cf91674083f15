/* SPDX-License-Identifier: BSD-3-Clause
 * A backup of the running statistics.  A forward pass of training updates them before its loss is
 * known.  If the step turns out not to be finite, the backup from before it undoes the update. */
#ifndef OT_TRAIN_BACKUP_H
#define OT_TRAIN_BACKUP_H

#include "base/status.h"

typedef struct ot__backup {
    ot_params *params;
    ot_dtype dtype;
    void *copy; /* of all statistics, one after another */
} ot__backup;

/* Bytes of the copy. */
size_t ot__backup_bytes(const ot_params *params, ot_dtype dtype);
ot_status ot__backup_new(ot_params *params, ot_dtype dtype, ot__backup *s); /* OT_ENOMEM */
void ot__backup_free(ot__backup *s);
void ot__backup_take(ot__backup *s);          /* copies the statistics */
void ot__backup_restore(const ot__backup *s); /* copies them back */
/* Whether all running statistics are finite now; the copy does not matter. */
bool ot__statistics_finite(const ot__backup *s);

#endif
