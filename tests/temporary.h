/* SPDX-License-Identifier: BSD-3-Clause
 * Where tests keep their files: what mkdtemp and mkstemp take. */
#ifndef OT_TESTS_TEMPORARY_H
#define OT_TESTS_TEMPORARY_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { OT_TEMPORARY = 256 };

/* In TMPDIR, or where the system keeps such files. */
static inline void ot_temporary(char path[OT_TEMPORARY])
{
    const char *where = getenv("TMPDIR");
    snprintf(path, OT_TEMPORARY, "%s/odetape-test-XXXXXX", where && *where ? where : P_tmpdir);
}

/* In memory, if there is such a place: for many thousand files that are synced. */
static inline void ot_temporary_in_memory(char path[OT_TEMPORARY])
{
    if (access("/dev/shm", W_OK) == 0)
        snprintf(path, OT_TEMPORARY, "/dev/shm/odetape-test-XXXXXX");
    else
        ot_temporary(path);
}

#endif
