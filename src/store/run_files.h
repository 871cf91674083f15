/* SPDX-License-Identifier: BSD-3-Clause
 * The names of the files in the directory of a run, and the list of its checkpoints. */
#ifndef OT_STORE_RUN_FILES_H
#define OT_STORE_RUN_FILES_H

#include "base/directory.h"

/* The path of a file in a directory, in new memory; NULL if there is no memory. */
char *ot__run_join(const char *directory, const char *name);
/* The same for the checkpoint after `steps` steps of the whole training. */
char *ot__run_join_checkpoint(const char *directory, long long steps);

/* Whether a new run in the same directory replaces the file of this name: weights, checkpoints and
 * the journal. */
bool ot__run_is_replaced(const char *name);
/* Whether a run or a sweep writes a file of this name in its directory. */
bool ot__run_is_written(const char *name, const void *user);

/* The checkpoints in a directory. */
typedef struct ot__checkpoints {
    long long *steps; /* the numbers of steps after which they were saved, descending */
    size_t n, capacity;
} ot__checkpoints;

/* Lists the checkpoints.  OT_EIO, OT_ENOMEM; then *out is empty. */
ot_status ot__checkpoints_find(const ot__directory *d, ot__checkpoints *out);
void ot__checkpoints_clear(ot__checkpoints *c);

#endif
