/* SPDX-License-Identifier: BSD-3-Clause
 * Chooses which sums of a step begin early, so that as few states as possible are kept.
 *
 * A step computes sums: the inputs of its stages and its output.  Each sum needs some states: x and
 * some of the k_j.  Between two evaluations a state is kept for all later sums that need it, or a
 * sum is begun: it holds its terms so far and needs their states no longer.  In the bipartite graph
 * of sums and the states that they need, the states kept and the sums begun form a vertex cover.
 * By Koenig's theorem the smallest cover is as large as a largest matching, which Kuhn's algorithm
 * finds.  For the 14 stages of Verner 8(9) it has six elements, which is the rank of the sums; to
 * keep every k_j that is still needed takes ten.
 *
 * A sum that has begun remains begun.  Of equally small covers the one with the fewest sums is
 * taken, because a sum is written again with each of its terms. */
#include "schemes/early.h"

enum { SIDE = OT__STAGES_MOST + 1 };

/* A row is a sum: the input of a stage or the output.  State 0 is x, state 1 + j is k_j. */
typedef struct graph {
    int n;                                 /* rows, and also states */
    bool needs[SIDE][SIDE];                /* needs[r][v]: row r has not begun and needs state v */
    int of_row[SIDE], of_state[SIDE];      /* the partner in the matching; -1: none */
    bool seen_row[SIDE], seen_state[SIDE]; /* visited by the current search */
} graph;

/* Matches row r along an augmenting path, which may change the partners of other rows. */
static bool match(graph *g, int r)
{
    for (int v = 0; v < g->n; v++) {
        if (!g->needs[r][v] || g->seen_state[v]) continue;
        g->seen_state[v] = true;
        if (g->of_state[v] >= 0 && !match(g, g->of_state[v])) continue;
        g->of_state[v] = r;
        g->of_row[r] = v;
        return true;
    }
    return false;
}

/* Marks all states and rows that alternating paths from state v reach. */
static void reach(graph *g, int v)
{
    g->seen_state[v] = true;
    for (int r = 0; r < g->n; r++)
        if (g->needs[r][v] && !g->seen_row[r]) {
            g->seen_row[r] = true;
            if (g->of_row[r] >= 0 && !g->seen_state[g->of_row[r]]) reach(g, g->of_row[r]);
        }
}

/* Finds the smallest cover with the fewest rows and returns its size.  seen_row marks its rows. */
static int cover(graph *g)
{
    int size = 0;
    for (int i = 0; i < g->n; i++)
        g->of_row[i] = g->of_state[i] = -1;
    for (int r = 0; r < g->n; r++) {
        for (int v = 0; v < g->n; v++)
            g->seen_state[v] = false;
        size += match(g, r);
    }
    for (int i = 0; i < g->n; i++)
        g->seen_row[i] = g->seen_state[i] = false;
    for (int v = 0; v < g->n; v++) /* from each state without a partner */
        if (g->of_state[v] < 0) reach(g, v);
    return size;
}

static double coefficient(const ot_scheme *s, const double w[], int r, int j)
{
    return r == ot_scheme_stages(s) ? w[j] : ot_scheme_a(s, r, j);
}

int ot__rk_early(const ot_scheme *s, const double w[], const bool live[],
                 int begin[OT__STAGES_MOST + 1])
{
    const int stages = ot_scheme_stages(s);
    int most = 1;
    for (int r = 0; r <= stages; r++)
        begin[r] = -1;
    for (int i = 0; i < stages; i++) {
        graph g = { .n = stages + 1 };
        int begun = 0;
        if (!live[i]) continue;
        for (int r = i + 1; r <= stages; r++) {
            if (r < stages && !live[r]) continue;
            begun += begin[r] >= 0;
            g.needs[r][0] = begin[r] < 0;
            for (int j = 0; j <= i && begin[r] < 0; j++)
                g.needs[r][1 + j] = coefficient(s, w, r, j) != 0;
        }
        const int size = begun + cover(&g);
        if (size > most) most = size;
        for (int r = i + 1; r <= stages; r++)
            if (g.seen_row[r]) begin[r] = i;
    }
    /* A sum that begins just before it is needed does not begin early. */
    for (int r = 0, before = -1; r <= stages; r++) {
        if (begin[r] >= 0 && begin[r] == before) begin[r] = -1;
        if (r < stages && live[r]) before = r;
    }
    return most;
}
