/* SPDX-License-Identifier: BSD-3-Clause
 * Gathers.  Where the gradient that a record passes on is gy times a constant (a linear combination
 * does nothing else), a backward step of its own would only write multiples of one tensor into
 * many. Such a record is lazy: it has no backward step, and each operand gathers its gradient,
 *
 *     gx = sum_r coef_r * gr     over the lazy records r that read x,
 *
 * as late as it can, before the first call that adds to it, or else before its own step.  A sum of
 * one term with coefficient 1, to which nothing is added, is that gradient itself and shares its
 * memory.  So a stage of a Runge-Kutta step gets its gradient in one sweep over those of the stages
 * behind it, no stage's gradient waits in memory for its turn, and in Euler's step nothing moves.
 */
#include "autograd/builder.h"
#include "base/memory.h"

static double multiple(const ot__record *r, int k)
{
    return r->op && r->op->multiple ? r->op->multiple(r, k) : 0;
}

static bool is_lazy(const ot__builder *b, int id)
{
    const ot__record *r = &ot__builder_node(b, id)->record;
    if (!b->wants[id] || !r->op || !r->op->multiple || !ot__choose_kernels(b, r)->gather)
        return false;
    for (int k = 0; k < r->n_in; k++)
        if (b->wants[r->in[k].id] &&
            (ot__in_params(ot__builder_node(b, r->in[k].id)) || multiple(r, k) == 0))
            return false;
    return true;
}

/* Who reads a node. */
typedef struct fan {
    int terms;  /* times that lazy records read it, */
    int first;  /* the first of these in the order of the tape, */
    int unit;   /* the last one, if its coefficient is 1 */
    int eager;  /* times that others do, */
    int before; /* the last of these before the first lazy one */
} fan;

static void note_readers(const ot__builder *b, fan f[])
{
    for (int id = 1; id < b->n_nodes; id++) {
        const ot__record *r = &ot__builder_node(b, id)->record;
        for (int k = 0; k < r->n_in && b->wants[id]; k++) {
            fan *x = &f[r->in[k].id];
            if (b->lazy[id]) {
                x->unit = multiple(r, k) == 1 ? id : 0;
                if (x->terms++ == 0) x->first = id;
            } else {
                x->eager++;
                if (!x->terms) x->before = id;
            }
        }
    }
}

/* Where the terms of each node are, in one block for all. */
static ot_status place_terms(ot__builder *b, const fan f[])
{
    size_t total = 0;
    for (int id = 1; id < b->n_nodes; id++) {
        b->term[id] = (int)total;
        total += (size_t)f[id].terms;
    }
    b->p->terms = ot__new(total, sizeof(double) + sizeof(int));
    if (!b->p->terms) return OT_ENOMEM;
    b->coef = b->p->terms;
    b->from = (int *)(b->coef + total);
    return OT_OK;
}

static void fill_terms(ot__builder *b, fan f[])
{
    for (int id = b->n_nodes - 1; id > 0; id--) {
        const ot__record *r = &ot__builder_node(b, id)->record;
        for (int k = r->n_in - 1; k >= 0 && b->lazy[id]; k--) {
            const int x = r->in[k].id, at = b->term[x] + --f[x].terms;
            b->coef[at] = multiple(r, k);
            b->from[at] = id;
        }
    }
}

ot_status ot__build_gathers(ot__builder *b)
{
    if (b->p->dtype != OT_F32 || !b->p->gradients) return OT_OK;
    fan *f = ot__new((size_t)b->n_nodes, sizeof *f);
    if (!f) return OT_ENOMEM;
    for (int id = 1; id < b->n_nodes; id++)
        b->lazy[id] = is_lazy(b, id);
    note_readers(b, f);
    for (int id = 1; id < b->n_nodes; id++) {
        if (!b->wants[id] || !f[id].terms) continue;
        const bool same = f[id].terms == 1 && f[id].unit && !f[id].eager && !b->p->readable[id];
        b->n_terms[id] = f[id].terms;
        b->alias[id] = same ? f[id].unit : 0;
        b->gathered_at[id] = same ? 0 : f[id].before ? f[id].before : id;
    }
    const ot_status status = place_terms(b, f);
    if (status == OT_OK) fill_terms(b, f);
    ot__free(f);
    return status;
}

static void add_gather(ot__builder *b, int id, int before)
{
    if (b->gathered_at[id] != before) return;
    const ot__kernels *kernels =
        ot__choose_kernels(b, &ot__builder_node(b, b->from[b->term[id]])->record);
    b->p->step[b->p->n_steps++] = (ot__step){ .id = id,
                                              .backward = true,
                                              .terms = b->n_terms[id],
                                              .from = b->from + b->term[id],
                                              .coef = b->coef + b->term[id],
                                              .kernels = kernels };
    b->gathered_at[id] = 0; /* an operand may come twice */
}

void ot__add_gathers(ot__builder *b, int id)
{
    const ot__record *r = &ot__builder_node(b, id)->record;
    add_gather(b, id, id);
    for (int k = 0; k < r->n_in && !b->lazy[id]; k++)
        add_gather(b, r->in[k].id, id);
}
