/* SPDX-License-Identifier: BSD-3-Clause
 * Views.  In float32 programs the result of an op with a view (batch norm), and of an op that bends
 * (ReLU) right behind it, is not stored if all that reads it reads through views: what is stored is
 * the operand, which batch norm keeps for backward anyway, and a few numbers a channel.
 *
 *     u (stored) --> batch norm: view of u --> ReLU: the same view, bent --> conv reads the view
 *
 * A ReLU that is such a view has no step at all: the conv's backward delivers the gradient of the
 * bent view, and batch norm's backward, told that it is seen through a ReLU, begins with it. */
#include "autograd/builder.h"
#include "base/memory.h"

/* How a node's value is read. */
typedef struct uses {
    int n;          /* readers */
    bool as_tensor; /* some reader needs it stored */
    int bent_by;    /* a reader that bends it, 0: none */
} uses;

/* Readers have larger ids: what is known of them is final. */
static void note_uses(const ot__builder *b, uses u[])
{
    for (int id = b->n_nodes - 1; id > 0; id--) {
        const ot__record *r = &ot__builder_node(b, id)->record;
        if (!b->used[id] || !r->op) continue;
        const bool bends = r->op->bends && !u[id].as_tensor && !b->p->readable[id];
        const bool sees = bends || ot__choose_kernels(b, r)->reads_view;
        for (int k = 0; k < r->n_in; k++) {
            uses *x = &u[r->in[k].id];
            x->n++;
            x->as_tensor |= k > 0 || !sees;
            if (bends) x->bent_by = id;
        }
    }
}

static bool makes_view(const ot__builder *b, int id, const uses *u)
{
    const ot__record *r = &ot__builder_node(b, id)->record;
    return r->op->view && ot__choose_kernels(b, r)->makes_view && !u->as_tensor &&
           !b->p->readable[id] && !ot__is_view(b->p, r->in[0].id) && (!u->bent_by || u->n == 1);
}

ot_status ot__build_views(ot__builder *b)
{
    ot__sight *sight = b->p->sight;
    uses *u = ot__new((size_t)b->n_nodes, sizeof *u);
    if (!u) return OT_ENOMEM;
    for (int id = 0; id < b->n_nodes; id++)
        sight[id] = (ot__sight){ .base = id };
    if (b->p->dtype == OT_F32) note_uses(b, u);
    for (int id = 1; b->p->dtype == OT_F32 && id < b->n_nodes; id++) {
        const ot__record *r = &ot__builder_node(b, id)->record;
        if (!b->used[id] || !r->op || !makes_view(b, id, &u[id])) continue;
        const int base = r->in[0].id, bent_by = u[id].bent_by;
        sight[id] = (ot__sight){ .base = base, .through = id, .bent_by = bent_by };
        if (bent_by) sight[bent_by] = (ot__sight){ .base = base, .through = id };
    }
    ot__free(u);
    return OT_OK;
}
