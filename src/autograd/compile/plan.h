/* SPDX-License-Identifier: BSD-3-Clause
 * The memory planner: it gives buffers whose lifetimes are known their offsets in one block of
 * memory, the arena. */
#ifndef OT_AUTOGRAD_COMPILE_PLAN_H
#define OT_AUTOGRAD_COMPILE_PLAN_H

#include "base/status.h"

typedef struct ot__buffer {
    size_t bytes;
    int first, last; /* the steps from which and to which the buffer is alive, both included */
    int until;       /* the last step at which its memory is in use, by itself or by a buffer that
                        has taken the memory over */
    int inside;      /* the buffer whose memory it has taken over; -1: it has memory of its own */
    int again;       /* the buffer of the same value when it is computed again later, or -1 */
    size_t at;       /* OUT: offset in the arena */
} ot__buffer;

/* Sizes in bytes. */
typedef struct ot__plan {
    size_t arena;
    size_t bound;     /* the largest sum of what is alive at one step: no arena can be smaller */
    size_t unplanned; /* the sum of all buffers: the arena if no memory were shared */
} ot__plan;

/* Lets `reuser`, whose first step is the last one of `donor`, use the memory of `donor`. */
void ot__plan_take_over(ot__buffer b[], int donor, int reuser);
/* The buffer that owns the memory of buffer i. */
int ot__plan_owner(const ot__buffer b[], int i);

/* Gives every buffer an offset.  Buffers that are alive at the same step do not overlap, except
 * those that have taken memory over.  OT_ENOMEM. */
ot_status ot__plan_memory(ot__buffer b[], int n, int steps, ot__plan *plan);

#endif
