/* SPDX-License-Identifier: BSD-3-Clause
 * Writes the journal of a training.  Each line is one JSON object, so that the journal can be read
 * at any time, also while the training is running.
 *     {"event":"run", ...}    the network, the options, the data and the machine
 *     {"event":"epoch", ...}  the results of a finished epoch
 *     {"event":"end", ...}    how the training ended
 * When a run is resumed, its journal is cut back to the checkpoint and gets one more line:
 *     {"event":"resume", ...} epochs and steps of the checkpoint, the machine, the plugins if the
 *                             user accepted others than those of the checkpoint, and, if the
 *                             training is prolonged, the epochs and milestones from now on */
#ifndef OT_STORE_JOURNAL_H
#define OT_STORE_JOURNAL_H

#include <jansson.h>

#include "base/status.h"

typedef struct ot__journal {
    int fd; /* below 0: there is no journal, and the functions that write do nothing */
    const char *path;
    bool empty; /* no line of the reopened journal was kept */
} ot__journal;

/* Creates a journal, or empties an old one.  Without a path there is no journal.  OT_ECREATE. */
ot_status ot__journal_open(const char *path, ot__journal *j);
/* Opens the journal of a run that is resumed after `epochs` epochs, and removes the lines that were
 * written later.  If it lacks some of these epochs, it is first copied to PATH.damaged, with a
 * sentence to note.  A missing journal is created.  OT_ECREATE, OT_EIO, OT_ENOMEM. */
ot_status ot__journal_reopen(const char *path, int epochs, void (*note)(const char *, void *),
                             void *user, ot__journal *j);

/* Each of these writes one line, which is on the disk when the function returns.  OT_EIO,
 * OT_ENOMEM. */

/* opts: with defaults filled in and the tier resolved.  net, options and plugins (an array, left
 * out if it is empty) are its description as JSON; they are freed, and OT_ENOMEM is returned if one
 * is NULL. */
ot_status ot__journal_run(ot__journal *j, json_t *net, json_t *options, json_t *plugins,
                          const ot_train_opts *opts, const ot_train_plan *plan);
/* accepted: the plugins that the user accepted, as JSON, which is freed; NULL: the user was not
 * asked.  prolonged: epochs and milestones from now on, which is freed too; NULL: as before. */
ot_status ot__journal_resume(ot__journal *j, const ot_train_opts *opts, int epoch, int step,
                             json_t *accepted, json_t *prolonged);
/* The line also has the trained scalars among the parameters, in values of this dtype. */
ot_status ot__journal_epoch(ot__journal *j, const ot_epoch_result *epoch, ot_params *params,
                            ot_dtype dtype);
/* status and message say how the training ended. */
ot_status ot__journal_end(ot__journal *j, const ot_train_result *result, ot_status status,
                          const char *message);
void ot__journal_close(ot__journal *j);

/* The machine and its kernels; NULL if there is no memory. */
json_t *ot__machine_json(ot_tier tier);
/* The value of a key if it is a whole number of at least 0; -1 otherwise. */
long long ot__whole(const json_t *object, const char *key);

#endif
