/* SPDX-License-Identifier: BSD-3-Clause
 * Finds free bytes with a segment tree over the steps.  A node of the tree stands for a range of
 * steps, its two children for the halves of that range.  Each node has two sets of bytes:
 *
 *     some    bytes that are taken during at least one of its steps
 *     whole   bytes that were taken for all of its steps at once
 *
 * A lifetime is the union of at most 2 log2(steps) nodes.  The bytes that are taken during some
 * step of a lifetime are the `some` of these nodes and the `whole` of the nodes above them, so a
 * search reads few sets.  The sets are short: nested lifetimes, such as those of values that
 * backward reads, take neighbouring bytes, and neighbouring ranges are merged. */
#include "autograd/compile/occupancy.h"

#include <string.h>

#include "base/memory.h"

/* The bytes from `from` on, up to but without `to`. */
typedef struct range {
    size_t from, to;
} range;

/* In ascending order; two ranges neither overlap nor touch. */
typedef struct set {
    range *range;
    size_t n, capacity;
} set;

typedef struct node {
    set some, whole;
} node;

struct ot__occupancy {
    int steps;  /* a power of two */
    node *node; /* node[1] is the root; the children of node[v] are node[2v] and node[2v + 1] */
};

/* ---- sets ---- */

/* The index of the first range that ends at `at` or later. */
static size_t first_ending(const set *s, size_t at)
{
    size_t lo = 0, hi = s->n;
    while (lo < hi) {
        const size_t middle = (lo + hi) / 2;
        if (s->range[middle].to < at)
            lo = middle + 1;
        else
            hi = middle;
    }
    return lo;
}

/* The lowest offset from `at` on at which `bytes` bytes are not in the set. */
static size_t lowest_outside(const set *s, size_t at, size_t bytes)
{
    for (size_t i = first_ending(s, at); i < s->n && s->range[i].from < at + bytes; i++)
        if (s->range[i].to > at) at = s->range[i].to;
    return at;
}

/* Puts a range into the set and merges it with those that it overlaps or touches. */
static ot_status put(set *s, range r)
{
    const size_t i = first_ending(s, r.from);
    size_t next = i;
    for (; next < s->n && s->range[next].from <= r.to; next++) {
        if (s->range[next].from < r.from) r.from = s->range[next].from;
        if (s->range[next].to > r.to) r.to = s->range[next].to;
    }
    if (next == i) OT_TRY(ot__grow((void **)&s->range, &s->capacity, s->n + 1, sizeof *s->range));
    memmove(&s->range[i + 1], &s->range[next], (s->n - next) * sizeof *s->range);
    s->n = s->n + 1 - (next - i);
    s->range[i] = r;
    return OT_OK;
}

/* ---- the tree ---- */

ot__occupancy *ot__occupancy_new(int last_step)
{
    ot__occupancy *o = ot__new(1, sizeof *o);
    if (!o) return NULL;
    o->steps = 1;
    while (o->steps <= last_step)
        o->steps *= 2;
    o->node = ot__new(2 * (size_t)o->steps, sizeof *o->node);
    if (o->node) return o;
    ot__free(o);
    return NULL;
}

void ot__occupancy_free(ot__occupancy *o)
{
    if (!o) return;
    for (int v = 1; v < 2 * o->steps; v++) {
        ot__free(o->node[v].some.range);
        ot__free(o->node[v].whole.range);
    }
    ot__free(o->node);
    ot__free(o);
}

/* A node of the tree, reached in a search for a lifetime. */
typedef struct visit {
    int first, last; /* the lifetime */
    int v;           /* the node */
    int from, steps; /* its first step and how many steps it stands for */
} visit;

static visit child(const visit *at, int side)
{
    const int half = at->steps / 2;
    return (visit){ at->first, at->last, 2 * at->v + side, at->from + side * half, half };
}

static bool is_apart(const visit *at)
{
    return at->last < at->from || at->from + at->steps <= at->first;
}

static bool is_covered(const visit *at)
{
    return at->first <= at->from && at->from + at->steps - 1 <= at->last;
}

/* Raises the offset `from` until each set has room above it when that set is looked at.  A set that
 * was looked at early may have no room at the offset that is returned; then the search is repeated
 * from there. */
static size_t lift(const ot__occupancy *o, visit at, size_t from, size_t bytes)
{
    if (is_apart(&at)) return from;
    const node *const here = &o->node[at.v];
    if (is_covered(&at)) return lowest_outside(&here->some, from, bytes);
    from = lowest_outside(&here->whole, from, bytes);
    from = lift(o, child(&at, 0), from, bytes);
    return lift(o, child(&at, 1), from, bytes);
}

size_t ot__occupancy_lowest(const ot__occupancy *o, int first, int last, size_t bytes)
{
    const visit root = { first, last, 1, 0, o->steps };
    size_t at = 0;
    for (size_t before = 1; at != before;) {
        before = at;
        at = lift(o, root, at, bytes);
    }
    return at;
}

static ot_status take(ot__occupancy *o, visit at, range r)
{
    if (is_apart(&at)) return OT_OK;
    node *const here = &o->node[at.v];
    OT_TRY(put(&here->some, r));
    if (is_covered(&at)) return put(&here->whole, r);
    OT_TRY(take(o, child(&at, 0), r));
    return take(o, child(&at, 1), r);
}

ot_status ot__occupancy_take(ot__occupancy *o, int first, int last, size_t at, size_t bytes)
{
    if (bytes == 0) return OT_OK;
    return take(o, (visit){ first, last, 1, 0, o->steps }, (range){ at, at + bytes });
}
