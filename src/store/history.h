/* SPDX-License-Identifier: BSD-3-Clause
 * Reads a journal line by line.  This is the only place with the rules for which lines a training
 * may have:
 *     run                     must be the first line, and no other
 *     epoch N                 must follow N - 1 epochs
 *     resume, "epochs": N     epochs after N are repeated; epochs up to N without a line are lost;
 *                             "prolonged" replaces options of the first line
 *     end                     how the training ended, unless it is resumed afterwards */
#ifndef OT_STORE_HISTORY_H
#define OT_STORE_HISTORY_H

#include <jansson.h>

#include "base/status.h"

/* The value of a learned number after an epoch. */
typedef struct ot__learned {
    int scalar, epoch; /* the epoch from 0 */
    double value;
} ot__learned;

typedef struct ot__history {
    ot_history
        read; /* what the lines so far say; ot_history_read fills in read.scalar at the end */
    size_t capacity; /* allocated length of read.epoch */
    const char *path;
    json_t *build;        /* array: what computed the first epoch; NULL: there is no line yet */
    json_t *names;        /* object: the index of each learned number; NULL: there is none yet */
    ot__learned *learned; /* in the order of the epochs */
    size_t n_learned, learned_capacity;
    double *values; /* those of read.scalar */
} ot__history;

/* Adds a line of the journal h->path.  OT_EFORMAT, with path and line, if it may not follow the
 * lines before it; OT_ENOMEM. */
ot_status ot__history_add(ot__history *h, const json_t *value, int line);
/* Frees everything that was added. */
void ot__history_clear(ot__history *h);

#endif
