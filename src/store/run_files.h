/* SPDX-License-Identifier: BSD-3-Clause
 * The names in the directory of a run, and the checkpoints that are there. */
#ifndef OT_STORE_RUN_FILES_H
#define OT_STORE_RUN_FILES_H

#include "base/directory.h"

/* The path of a file in a directory, in new memory; NULL if there is none. */
char *ot__run_join(const char *directory, const char *name);
/* The same of the checkpoint that is saved after so many steps in all. */
char *ot__run_join_checkpoint(const char *directory, long long steps);

/* Whether a name is that of a file that a new run in the same directory replaces:
 * weights, checkpoints and the journal. */
bool ot__run_is_replaced(const char *name);
/* Whether a name is that of a file that is written in the directory of a run or of a sweep. */
bool ot__run_is_written(const char *name, const void *user);

/* The checkpoints in a directory. */
typedef struct ot__checkpoints {
    long long *steps; /* after which each was saved, descending */
    size_t n, capacity;
} ot__checkpoints;

/* OT_EIO, OT_ENOMEM; then it is empty. */
ot_status ot__checkpoints_find(const ot__directory *d, ot__checkpoints *out);
void ot__checkpoints_clear(ot__checkpoints *c);

#endif
