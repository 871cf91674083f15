/* SPDX-License-Identifier: BSD-3-Clause
 * Merges blocks that repeat the block before them: they have the same nodes, and each of these
 * reads the nodes at the same places of its own block and of the blocks before it. */
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "cli/report/structure.h"

/* Returns the edge of segment a that corresponds to edge e of segment b, or -1: it reads the node
 * at the same place, counted from the end, of the segment as far before. */
static int counterpart(const cli_structure *g, cli_edge e, int b, int a)
{
    const cli_segment *const from = &g->segment[g->node[e.from].segment];
    const int back = b - g->node[e.from].segment, last = from->first + from->n - e.from;
    if (a - back < 0) return -1;
    const cli_segment *const source = &g->segment[a - back];
    const int want = source->first + source->n - last;
    const int to = g->segment[a].first + (e.to - g->segment[b].first);
    for (int i = 0; i < g->n_edges; i++) {
        const cli_edge o = g->edge[i];
        const bool equal = o.factor == e.factor || (isnan(o.factor) && isnan(e.factor));
        if (o.from == want && o.to == to && equal) return i;
    }
    return -1;
}

static int edges_into(const cli_structure *g, int segment)
{
    int n = 0;
    for (int i = 0; i < g->n_edges; i++)
        n += g->node[g->edge[i].to].segment == segment;
    return n;
}

static bool same_nodes(const cli_structure *g, const cli_segment *a, const cli_segment *b)
{
    if (a->block < 0 || b->block < 0 || a->n != b->n) return false;
    for (int i = 0; i < a->n; i++) {
        const cli_node *const x = &g->node[a->first + i], *const y = &g->node[b->first + i];
        if (x->kind != y->kind || strcmp(x->label, y->label) != 0) return false;
        if (x->height != y->height || x->width != y->width) return false;
    }
    return true;
}

/* Whether segment i does what the one before it does. */
static bool repeats(const cli_structure *g, int i)
{
    if (i == 0 || !same_nodes(g, &g->segment[i - 1], &g->segment[i])) return false;
    if (edges_into(g, i - 1) != edges_into(g, i)) return false;
    for (int k = 0; k < g->n_edges; k++)
        if (g->node[g->edge[k].to].segment == i && counterpart(g, g->edge[k], i, i - 1) < 0)
            return false;
    return true;
}

/* Removes the edges into segments that are not kept. */
static void drop_edges(cli_structure *g, const bool *kept)
{
    int n = 0;
    for (int i = 0; i < g->n_edges; i++)
        if (kept[g->node[g->edge[i].to].segment]) g->edge[n++] = g->edge[i];
    g->n_edges = n;
}

/* Moves the nodes of kept segments together.  shown has for each node the one that stands for
 * it: in a repeated block, the node at the same place of the block that is kept. */
static void compact(cli_structure *g, const bool *kept, int *shown)
{
    int nodes = 0, segments = 0;
    for (int s = 0; s < g->n_segments; s++) {
        const cli_segment old = g->segment[s];
        const int first = kept[s] ? nodes : nodes - old.n;
        for (int i = 0; i < old.n; i++)
            shown[old.first + i] = first + i;
        if (!kept[s]) {
            g->segment[segments - 1].times++;
            continue;
        }
        for (int i = 0; i < old.n; i++, nodes++) {
            g->node[nodes] = g->node[old.first + i];
            g->node[nodes].segment = segments;
        }
        g->segment[segments] = old;
        g->segment[segments++].first = first;
    }
    for (int i = 0; i < g->n_edges; i++)
        g->edge[i] = (cli_edge){ shown[g->edge[i].from], shown[g->edge[i].to], g->edge[i].factor };
    g->n_nodes = nodes, g->n_segments = segments;
}

ot_status cli_structure_merge(cli_structure *g)
{
    bool *const kept = ot__new((size_t)g->n_segments + 1, sizeof *kept);
    int *const shown = ot__new((size_t)g->n_nodes + 1, sizeof *shown);
    const bool good = kept && shown;
    for (int s = 0; s < g->n_segments && good; s++)
        kept[s] = !repeats(g, s);
    if (good) drop_edges(g, kept);
    if (good) compact(g, kept, shown);
    ot__free(kept);
    ot__free(shown);
    return good ? OT_OK : OT_ENOMEM;
}
