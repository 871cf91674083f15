/* SPDX-License-Identifier: BSD-3-Clause
 * The journal of a training: one JSON object a line, so that what is there can be read at any time.
 *     {"event":"run", ...}    what is trained, how, on what
 *     {"event":"epoch", ...}  one for every finished epoch
 *     {"event":"end", ...}    how it ended */
#ifndef OT_TRAIN_JOURNAL_H
#define OT_TRAIN_JOURNAL_H

#include "base/status.h"

typedef struct ot__journal {
    FILE *file; /* NULL: nobody wants one, and all calls do nothing */
    const char *path;
} ot__journal;

/* The options as they are used: with defaults filled in, tier resolved. */
ot_status ot__journal_open(const char *path, ot__journal *j); /* path may be NULL; OT_ECREATE */
ot_status ot__journal_run(ot__journal *j, const ot_train_opts *opts, const ot_train_plan *plan);
ot_status ot__journal_epoch(ot__journal *j, const ot_epoch_result *epoch);
/* status and message: how the training ended. */
ot_status ot__journal_end(ot__journal *j, const ot_train_result *result, ot_status status,
                          const char *message);
void ot__journal_close(ot__journal *j);

#endif
