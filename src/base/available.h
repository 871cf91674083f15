/* SPDX-License-Identifier: BSD-3-Clause
 * What the system and its control groups leave to this process: memory, and time of CPUs. */
#ifndef OT_BASE_AVAILABLE_H
#define OT_BASE_AVAILABLE_H

#include <stddef.h>

#include "base/private.h"
#include "base/status.h"

typedef struct ot__available {
    size_t bytes;    /* SIZE_MAX when nothing is known */
    const char *why; /* what sets the limit, as the end of a sentence that begins with the bytes */
} ot__available;

/* The least of what the system calls available, what the control groups of this process (version 1
 * or 2) leave it, and what the limit on its address space does. */
OT_PRIVATE ot__available ot__memory_available(void);

/* OT_ENOMEM unless `bytes` can be taken now and some memory is left for small things: the sentence
 * says how much `what` ("the program") needs and what there is.  For what is large, and for memory
 * that a library takes later and ends the process without; bytes below a MiB are not looked at. */
OT_PRIVATE ot_status ot__check_memory(size_t bytes, const char *what);

/* How many CPUs' time the control groups of this process (version 1 or 2) may use; 0: no limit is
 * known. */
double ot__cpu_quota(void);

/* The same, memory without the address space, from the files under another root: for tests. */
ot__available ot__memory_available_in(const char *root);
double ot__cpu_quota_in(const char *root);

#endif
