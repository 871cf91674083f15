/* SPDX-License-Identifier: BSD-3-Clause
 * How a new training replaces an old run in the same directory.  The old run's files are moved to
 * an inner directory until the first checkpoint of the new training is on the disk. */
#ifndef OT_STORE_ASIDE_H
#define OT_STORE_ASIDE_H

#include "base/directory.h"

/* Moves the files for whose names `wanted` returns true into an inner directory.
 * OT_EIO, OT_ENOMEM.  After an error or a kill, ot__aside_settle moves back what was moved. */
ot_status ot__aside_put(const ot__directory *d, bool (*wanted)(const char *name));

/* Decides between the two runs.  If `replaced`, the new run has its first checkpoint, and the old
 * files are removed.  Otherwise the new run's files for whose names `wanted` returns true are
 * removed, and the old files are moved back.  Works at whatever point an earlier process ended, and
 * does nothing if nothing is set aside.  OT_EIO. */
ot_status ot__aside_settle(const ot__directory *d, bool replaced, bool (*wanted)(const char *name));

#endif
