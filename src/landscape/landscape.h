/* SPDX-License-Identifier: BSD-3-Clause
 * A landscape while it is computed, and its journal: JSON lines, first what the numbers depend on,
 *     {"landscape": {...}}
 * and then the points that are done, in their order, without a gap; null is not a number.
 *     {"point": 0, "loss": 2.3025850929940459, "accuracy": 0.1} */
#ifndef OT_LANDSCAPE_LANDSCAPE_H
#define OT_LANDSCAPE_LANDSCAPE_H

#include <jansson.h>

#include "train/pass.h"

typedef struct ot__landscape_journal {
    int fd; /* locked */
    const char *path;
} ot__landscape_journal;

/* Open o->journal, or begin it, with o->anew whatever it holds; an old one stays until the new
 * one's first line is on the disk.  l->loaded becomes the number of points that are there, which
 * are read. What follows the last whole line is cut off, with a sentence to o->on_note.  OT_EBUSY,
 * OT_EFORMAT, OT_EINVAL (of other circumstances), OT_ENOENT (no file), OT_ECREATE, OT_EIO,
 * OT_ENOMEM. */
ot_status ot__landscape_journal_open(const ot_landscape_opts *o, json_t *circumstances,
                                     ot_landscape *l, ot__landscape_journal *j);
/* On the disk when it returns. */
ot_status ot__landscape_journal_point(const ot__landscape_journal *j, int k, const ot_landscape *l);
void ot__landscape_journal_close(ot__landscape_journal *j);

static inline int ot__landscape_points(const ot_landscape *l)
{
    return l->points[0] * l->points[1];
}

#endif
