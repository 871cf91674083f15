/* SPDX-License-Identifier: BSD-3-Clause
 * Between two evaluations either a k_j (or x) is kept for all the sums that still need it, or a sum
 * is begun and needs none of them any longer.  With the sums and the states that they need as the
 * two sides of a graph, what must be kept is a vertex cover, and the smallest one is as large as a
 * largest matching (Koenig): for Verner's 14 stages six states, as few as the rank of the sums
 * allows, where keeping every k_j that is still needed takes ten.  A sum that was begun stays so.
 * Where covers are equally small, states are kept rather than sums begun, which are written more
 * often. */
#include "schemes/early.h"

enum { SIDE = OT__STAGES_MOST + 1 };

/* needs[r][v]: row r, which is not begun, needs state v: 0 is x, 1 + j is k_j. */
typedef struct graph {
    int n;
    bool needs[SIDE][SIDE];
    int of_row[SIDE], of_state[SIDE]; /* the matching, -1: none */
    bool seen_row[SIDE], seen_state[SIDE];
} graph;

/* Match row r, on a path that changes the matching of others if need be (Kuhn). */
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

/* Mark what alternating paths from state v reach: states, and rows, which are then the cover. */
static void reach(graph *g, int v)
{
    g->seen_state[v] = true;
    for (int r = 0; r < g->n; r++)
        if (g->needs[r][v] && !g->seen_row[r]) {
            g->seen_row[r] = true;
            if (g->of_row[r] >= 0 && !g->seen_state[g->of_row[r]]) reach(g, g->of_row[r]);
        }
}

/* The smallest cover with the fewest rows: seen_row are the rows in it.  Returns its size. */
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
    for (int v = 0; v < g->n; v++)
        if (g->of_state[v] < 0) reach(g, v); /* from states that no row is matched with */
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
    /* Begun when it is needed is not early. */
    for (int r = 0, before = -1; r <= stages; r++) {
        if (begin[r] >= 0 && begin[r] == before) begin[r] = -1;
        if (r < stages && live[r]) before = r;
    }
    return most;
}
