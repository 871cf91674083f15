/* SPDX-License-Identifier: BSD-3-Clause
 * Starts the threads of parallel loops at a point where a failure can be reported. */
#ifndef OT_BASE_WORKERS_H
#define OT_BASE_WORKERS_H

#include "base/private.h"
#include "base/status.h"

/* Starts the threads of parallel loops, ot__threads() of them, unless that many were started
 * before.  OT_ENOMEM if the system does not provide that many.  Public functions call it before
 * their first parallel loop, because libgomp ends the process if it cannot start a thread. */
OT_PRIVATE ot_status ot__start_threads(void);

#endif
