/* SPDX-License-Identifier: BSD-3-Clause
 * Registries of parts (ot_about).  A registry has the parts that are built in, and those that a
 * program or a plugin has added.  A part with attributes is written "name(attribute=value)". */
#ifndef OT_BASE_REGISTRY_H
#define OT_BASE_REGISTRY_H

#include "base/status.h"

typedef struct ot__registry {
    const char *what; /* "scheme", "way down": for messages */
    const ot_about *const *built_in;
    int n_built_in;
    const ot_about **added;
    int n_added;
    size_t capacity;
} ot__registry;

/* Defines a function that returns the registry of a list of parts. */
#define OT__REGISTRY(function, list, word)                                                         \
    ot__registry *function(void)                                                                   \
    {                                                                                              \
        static ot__registry r = { .what = word,                                                    \
                                  .built_in = list,                                                \
                                  .n_built_in = (int)(sizeof list / sizeof list[0]) };             \
        return &r;                                                                                 \
    }

int ot__registry_count(const ot__registry *r);
/* The i-th part, first the built-in ones; NULL outside. */
const ot_about *ot__registry_at(const ot__registry *r, int i);
/* The part of a name that consists of `length` bytes; NULL if there is none. */
const ot_about *ot__registry_look(const ot__registry *r, const char *name, size_t length);
/* Adds a part, which must live as long as the process.  OT_EINVAL for a malformed name, one that a
 * part has already, or attributes of another kind than switch, int, real and choice; OT_ENOMEM. */
ot_status ot__registry_add(ot__registry *r, const ot_about *about);

/* A part with its attributes. */
typedef struct ot__part {
    const ot_about *about;
    void *attributes; /* NULL if it has none */
    char *text;       /* "name(attribute=value)" with the attributes that are not the defaults */
} ot__part;

/* Reads "name" or "name(attribute=value, ...)".  OT_EINVAL with a sentence that names the nearest
 * part or attribute; OT_ENOMEM.  After an error there is nothing to free. */
ot_status ot__part_read(const ot__registry *r, const char *text, ot__part *out);
void ot__part_free(ot__part *part);

#endif
