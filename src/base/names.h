/* SPDX-License-Identifier: BSD-3-Clause
 * A table from names to numbers.  It is a hash table with open addressing, so the time to find a
 * name does not depend on how many there are. */
#ifndef OT_BASE_NAMES_H
#define OT_BASE_NAMES_H

#include <stddef.h>

#include "base/status.h"

typedef struct ot__names {
    struct ot__name *slot; /* a power of two of them, at least half of them empty */
    size_t slots, n;
} ot__names;

/* Adds a name that is not in the table yet.  The table keeps the pointer, not a copy.  OT_ENOMEM;
 * then the table is as before. */
ot_status ot__names_add(ot__names *names, const char *name, int number);
/* The number of a name; -1 if it is not in the table. */
int ot__names_find(const ot__names *names, const char *name);
/* Empties the table and frees its memory. */
void ot__names_free(ot__names *names);

#endif
