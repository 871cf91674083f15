/* SPDX-License-Identifier: BSD-3-Clause
 * Which sums of a Runge-Kutta step begin before all their terms are known. */
#ifndef OT_SCHEMES_EARLY_H
#define OT_SCHEMES_EARLY_H

#include "schemes/scheme.h"

/* Row r is the sum for the input of stage r, or, for r = stages, for the output with weights w.
 * Sets begin[r]: after stage begin[r] the terms known so far are summed, and each later term is
 * added once it is computed; -1 if the row is summed only when it is needed.  live[i] says whether
 * stage i is evaluated.  Returns the largest number of states, including x, that must be kept
 * between two evaluations. */
int ot__rk_early(const ot_scheme *s, const double w[], const bool live[],
                 int begin[OT__STAGES_MOST + 1]);

#endif
