/* SPDX-License-Identifier: BSD-3-Clause
 * A table from names to numbers, so that finding a name among many takes the same time as among
 * few.  It is a hash table with open addressing. */
#ifndef OT_BASE_NAMES_H
#define OT_BASE_NAMES_H

#include <stddef.h>

#include "base/status.h"

typedef struct ot__names {
    struct ot__name *slot; /* a power of two of them, at least half of them empty */
    size_t slots, n;
} ot__names;

/* Enter a name that is not in the table yet.  The table keeps the pointer, not a copy.  OT_ENOMEM;
 * then the table is as before. */
ot_status ot__names_add(ot__names *names, const char *name, int number);
/* The number of a name, -1 if it is not in the table. */
int ot__names_find(const ot__names *names, const char *name);
/* Empty the table and free its memory. */
void ot__names_free(ot__names *names);

#endif
