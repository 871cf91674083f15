/* SPDX-License-Identifier: BSD-3-Clause
 * The threads of parallel loops, started where a failure can still be reported. */
#ifndef OT_BASE_WORKERS_H
#define OT_BASE_WORKERS_H

#include "base/private.h"
#include "base/status.h"

/* Start the threads of parallel loops, ot__threads() of them, unless that many were started before.
 * OT_ENOMEM with a sentence if the system does not give that many.  Call it before the first
 * parallel loop of a public function: libgomp ends the process when it gets no thread. */
OT_PRIVATE ot_status ot__start_threads(void);

#endif
