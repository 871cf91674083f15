/* SPDX-License-Identifier: BSD-3-Clause
 * The generator of the built-in data set, with a seed and a count of one's own. */
#ifndef OT_DATA_SHAPES_H
#define OT_DATA_SHAPES_H

#include "data/source.h"

/* Makes `count` images: a pure function of seed and split.  OT_ENOMEM. */
ot_status ot__shapes_new(uint64_t seed, ot_split split, int count, ot_dataset **out);

#endif
