/* SPDX-License-Identifier: BSD-3-Clause
 * Views.  In float32 programs the result of an op with a view (batch norm), and of an op that bends
 * (ReLU) right behind it, is not stored if all that reads it reads through views: what is stored is
 * the operand, which batch norm keeps for backward anyway, and a few numbers a channel.
 *
 *     u (stored) --> batch norm: view of u --> ReLU: the same view, bent --> conv reads the view
 *
 * A ReLU that is such a view has no step at all: the conv's backward delivers the gradient of the
 * bent view, and batch norm's backward, told that it is seen through a ReLU, begins with it.
 *
 * Sums.  Batch norm needs sums over its operand, and in backward over its gradient.  Where the call
 * that writes the tensor can leave them on the way, it is asked to; and once it has the sums, batch
 * norm's backward is itself a map of (operand, gradient), which the backward of the operand's own
 * op reads as a view if it can: then batch norm touches no tensor at all. */
#include "autograd/compile/builder.h"
#include "base/memory.h"

/* How a node's value is read. */
typedef struct uses {
    int n;          /* readers */
    int reader;     /* the last one in the order of the tape */
    bool summed;    /* some reader makes use of its moments */
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
        const ot__kernels *kernels = ot__choose_kernels(b, r);
        const bool sees = bends || kernels->reads_view;
        for (int k = 0; k < r->n_in; k++) {
            uses *x = &u[r->in[k].id];
            if (x->n++ == 0) x->reader = id;
            x->summed |= k == 0 && kernels->takes_sums && !b->p->evaluate;
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

static void make_view(ot__builder *b, int id, int bent_by)
{
    ot__sight *sight = b->p->sight;
    const int base = ot__builder_node(b, id)->record.in[0].id;
    sight[id] = (ot__sight){ .base = base, .through = id, .bent_by = bent_by };
    if (bent_by) sight[bent_by] = (ot__sight){ .base = base, .through = id };
}

/* The kernels of an op record if they can leave sums; else NULL. */
static const ot__kernels *leaves_sums(const ot__builder *b, int id)
{
    const ot__record *r = &ot__builder_node(b, id)->record;
    const ot__kernels *kernels = r->op ? ot__choose_kernels(b, r) : NULL;
    if (!kernels || !kernels->slots) return NULL;
    ot_shape x[OT__MOST_OPERANDS];
    ot__operand_shapes(b, r, x);
    return kernels->slots(r, x, b->p->batch) > 0 ? kernels : NULL;
}

/* What is seen of a batch norm has one reader, which can leave the sums of its gradient. */
static bool gradient_is_summed(const ot__builder *b, int id, const uses u[])
{
    const int bent_by = b->p->sight[id].bent_by, seen = bent_by ? bent_by : id;
    const ot__kernels *kernels =
        b->wants[id] && u[seen].n == 1 ? leaves_sums(b, u[seen].reader) : NULL;
    return kernels && kernels->reads_view && b->wants[u[seen].reader] &&
           ot__choose_kernels(b, &ot__builder_node(b, id)->record)->takes_sums;
}

static void join_sums(ot__builder *b, int id, const uses u[])
{
    ot__sight *sight = b->p->sight;
    if (u[id].summed && !ot__is_view(b->p, id) && leaves_sums(b, id)) sight[id].gives_sums = true;
    if (sight[id].through != id || !gradient_is_summed(b, id, u)) return;
    sight[id].gradient_sums = true;
    const ot__record *base = &ot__builder_node(b, sight[id].base)->record;
    if (u[sight[id].base].n == 1 && base->op && !b->p->readable[sight[id].base] &&
        ot__builder_node(b, id)->record.op->gradient && ot__choose_kernels(b, base)->reads_gy_view)
        sight[sight[id].base].graded_by = id;
}

ot_status ot__build_views(ot__builder *b)
{
    uses *u = ot__new((size_t)b->n_nodes, sizeof *u);
    if (!u) return OT_ENOMEM;
    for (int id = 0; id < b->n_nodes; id++)
        b->p->sight[id] = (ot__sight){ .base = id };
    if (b->p->dtype == OT_F32) note_uses(b, u);
    for (int id = 1; b->p->dtype == OT_F32 && id < b->n_nodes; id++)
        if (b->used[id] && ot__builder_node(b, id)->record.op && makes_view(b, id, &u[id]))
            make_view(b, id, u[id].bent_by);
    for (int id = 1; b->p->dtype == OT_F32 && id < b->n_nodes; id++)
        if (b->used[id]) join_sums(b, id, u);
    ot__free(u);
    return OT_OK;
}
