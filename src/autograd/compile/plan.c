/* SPDX-License-Identifier: BSD-3-Clause
 * Places buffers in the arena, greedily by size: the largest comes first, and each gets the lowest
 * offset that no buffer alive at the same time occupies.  For buffers of one size, in the order of
 * their first steps, this is the optimal colouring of an interval graph.  Nearly all states of a
 * network have one size, so plans come within a few percent of the bound.  See Pisarchyk and Lee,
 * "Efficient memory management for deep neural net inference" (2020). */
#include "autograd/compile/plan.h"

#include <stdlib.h>

#include "autograd/compile/occupancy.h"
#include "base/memory.h"

enum { ALIGN = 64 };

static size_t aligned(size_t bytes)
{
    return (bytes + ALIGN - 1) / ALIGN * ALIGN;
}

int ot__plan_owner(const ot__buffer b[], int i)
{
    while (b[i].inside >= 0)
        i = b[i].inside;
    return i;
}

void ot__plan_take_over(ot__buffer b[], int donor, int reuser)
{
    const int owner = ot__plan_owner(b, donor);
    b[reuser].inside = owner; /* rather than donor: chains would grow as long as the network */
    if (b[reuser].last > b[owner].until) b[owner].until = b[reuser].last;
}

static int larger_then_earlier(const void *x, const void *y)
{
    const ot__buffer *const a = *(ot__buffer *const *)x, *const b = *(ot__buffer *const *)y;
    if (a->bytes != b->bytes) return a->bytes > b->bytes ? -1 : 1;
    if (a->first != b->first) return a->first < b->first ? -1 : 1;
    return (a > b) - (a < b);
}

/* The largest sum of buffers that are alive at one step.  change[s] is what begins at step s less
 * what ended before it. */
static ot_status largest_live_sum(const ot__buffer b[], int n, int steps, size_t *bound)
{
    size_t *change = ot__new((size_t)steps + 2, sizeof *change), sum = 0;
    if (!change) return OT_ENOMEM;
    for (int i = 0; i < n; i++) {
        if (b[i].inside >= 0) continue;
        change[b[i].first] += aligned(b[i].bytes);
        change[b[i].until + 1] -= aligned(b[i].bytes); /* unsigned numbers wrap around and back */
    }
    *bound = 0;
    for (int s = 0; s <= steps; s++) {
        sum += change[s];
        if (sum > *bound) *bound = sum;
    }
    ot__free(change);
    return OT_OK;
}

/* Gives each buffer, in the given order, the lowest offset that is free during its lifetime. */
static ot_status place(ot__buffer *const order[], int n, int steps, size_t *arena)
{
    ot__occupancy *const taken = ot__occupancy_new(steps);
    if (!taken) return OT_ENOMEM;
    ot_status status = OT_OK;
    for (int i = 0; i < n && status == OT_OK; i++) {
        ot__buffer *const b = order[i];
        const size_t bytes = aligned(b->bytes);
        b->at = ot__occupancy_lowest(taken, b->first, b->until, bytes);
        if (b->at + bytes > *arena) *arena = b->at + bytes;
        status = ot__occupancy_take(taken, b->first, b->until, b->at, bytes);
    }
    ot__occupancy_free(taken);
    return status;
}

ot_status ot__plan_memory(ot__buffer b[], int n, int steps, ot__plan *plan)
{
    *plan = (ot__plan){ 0 };
    OT_TRY(largest_live_sum(b, n, steps, &plan->bound));
    ot__buffer **order = ot__new((size_t)n, sizeof *order);
    if (!order) return OT_ENOMEM;
    int owners = 0;
    for (int i = 0; i < n; i++) {
        plan->unplanned += aligned(b[i].bytes);
        if (b[i].inside < 0) order[owners++] = &b[i];
    }
    qsort(order, (size_t)owners, sizeof *order, larger_then_earlier);
    const ot_status status = place(order, owners, steps, &plan->arena);
    ot__free(order);
    for (int i = 0; i < n && status == OT_OK; i++)
        b[i].at = b[ot__plan_owner(b, i)].at;
    return status;
}
