/* SPDX-License-Identifier: BSD-3-Clause
 * Checksums of tensors and headers, by XXH3-128 (xxHash). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "store/safetensors.h"

ot__st_digest ot__st_checksum(const void *data, size_t size)
{
    const XXH128_hash_t hash = XXH3_128bits(data, size);
    ot__st_digest d;
    snprintf(d.text, sizeof d.text, "%016llx%016llx", (unsigned long long)hash.high64,
             (unsigned long long)hash.low64);
    return d;
}

ot__st_digest ot__st_header_checksum(const json_t *header)
{
    ot__st_digest d = { "" };
    json_t *copy = json_deep_copy(header);
    char *text = NULL;
    if (json_equal(copy, header)) { /* if memory ran out, the copy may be incomplete */
        json_object_del(json_object_get(copy, "__metadata__"), OT__ST_CHECKSUM);
        text = json_dumps(copy, JSON_COMPACT | JSON_SORT_KEYS);
    }
    if (text) d = ot__st_checksum(text, strlen(text));
    free(text);
    json_decref(copy);
    return d;
}
