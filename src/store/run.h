/* SPDX-License-Identifier: BSD-3-Clause
 * The directory of a run: the checkpoints in it, and the lock that lets one process train there. */
#ifndef OT_STORE_RUN_H
#define OT_STORE_RUN_H

#include <stdbool.h>

#include "base/status.h"

/* The path of a file of the run in new memory. */
char *ot__run_path(const ot_run *run, const char *name);
/* Where the checkpoint after so many steps in all goes. */
char *ot__run_checkpoint_path(const ot_run *run, long long steps);
/* The open directory: names relative to it stay in it, whatever path it gets. */
int ot__run_folder(const ot_run *run);
/* Whether trainings that begin here replace the run that is there (ot_run_replace). */
bool ot__run_replaces(const ot_run *run);
/* Set the files of the run that is there aside, and later, when the new training has its first
 * checkpoint or has failed, remove them or move them back.  OT_EIO, OT_ENOMEM. */
ot_status ot__run_set_aside(const ot_run *run);
ot_status ot__run_settle(const ot_run *run);
/* Whether the run's path still leads to the directory that was opened.  OT_EIO. */
ot_status ot__run_check(const ot_run *run);
/* Remove all but the newest `keep` checkpoints.  OT_EIO, OT_ENOMEM. */
ot_status ot__run_prune(const ot_run *run, int keep);

#endif
