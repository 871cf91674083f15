/* SPDX-License-Identifier: BSD-3-Clause
 * Prolonging: a resumed training may get more epochs than its checkpoint was made with, and other
 * milestones from then on.  The result has the same bits as a training that had them from the
 * start, so nothing that has been trained may change. */
#ifndef OT_TRAIN_PROLONG_H
#define OT_TRAIN_PROLONG_H

#include <jansson.h>

#include "base/status.h"

/* Fills in the milestones of the checkpoint if opts->prolong is set and none are given.  The errors
 * of ot_train_read. */
ot_status ot__prolong_options(ot_train_opts *opts);

/* Checks that a training in this state, a checkpoint's, can go on with the epochs and milestones of
 * opts, and puts them into `then`, the options that it was trained with.  Does nothing unless
 * opts->prolong is set.  path is for messages.  OT_EINVAL if there are fewer epochs than before, or
 * if a milestone that is past is not the same; OT_ENOMEM. */
ot_status ot__prolong(const char *path, const ot_train_opts *opts, const json_t *state,
                      json_t *then);

/* The entry "prolonged" of the journal: epochs and milestones; NULL if there is no memory. */
json_t *ot__prolonged_json(const ot_train_opts *opts);

#endif
