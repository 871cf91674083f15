/* SPDX-License-Identifier: BSD-3-Clause
 * The directory of a run as the trainer uses it; the public functions are in odetape.h.  A lock
 * lets only one process train there. */
#ifndef OT_STORE_RUN_H
#define OT_STORE_RUN_H

#include <stdbool.h>

#include "base/status.h"

/* The path of a file of the run in new memory. */
char *ot__run_path(const ot_run *run, const char *name);
/* The path of the checkpoint after `steps` steps of the whole training, in new memory. */
char *ot__run_checkpoint_path(const ot_run *run, long long steps);
/* The descriptor of the open directory.  Names relative to it stay in it even if it is moved. */
int ot__run_folder(const ot_run *run);
/* Whether a training that starts here replaces the run in the directory (ot_run_replace). */
bool ot__run_replaces(const ot_run *run);
/* Sets the files of the old run aside.  OT_EIO, OT_ENOMEM. */
ot_status ot__run_set_aside(const ot_run *run);
/* Removes them if the new training has a checkpoint, and moves them back if it has failed.  OT_EIO,
 * OT_ENOMEM. */
ot_status ot__run_settle(const ot_run *run);
/* OT_EIO if the run's path no longer leads to the directory that was opened. */
ot_status ot__run_check(const ot_run *run);
/* Removes all checkpoints except the newest `keep`.  OT_EIO, OT_ENOMEM. */
ot_status ot__run_prune(const ot_run *run, int keep);

#endif
