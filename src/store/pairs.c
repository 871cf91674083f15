/* SPDX-License-Identifier: BSD-3-Clause
 * The list owns copies of its keys and values.  After OT_ENOMEM it can still be freed. */
#include "store/pairs.h"

#include "base/memory.h"

ot_status ot__pairs_add(ot__pairs *p, const char *key, const char *value)
{
    OT_TRY(ot__grow((void **)&p->pair, &p->capacity, p->n + 1, sizeof *p->pair));
    p->pair[p->n][0] = ot__strdup(key);
    p->pair[p->n][1] = ot__strdup(value);
    p->n++;
    return p->pair[p->n - 1][0] && p->pair[p->n - 1][1]
               ? OT_OK
               : ot__fail(OT_ENOMEM, "out of memory for the metadata %s", key);
}

void ot__pairs_free(ot__pairs *p)
{
    for (size_t i = 0; i < p->n; i++) {
        ot__free((void *)p->pair[i][0]);
        ot__free((void *)p->pair[i][1]);
    }
    ot__free(p->pair);
    *p = (ot__pairs){ 0 };
}
