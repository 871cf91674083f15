/* SPDX-License-Identifier: BSD-3-Clause
 * The memory planner: offsets in one arena for buffers whose lifetimes are known. */
#ifndef OT_AUTOGRAD_COMPILE_PLAN_H
#define OT_AUTOGRAD_COMPILE_PLAN_H

#include "base/status.h"

typedef struct ot__buffer {
    size_t bytes;
    int first, last; /* steps of the program between which it is alive, both included */
    int until;       /* the same for its memory, which others may take over; at first, last */
    int inside;      /* the buffer whose memory it has taken over, -1: memory of its own */
    size_t at;       /* OUT: offset in the arena */
} ot__buffer;

typedef struct ot__plan {
    size_t arena;     /* bytes */
    size_t bound;     /* largest sum of what is alive at one step: no plan needs less */
    size_t unplanned; /* if nothing were shared */
} ot__plan;

/* Let `reuser`, which begins where `donor` ends, live in donor's memory. */
void ot__plan_take_over(ot__buffer b[], int donor, int reuser);
/* The buffer that owns the memory. */
int ot__plan_owner(const ot__buffer b[], int i);

/* Give every buffer an offset; no two that are alive at the same step overlap.  OT_ENOMEM. */
ot_status ot__plan_memory(ot__buffer b[], int n, int steps, ot__plan *plan);

#endif
