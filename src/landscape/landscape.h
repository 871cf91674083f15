/* SPDX-License-Identifier: BSD-3-Clause
 * The journal of a landscape, from which an interrupted computation is continued.  Its first line
 * holds the circumstances, that is, everything that the numbers depend on:
 *     {"landscape": {...}}
 * Each further line is a finished point, in their order and without a gap.  A number that is not
 * finite is null.
 *     {"point": 0, "loss": 2.3025850929940459, "accuracy": 0.1} */
#ifndef OT_LANDSCAPE_LANDSCAPE_H
#define OT_LANDSCAPE_LANDSCAPE_H

#include <jansson.h>

#include "train/pass.h"

typedef struct ot__landscape_journal {
    int fd; /* of the open and locked file */
    const char *path;
} ot__landscape_journal;

/* Opens o->journal and reads its points into l; l->loaded becomes their number.  Bytes after the
 * last whole line are cut off, with a sentence to o->on_note.  If there is no journal, or o->anew
 * is set, a new one is started.  An old one stays until the first line of the new one is on the
 * disk.
 * OT_EBUSY if another process has the lock, OT_EINVAL if the circumstances differ, OT_ENOENT if it
 * is not a file, OT_EFORMAT, OT_ECREATE, OT_EIO, OT_ENOMEM. */
ot_status ot__landscape_journal_open(const ot_landscape_opts *o, json_t *circumstances,
                                     ot_landscape *l, ot__landscape_journal *j);
/* Writes the line of point k, which is on the disk when the function returns.  OT_EIO,
 * OT_ENOMEM. */
ot_status ot__landscape_journal_point(const ot__landscape_journal *j, int k, const ot_landscape *l);
void ot__landscape_journal_close(ot__landscape_journal *j);

/* The number of points of the grid. */
static inline int ot__landscape_points(const ot_landscape *l)
{
    return l->points[0] * l->points[1];
}

#endif
