/* SPDX-License-Identifier: BSD-3-Clause
 * Greedy by size: the largest buffer is placed first, each at the lowest offset where no buffer
 * that is alive at the same time lies.  For buffers of one size, taken in the order of their
 * births, this is the optimal colouring of an interval graph; the states of a network nearly all
 * have one size, so plans come within a few percent of the bound.  See Pisarchyk and Lee,
 * "Efficient memory management for deep neural net inference" (2020). */
#include "autograd/plan.h"

#include <stdint.h>
#include <stdlib.h>

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

void ot__plan_take_over(ot__buffer b[], int giver, int heir)
{
    ot__buffer *owner = &b[ot__plan_owner(b, giver)];
    b[heir].inside = giver;
    if (b[heir].last > owner->until) owner->until = b[heir].last;
}

static int larger_then_earlier(const void *x, const void *y)
{
    const ot__buffer *const a = *(ot__buffer *const *)x, *const b = *(ot__buffer *const *)y;
    if (a->bytes != b->bytes) return a->bytes > b->bytes ? -1 : 1;
    if (a->first != b->first) return a->first < b->first ? -1 : 1;
    return (a > b) - (a < b);
}

static bool alive_together(const ot__buffer *a, const ot__buffer *b)
{
    return a->first <= b->until && b->first <= a->until;
}

/* Put b at the lowest free offset; `placed` is sorted by offset and stays so. */
static void place(ot__buffer *b, ot__buffer *placed[], int n)
{
    size_t at = 0;
    for (int i = 0; i < n; i++) {
        if (!alive_together(placed[i], b)) continue;
        if (placed[i]->at >= at + aligned(b->bytes)) break;
        const size_t end = placed[i]->at + aligned(placed[i]->bytes);
        if (end > at) at = end;
    }
    b->at = at;
    int i = n;
    for (; i > 0 && placed[i - 1]->at > at; i--)
        placed[i] = placed[i - 1];
    placed[i] = b;
}

static ot_status largest_live_sum(const ot__buffer b[], int n, int steps, size_t *bound)
{
    size_t *sum = ot__new((size_t)steps + 1, sizeof *sum);
    if (!sum) return OT_ENOMEM;
    for (int i = 0; i < n; i++)
        for (int s = b[i].first; b[i].inside < 0 && s <= b[i].until; s++)
            sum[s] += aligned(b[i].bytes);
    *bound = 0;
    for (int s = 0; s <= steps; s++)
        if (sum[s] > *bound) *bound = sum[s];
    ot__free(sum);
    return OT_OK;
}

ot_status ot__plan_memory(ot__buffer b[], int n, int steps, ot__plan *plan)
{
    *plan = (ot__plan){ 0 };
    OT_TRY(largest_live_sum(b, n, steps, &plan->bound));
    ot__buffer **order = ot__new(2 * (size_t)n, sizeof *order);
    if (!order) return OT_ENOMEM;
    ot__buffer **placed = order + n;
    int owners = 0;
    for (int i = 0; i < n; i++) {
        plan->unplanned += aligned(b[i].bytes);
        if (b[i].inside < 0) order[owners++] = &b[i];
    }
    qsort(order, (size_t)owners, sizeof *order, larger_then_earlier);
    for (int i = 0; i < owners; i++) {
        place(order[i], placed, i);
        const size_t end = order[i]->at + aligned(order[i]->bytes);
        if (end > plan->arena) plan->arena = end;
    }
    for (int i = 0; i < n; i++)
        b[i].at = b[ot__plan_owner(b, i)].at;
    ot__free(order);
    return OT_OK;
}
