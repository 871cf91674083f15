/* SPDX-License-Identifier: BSD-3-Clause
 * What a journal says, line by line: the one rule for which lines belong to a training.
 *     run                     the first line, and only the first
 *     epoch N                 after N - 1 epochs
 *     resume, "epochs": N     the epochs after N come again; those up to N that have no line are
 * lost end                     how the training ended, until it is resumed */
#ifndef OT_STORE_HISTORY_H
#define OT_STORE_HISTORY_H

#include <jansson.h>

#include "base/status.h"

typedef struct ot__history {
    ot_history seen;
    size_t room; /* for so many epochs */
    const char *path;
} ot__history;

/* Add a line of the journal h->path.  OT_EFORMAT, with path and line, if it does not belong there;
 * OT_ENOMEM. */
ot_status ot__history_add(ot__history *h, const json_t *value, int line);
/* Free what was added. */
void ot__history_clear(ot__history *h);

#endif
