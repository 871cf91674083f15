/* SPDX-License-Identifier: BSD-3-Clause
 * A growing list of pairs of key and value, for the metadata of a file. */
#ifndef OT_STORE_PAIRS_H
#define OT_STORE_PAIRS_H

#include "base/status.h"

typedef struct ot__pairs {
    size_t n, capacity;
    const char *(*pair)[2]; /* copies that the pairs own */
} ot__pairs;

/* Adds copies of a key and its value.  OT_ENOMEM. */
ot_status ot__pairs_add(ot__pairs *p, const char *key, const char *value);
void ot__pairs_free(ot__pairs *p);

#endif
