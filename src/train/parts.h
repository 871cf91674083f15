/* SPDX-License-Identifier: BSD-3-Clause
 * The registries of optimisers and schedules.  Each is a list of names, optimisers.def and
 * schedules.def: a part is one file and one line. */
#ifndef OT_TRAIN_PARTS_H
#define OT_TRAIN_PARTS_H

#include "base/registry.h"

/* Each returns its registry. */
ot__registry *ot__optimisers(void);
ot__registry *ot__schedules(void);

/* The table that an option such as "cosine(least=0)" names, or `unsaid` if text is NULL.  NULL if
 * the registry has none of this name. */
const ot_about *ot__part_of(const ot__registry *r, const char *text, const char *unsaid);

#endif
