/* SPDX-License-Identifier: BSD-3-Clause
 * A source makes data sets of one kind: it reads a file format or computes images.  A source is one
 * file and one line in sources.def. */
#ifndef OT_DATA_SOURCE_H
#define OT_DATA_SOURCE_H

#include "data/dataset.h"

/* `where` is what ot_dataset_open was called with. */
struct ot__source {
    const char *place; /* what `where` must be, as a phrase for messages */
    bool (*accepts)(const char *where);
    /* Makes the set of a split.  After an error *out is NULL. */
    ot_status (*open)(const char *where, ot_split split, ot_dataset **out);
    /* Sets *has to whether there are images of the split. */
    ot_status (*has_split)(const char *where, ot_split split, bool *has);
};

int ot__source_count(void);
const ot__source *ot__source_at(int i);

#endif
