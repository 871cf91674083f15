/* SPDX-License-Identifier: BSD-3-Clause
 * Marks the nodes that the program needs, in one sweep from the root to the leaves, and the nodes
 * whose gradients it needs, in one sweep back.  Operands have smaller ids than the records that
 * read them, so each sweep is one loop. */
#include "autograd/compile/passes.h"
#include "base/memory.h"

static void mark_used(const ot_program *p, const ot_compile_opts *opts, ot__mark mark[])
{
    mark[p->root.id].used = mark[p->root.id].on_path = true;
    for (int i = 0; i < opts->n_keep; i++)
        mark[opts->keep[i].id].used = true;
    for (int id = p->n_nodes - 1; id > 0; id--) {
        const ot__record *r = ot__program_record(p, id);
        for (int k = 0; k < r->n_in; k++) {
            mark[r->in[k].id].used |= mark[id].used;
            mark[r->in[k].id].on_path |= mark[id].on_path && ot__passes_gradient(r, k);
        }
    }
}

/* Whether a leaf is differentiated. */
static bool is_differentiated(const ot_program *p, const ot_compile_opts *opts, int id)
{
    const ot__leaf leaf = ot__program_node(p, id)->leaf;
    if (leaf == OT__INPUT) return opts->input_gradients;
    return leaf == OT__PARAM && !ot_params_frozen(p->params, ot__params_of_node(p->params, id));
}

static void mark_wanted(const ot_program *p, const ot_compile_opts *opts, ot__mark mark[])
{
    for (int id = 1; p->gradients && id < p->n_nodes; id++) {
        const ot__node *node = ot__program_node(p, id);
        bool wanted = is_differentiated(p, opts, id);
        for (int k = 0; k < node->record.n_in; k++)
            wanted |= mark[node->record.in[k].id].wanted && ot__passes_gradient(&node->record, k);
        mark[id].wanted = wanted && mark[id].on_path;
    }
}

static void mark_readable(const ot_program *p, const ot_compile_opts *opts, ot__mark mark[])
{
    for (int id = 1; id < p->n_nodes; id++) {
        const ot__leaf leaf = ot__program_node(p, id)->leaf;
        mark[id].readable = leaf == OT__INPUT || leaf == OT__LABELS;
    }
    mark[p->root.id].readable = true;
    for (int i = 0; i < opts->n_keep; i++)
        mark[opts->keep[i].id].readable = true;
}

ot_status ot__mark_nodes(const ot_program *p, const ot_compile_opts *opts, ot__mark **mark)
{
    *mark = ot__new((size_t)p->n_nodes, sizeof **mark);
    if (!*mark) return OT_ENOMEM;
    mark_used(p, opts, *mark);
    mark_wanted(p, opts, *mark);
    mark_readable(p, opts, *mark);
    return OT_OK;
}
