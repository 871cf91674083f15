/* SPDX-License-Identifier: BSD-3-Clause
 * JSON lines: a file with one JSON value a line, which grows at its end.  Whole lines count.  What
 * a crash or a loss of power leaves after the last of them, a part of a line or zero bytes, is left
 * out, and the reader says how long it is. */
#ifndef OT_BASE_JSONL_H
#define OT_BASE_JSONL_H

#include <jansson.h>

#include "base/status.h"

enum {
    OT__JSONL_LARGEST = 1 << 30, /* bytes of a file */
    OT__JSONL_LONGEST = 1 << 20, /* bytes of a line, unless the caller expects longer ones */
};

typedef struct ot__jsonl {
    const char *path;
    size_t longest; /* bytes that a line may have; 0: OT__JSONL_LONGEST */
    /* Is given every line, from line 1.  If it returns another status than OT_OK, with a message,
     * no more lines are read and that status is returned. */
    ot_status (*take)(void *user, json_t *value, int line);
    void *user;
    /* What was found: */
    int lines;    /* that take has accepted */
    size_t whole; /* bytes of these lines */
    size_t rest;  /* bytes after the last whole line, if all lines were accepted */
} ot__jsonl;

/* Read a regular file; a pipe or a device is refused and not waited for.  OT_ENOENT; OT_EFORMAT
 * with path and line for a line that is not JSON or too long; OT_EIO; OT_ENOMEM; what take returns.
 */
OT_PRIVATE ot_status ot__jsonl_read(ot__jsonl *f);

/* A sentence about f->rest in new memory, NULL without memory: "PATH: the last 12 bytes, after line
 * 3, are not a whole line; DONE", where `done` says what happens to them. */
OT_PRIVATE char *ot__jsonl_note(const ot__jsonl *f, const char *done);

#endif
