/* SPDX-License-Identifier: BSD-3-Clause
 * A source makes data sets of one kind: it reads a file format or computes images.  A source is one
 * file and one line in sources.def.
 *
 * ot_dataset_open is called with NAME:PLACE, where NAME is that of a source, or with a PLACE alone,
 * which the first source of the list that accepts it opens. */
#ifndef OT_DATA_SOURCE_H
#define OT_DATA_SOURCE_H

#include "data/dataset.h"

struct ot__source {
    const char *name;  /* NULL: it has only places that it accepts */
    const char *place; /* what ot_dataset_open is called with, as a phrase for messages */
    /* Whether a place without a name is one of this source.  NULL: none is. */
    bool (*accepts)(const char *place);
    /* Makes the set of a split.  After an error *out is NULL. */
    ot_status (*open)(const char *place, ot_split split, ot_dataset **out);
    /* Sets *has to whether there are images of the split. */
    ot_status (*has_split)(const char *place, ot_split split, bool *has);
};

int ot__source_count(void);
const ot__source *ot__source_at(int i);

/* The source that opens `where`, and the place in it; NULL if there is none. */
const ot__source *ot__source_find(const char *where, const char **place);

#endif
