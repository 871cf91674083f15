/* SPDX-License-Identifier: BSD-3-Clause
 * Checksums of tensors and headers, by XXH3-128 (xxHash). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xxhash.h>

#include "base/check.h"
#include "base/file.h"
#include "base/memory.h"
#include "store/safetensors.h"

static ot__st_digest digest_of(XXH128_hash_t hash)
{
    ot__st_digest d;
    snprintf(d.text, sizeof d.text, "%016llx%016llx", (unsigned long long)hash.high64,
             (unsigned long long)hash.low64);
    return d;
}

ot__st_digest ot__st_checksum(const void *data, size_t size)
{
    return digest_of(XXH3_128bits(data, size));
}

/* Adds an open file to a checksum, part by part. */
static ot_status add_file(XXH3_state_t *state, const char *path, int fd, size_t size)
{
    enum { PART = 1 << 18 };
    char *const part = ot__new(PART, 1);
    ot_status status = part ? OT_OK : OT_ENOMEM;
    for (size_t at = 0; at < size && status == OT_OK; at += PART) {
        const size_t n = size - at < PART ? size - at : PART;
        status = ot__read_all(fd, path, part, n, at);
        if (status == OT_OK) XXH3_128bits_update(state, part, n);
    }
    ot__free(part);
    return status;
}

ot_status ot_file_checksum(const char *path, char checksum[33])
{
    int fd = -1;
    size_t size = 0;
    OT_TRY(ot__check_given("checksum", "the path", path));
    OT_TRY(ot__check_given("checksum", "where to put it", checksum));
    XXH3_state_t *const state = XXH3_createState();
    ot_status status = state ? ot__open_regular(path, &fd, &size)
                             : ot__fail(OT_ENOMEM, "%s: out of memory for a checksum", path);
    if (status == OT_OK) {
        XXH3_128bits_reset(state);
        status = add_file(state, path, fd, size);
    }
    if (status == OT_OK) strcpy(checksum, digest_of(XXH3_128bits_digest(state)).text);
    if (fd >= 0) close(fd);
    XXH3_freeState(state);
    return status;
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
