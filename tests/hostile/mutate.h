/* SPDX-License-Identifier: BSD-3-Clause
 * Malformed variants of a good file, always the same ones. */
#ifndef OT_TESTS_HOSTILE_MUTATE_H
#define OT_TESTS_HOSTILE_MUTATE_H

#include "suite.h"

typedef struct bytes {
    unsigned char *data;
    size_t size, room;
} bytes;

typedef struct subject {
    const unsigned char *good;
    size_t size;
    size_t stride;    /* of bytes changed and lengths tried: 1 tries them all */
    int random;       /* variants with several faults besides */
    bool safetensors; /* 8 bytes with the length of the header come first: they follow it */
    void (*read)(const bytes *file, void *user); /* and check what comes of it */
    void *user;
} subject;

/* Read every variant, or without OT_ALL_FAULTS in the environment every fifth; returns how many
 * there were. */
long read_variants(const subject *s);

#endif
