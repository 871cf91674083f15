/* SPDX-License-Identifier: BSD-3-Clause
 * Which sums of a step are begun before all their terms are there. */
#ifndef OT_SCHEMES_EARLY_H
#define OT_SCHEMES_EARLY_H

#include "schemes/scheme.h"

/* begin[r], r = 0 .. stages: row r is the input of stage r, or the output for r = stages, with the
 * weights w.  After stage begin[r] the terms that are there are summed up, and later ones are added
 * as they come; -1: the row is summed up when it is needed.  Returns the largest number of states,
 * x among them, that must be kept between two evaluations. */
int ot__rk_early(const ot_scheme *s, const double w[], const bool live[],
                 int begin[OT__STAGES_MOST + 1]);

#endif
