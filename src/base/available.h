/* SPDX-License-Identifier: BSD-3-Clause
 * The memory and the CPU time that this process may still use, according to the system and its
 * control groups. */
#ifndef OT_BASE_AVAILABLE_H
#define OT_BASE_AVAILABLE_H

#include <stddef.h>

#include "base/private.h"
#include "base/status.h"

typedef struct ot__available {
    size_t bytes;    /* SIZE_MAX: nothing is known */
    const char *why; /* what sets the limit, as the end of a sentence that begins with the bytes */
} ot__available;

/* The smallest of three numbers: the memory that the system reports as available, the rest of the
 * limits of this process's control groups (version 1 or 2), and the rest of its address space. */
OT_PRIVATE ot__available ot__memory_available(void);

/* OT_ENOMEM unless `bytes` are available, and some more for small allocations.  The message says
 * how much `what` ("the program") needs and how much there is.  Call it before large allocations,
 * and before a library allocates memory without which it ends the process.  Less than 1 MiB is
 * always OT_OK. */
OT_PRIVATE ot_status ot__check_memory(size_t bytes, const char *what);

/* The CPU quota of this process's control groups (version 1 or 2), in cores; 0 if there is no
 * limit. */
double ot__cpu_quota(void);

/* For tests: the same two from files under another root.  The limit of the address space is not
 * counted. */
ot__available ot__memory_available_in(const char *root);
double ot__cpu_quota_in(const char *root);

#endif
