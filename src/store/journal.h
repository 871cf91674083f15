/* SPDX-License-Identifier: BSD-3-Clause
 * The journal of a training: one JSON object a line, so that what is there can be read at any time.
 *     {"event":"run", ...}    what is trained, how, on what
 *     {"event":"epoch", ...}  one for every finished epoch
 *     {"event":"end", ...}    how it ended
 * A run that goes on from a checkpoint has its journal cut back to it, and one line more:
 *     {"event":"resume", ...} from where, on what machine */
#ifndef OT_STORE_JOURNAL_H
#define OT_STORE_JOURNAL_H

#include <jansson.h>

#include "base/status.h"

typedef struct ot__journal {
    int fd; /* below 0: nobody wants one, and all calls do nothing */
    const char *path;
    bool empty; /* nothing was kept of the one that was reopened */
} ot__journal;

/* The options as they are used: with defaults filled in, tier resolved. */
ot_status ot__journal_open(const char *path, ot__journal *j); /* path may be NULL; OT_ECREATE */
/* Open the one of a run that goes on after so many epochs, without what was written after them. One
 * that lacks some of these epochs is first copied to PATH.damaged, with a sentence to note.  A
 * journal that is not there is begun.  OT_ECREATE, OT_EIO, OT_ENOMEM. */
ot_status ot__journal_reopen(const char *path, int epochs, void (*note)(const char *, void *),
                             void *user, ot__journal *j);
/* net and options describe both; the call takes them over, and NULL is OT_ENOMEM. */
ot_status ot__journal_run(ot__journal *j, json_t *net, json_t *options, const ot_train_opts *opts,
                          const ot_train_plan *plan);
ot_status ot__journal_resume(ot__journal *j, const ot_train_opts *opts, int epoch, int step);
/* On the disk when it returns. */
ot_status ot__journal_epoch(ot__journal *j, const ot_epoch_result *epoch);
/* status and message: how the training ended. */
ot_status ot__journal_end(ot__journal *j, const ot_train_result *result, ot_status status,
                          const char *message);
void ot__journal_close(ot__journal *j);

/* The machine and its kernels; NULL when memory runs out. */
json_t *ot__machine_json(ot_tier tier);
/* A whole number from 0 up, as JSON has it; -1 for anything else. */
long long ot__whole(const json_t *object, const char *key);

#endif
