/* SPDX-License-Identifier: BSD-3-Clause
 * Gives an image set that was changed the checksums that fit, so that its reader gets deeper. */
#ifndef OT_TESTS_HOSTILE_SEAL_H
#define OT_TESTS_HOSTILE_SEAL_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <xxhash.h>

#include "base/memory.h"

enum { SEAL_HEADER = 64, SEAL_SUMS = 40, SEAL_NAME = 32 };

static inline uint64_t seal_number(const uint8_t *data, int at)
{
    return data[at] | (uint64_t)data[at + 1] << 8 | (uint64_t)data[at + 2] << 16 |
           (uint64_t)data[at + 3] << 24;
}

static inline void seal_put(uint8_t *data, int which, uint64_t sum)
{
    for (int i = 0; i < 8; i++)
        data[SEAL_SUMS + 8 * which + i] = (uint8_t)(sum >> 8 * i);
}

/* Corrects the checksums; false if the file is shorter than its header says. */
static inline bool seal(uint8_t *data, size_t size)
{
    uint8_t *at = data + SEAL_HEADER;
    const uint64_t names = seal_number(data, 24) * SEAL_NAME;
    const uint64_t image =
        seal_number(data, 12) * seal_number(data, 16) * (seal_number(data, 20) & 255);
    if (names > size - SEAL_HEADER || image > size) return false;
    at += names;
    for (int s = 0; s < 2; s++) {
        const uint64_t n = seal_number(data, 28 + 4 * s) * (4 + image);
        if (n > (uint64_t)(data + size - at)) return false;
        seal_put(data, s, XXH3_64bits(at, n));
        at += n;
    }
    uint8_t *const head = ot__new(SEAL_HEADER - 8 + names, 1);
    if (!head) return false;
    memcpy(head, data, SEAL_HEADER - 8);
    memcpy(head + SEAL_HEADER - 8, data + SEAL_HEADER, names);
    seal_put(data, 2, XXH3_64bits(head, SEAL_HEADER - 8 + names));
    ot__free(head);
    return true;
}

#endif
