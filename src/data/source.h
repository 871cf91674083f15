/* SPDX-License-Identifier: BSD-3-Clause
 * The registry of sources of data sets, and how a source is chosen.  A source is one file with its
 * ot_source_kind, and one line in sources.def. */
#ifndef OT_DATA_SOURCE_H
#define OT_DATA_SOURCE_H

#include "data/dataset.h"

ot__registry *ot__sources(void);

/* Finds the source that opens `where`: the one that `where` names or, if it names none, the first
 * one that accepts it.  source->about is NULL if there is none.  *place becomes the place in it.
 * The caller frees *source.  OT_EINVAL for malformed attributes, OT_ENOMEM. */
ot_status ot__source_find(const char *where, ot__part *source, const char **place);

#endif
