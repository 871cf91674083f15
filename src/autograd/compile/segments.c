/* SPDX-License-Identifier: BSD-3-Clause
 * Cuts the tape into nested segments (Chen et al. 2016; Griewank and Walther 2000), for replay.c.
 * A value that is read beyond a cut is kept at least as long as the segments on both sides are
 * worked on, so cuts are best where few bytes cross: between blocks.  Segments of one level keep
 * about the same number of bytes. */
#include "autograd/compile/replays.h"
#include "base/memory.h"

/* ---- cuts ---- */

typedef struct cutting {
    const ot__extent *extent;
    const ot__cuts *cuts;
    int *level; /* by forward step: the level of the cut after it, or MOST_LEVELS */
} cutting;

static double kept_before(const ot__extent *e, int step)
{
    return step > 0 ? e->kept[step - 1] : 0;
}

/* The step between `from` and `to` after which the fewest bytes cross, among those at which the
 * kept bytes are within a quarter of a segment of `ideal`; the nearest of several.  -1: none. */
static int narrowest(const ot__extent *e, int from, int to, double ideal, double segment)
{
    int best = -1;
    double best_distance = 0;
    for (int s = from; s < to; s++) {
        const double ahead = e->kept[s] - ideal, distance = ahead < 0 ? -ahead : ahead;
        if (distance > segment / 4) continue;
        if (best >= 0 && (e->crossing[s] > e->crossing[best] ||
                          (e->crossing[s] == e->crossing[best] && distance >= best_distance)))
            continue;
        best = s;
        best_distance = distance;
    }
    return best;
}

/* Cuts the steps from..to-1, and the segments that arise, down to the last level. */
static void cut(cutting *c, int from, int to, int level)
{
    const ot__extent *e = c->extent;
    if (level >= c->cuts->levels || to - from < 2) return;
    const double start = kept_before(e, from), all = kept_before(e, to) - start;
    const double segment = all / c->cuts->segments;
    int begin = from;
    for (int i = 1; i < c->cuts->segments; i++) {
        const int at = narrowest(e, begin, to - 1, start + i * segment, segment);
        if (at < 0 || c->level[at] < OT__MOST_LEVELS) continue;
        c->level[at] = level;
        cut(c, begin, at + 1, level + 1);
        begin = at + 1;
    }
    if (begin > from) cut(c, begin, to, level + 1);
}

/* ---- policies ---- */

/* The lowest level of a cut that the value of a node crosses; `levels` if it crosses none. */
static int level_of(const ot__extent *e, const int *lowest, int levels, int id)
{
    int level = levels;
    for (int s = e->writer[id]; s < e->reader[id]; s++)
        if (lowest[s] < level) level = lowest[s];
    return level;
}

static void set_levels(const ot_program *p, const ot__extent *e, const ot__cuts *cuts,
                       const int *lowest, ot__policy *policy)
{
    for (int id = 1; id < p->n_nodes; id++) {
        const bool free = e->writer[id] >= 0 && e->writer[id] < cuts->end && !p->mark[id].readable;
        policy->level[id] = free ? level_of(e, lowest, cuts->levels, id) : 0;
        if (free && !e->is_kept[id] && policy->level[id] == cuts->levels)
            policy->level[id] = cuts->levels + 1;
    }
    for (int i = 0; i < cuts->transients && i < e->n_transients; i++) {
        int *const level = &policy->level[e->transient[i]];
        if (e->writer[e->transient[i]] < cuts->end && *level == cuts->levels)
            *level = cuts->levels + 1;
    }
}

/* Numbers the segments of each level, and stores for each node the number of its segment. */
static void set_segments(const ot_program *p, const ot__extent *e, const int *lowest,
                         ot__policy *policy)
{
    for (int level = 1; level <= policy->levels; level++) {
        int *const segment = policy->segment + (size_t)level * policy->n_nodes;
        int id = 1, number = 0;
        for (int s = 0; s < e->n_forward; s++) {
            for (; id < p->n_nodes && e->writer[id] <= s; id++)
                segment[id] = number;
            if (lowest[s] < level) number++;
        }
        for (; id < p->n_nodes; id++)
            segment[id] = number;
    }
}

static ot_status new_policy(const ot_program *p, int levels, ot__policy *policy)
{
    const size_t n = (size_t)p->n_nodes;
    *policy = (ot__policy){ .n_nodes = p->n_nodes, .levels = levels };
    policy->level = ot__new(n, sizeof *policy->level);
    policy->segment = ot__new(n * ((size_t)levels + 1), sizeof *policy->segment);
    return policy->level && policy->segment ? OT_OK : OT_ENOMEM;
}

/* Cuts the tape after each value that is solved for.  All others are computed again from these, but
 * for those that they are solved from. */
ot_status ot__make_rebuilding_policy(const ot_program *p, const ot__extent *e, ot__policy *policy)
{
    const ot__cuts cuts = { .levels = 1, .end = e->n_forward };
    OT_TRY(new_policy(p, cuts.levels, policy));
    int *const lowest = ot__new((size_t)e->n_forward, sizeof *lowest);
    if (!lowest) return OT_ENOMEM;
    for (int s = 0; s < e->n_forward; s++)
        lowest[s] = OT__MOST_LEVELS;
    for (int id = 1; id < p->n_nodes; id++)
        if (ot__solution_of(p, id)) lowest[e->writer[id]] = 0;
    set_levels(p, e, &cuts, lowest, policy);
    set_segments(p, e, lowest, policy);
    for (int id = 1; id < p->n_nodes; id++) {
        const ot__solution *const x = ot__solution_of(p, id);
        if (x && !ot__solution_of(p, x->from[0])) policy->level[x->from[0]] = 0;
    }
    ot__free(lowest);
    return OT_OK;
}

ot_status ot__make_policy(const ot_program *p, const ot__extent *e, const ot__cuts *cuts,
                          ot__policy *policy)
{
    OT_TRY(new_policy(p, cuts->levels, policy));
    int *const lowest = ot__new((size_t)e->n_forward, sizeof *lowest);
    if (!lowest) return OT_ENOMEM;
    for (int s = 0; s < e->n_forward; s++)
        lowest[s] = OT__MOST_LEVELS;
    cut(&(cutting){ e, cuts, lowest }, 0, cuts->end, 0);
    set_levels(p, e, cuts, lowest, policy);
    set_segments(p, e, lowest, policy);
    ot__free(lowest);
    return OT_OK;
}

void ot__free_policy(ot__policy *policy)
{
    ot__free(policy->level);
    ot__free(policy->segment);
}
