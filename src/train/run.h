/* SPDX-License-Identifier: BSD-3-Clause
 * The directory of a run: the checkpoints in it, and the lock that lets one process train there. */
#ifndef OT_TRAIN_RUN_H
#define OT_TRAIN_RUN_H

#include "base/status.h"

/* The path of a file of the run in new memory. */
char *ot__run_path(const ot_run *run, const char *name);
/* Where the checkpoint after so many steps in all goes. */
char *ot__run_checkpoint_path(const ot_run *run, long long steps);
/* The open directory: names relative to it stay in it, whatever path it gets. */
int ot__run_folder(const ot_run *run);
#define OT__RUN_BEST "best.safetensors"

/* Remove all but the newest `keep` checkpoints.  OT_EIO, OT_ENOMEM. */
ot_status ot__run_prune(const ot_run *run, int keep);

#endif
