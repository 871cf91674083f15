/* SPDX-License-Identifier: BSD-3-Clause
 * Records which bytes of an arena are taken during which steps of a program. */
#ifndef OT_AUTOGRAD_COMPILE_OCCUPANCY_H
#define OT_AUTOGRAD_COMPILE_OCCUPANCY_H

#include "base/status.h"

typedef struct ot__occupancy ot__occupancy;

/* An empty arena for the steps 0 to last_step; NULL when out of memory. */
ot__occupancy *ot__occupancy_new(int last_step);
void ot__occupancy_free(ot__occupancy *o);

/* The lowest offset at which `bytes` bytes are free during all steps from `first` to `last`. */
size_t ot__occupancy_lowest(const ot__occupancy *o, int first, int last, size_t bytes);
/* Takes `bytes` bytes at offset `at` during these steps.  OT_ENOMEM. */
ot_status ot__occupancy_take(ot__occupancy *o, int first, int last, size_t at, size_t bytes);

#endif
