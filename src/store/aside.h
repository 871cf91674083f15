/* SPDX-License-Identifier: BSD-3-Clause
 * A run that a new training is about to replace.  Its files are set aside, in a folder of the run's
 * directory, until the new training's first checkpoint is on the disk. */
#ifndef OT_STORE_ASIDE_H
#define OT_STORE_ASIDE_H

#include "base/directory.h"

/* Move the files that `wanted` says yes to into the folder.  OT_EIO, OT_ENOMEM; then, or after a
 * kill, ot__aside_settle moves back what was moved. */
ot_status ot__aside_put(const ot__directory *d, bool (*wanted)(const char *name));

/* Decide between two runs, wherever a process that set files aside has ended: if `replaced`, the
 * new run has its first checkpoint, and the old files are removed; otherwise they are moved back,
 * over those of the new one that are called `wanted`.  Does nothing if nothing is set aside.
 * OT_EIO. */
ot_status ot__aside_settle(const ot__directory *d, bool replaced, bool (*wanted)(const char *name));

#endif
