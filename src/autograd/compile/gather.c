/* SPDX-License-Identifier: BSD-3-Clause
 * Gathers.  Where the gradient that a record passes on is gy times a constant (a linear combination
 * does nothing else), a backward step of its own would only write multiples of one tensor into
 * many. Such a record is lazy: it has no backward step, and each operand gathers its gradient,
 *
 *     gx = sum_r coef_r * gr     over the lazy records r that read x,
 *
 * as late as it can, before the first call that adds to it, or else before its own step.  A sum of
 * one term with coefficient 1, to which nothing is added, is that gradient itself and shares its
 * memory.  A sum to which nothing is added is not formed to the end either, if the record can read
 * its gradient as a view of two tensors (views.c): a sum of one or two terms is not formed at all,
 * and one of more terms, where another sum is formed before that reads the same gradients, but for
 * its last term in the same sweep.  So the stages of a Runge-Kutta step get their gradients two by
 * two in one sweep over those of the stages behind them, no stage's gradient waits in memory for
 * its turn, and in Euler's step nothing moves.
 */
#include "autograd/compile/builder.h"
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

static int channels_of(const ot__builder *b, int id)
{
    const ot_shape *s = &ot__builder_node(b, id)->record.shape;
    return s->dim[s->rank - 1];
}

/* The gradient is gathered, whole, and can be read as a view of two tensors. */
static bool can_blend(const ot__builder *b, int id, const fan *f)
{
    const ot__record *r = &ot__builder_node(b, id)->record;
    return b->n_terms[id] && !f->eager && !b->p->readable[id] && r->op && r->shape.rank > 0 &&
           ot__choose_kernels(b, r)->reads_gy_view;
}

/* Where the terms of each node are, in one block for all, and behind them the numbers a channel of
 * gradients that are views. */
static ot_status place_terms(ot__builder *b, const fan f[])
{
    size_t total = 0, numbers = 0;
    for (int id = 1; id < b->n_nodes; id++) {
        b->term[id] = (int)total;
        total += (size_t)f[id].terms;
        numbers += 2 * (size_t)(can_blend(b, id, &f[id]) ? channels_of(b, id) : 0);
    }
    b->p->terms = ot__new(total * (sizeof(double) + sizeof(int)) + numbers * sizeof(float), 1);
    if (!b->p->terms) return OT_ENOMEM;
    b->coef = b->p->terms;
    b->from = (int *)(b->coef + total);
    b->numbers = (float *)(b->from + total);
    return OT_OK;
}

/* A constant for all channels. */
static const float *spread(ot__builder *b, int channels, double value)
{
    float *here = b->numbers;
    b->numbers += channels;
    for (int c = 0; c < channels; c++)
        here[c] = (float)value;
    return here;
}

/* The gradient of node id is seen as cu times that of node u, plus cv times that of node v, 0: no
 * such term. */
static void blend(ot__builder *b, int id, double cu, int u, double cv, int v)
{
    ot__sight *sight = &b->p->sight[id];
    sight->blended = u;
    sight->blended_too = v;
    sight->gradient.a = spread(b, channels_of(b, id), cu);
    if (v) sight->gradient.b = spread(b, channels_of(b, id), cv);
    b->gathered_at[id] = 0;
}

static bool reads_gradient(const ot__builder *b, int id, int of)
{
    for (int k = 0; k < b->n_terms[id]; k++)
        if (ot__gradient_owner(b, b->from[b->term[id] + k]) == ot__gradient_owner(b, of))
            return true;
    return false;
}

/* Puts the term of node id that is the last to be known first. */
static void last_first(ot__builder *b, int id)
{
    int *from = b->from + b->term[id], last = 0;
    double *coef = b->coef + b->term[id];
    for (int k = 1; k < b->n_terms[id]; k++)
        if (ot__gradient_owner(b, from[k]) < ot__gradient_owner(b, from[last])) last = k;
    const int f = from[last];
    const double c = coef[last];
    from[last] = from[0];
    coef[last] = coef[0];
    from[0] = f;
    coef[0] = c;
}

/* Whether all terms of node id but the first, which is the last to be known, can be summed up when
 * the gradient of `host` is, and some of them are read there anyway. */
static bool joins(const ot__builder *b, int id, int host)
{
    const ot__record *r = &ot__builder_node(b, id)->record;
    const ot__record *h = &ot__builder_node(b, host)->record;
    const int *from = b->from + b->term[id];
    bool same = false;
    if (r->batched != h->batched || !ot__same_shape(r->shape, h->shape)) return false;
    for (int k = 1; k < b->n_terms[id]; k++) {
        if (ot__gradient_owner(b, from[k]) <= host) return false;
        same |= reads_gradient(b, host, from[k]);
    }
    return same;
}

/* What need not be gathered: one or two terms; and of two nodes in a row one, since the other's
 * sweep can form all of its sum but one term. */
static void find_blends(ot__builder *b, const fan f[])
{
    for (int id = b->n_nodes - 1, host = 0; id > 0; id--) {
        if (b->gathered_at[id] != id || !can_blend(b, id, &f[id])) continue;
        last_first(b, id);
        const int n = b->n_terms[id], *from = b->from + b->term[id];
        const double *coef = b->coef + b->term[id];
        if (n <= 2) {
            blend(b, id, coef[0], from[0], n == 2 ? coef[1] : 0, n == 2 ? from[1] : 0);
        } else if (host && joins(b, id, host)) {
            blend(b, id, 1, id, coef[0], from[0]);
            b->guest[host] = id;
            host = 0;
        } else {
            host = id;
        }
    }
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

/* The gradient of a chain of Euler steps is one tensor.  Each alias then names its owner, so that
 * nobody follows a chain as long as the network.  An alias has a larger id than its node. */
static void shorten_aliases(ot__builder *b)
{
    for (int id = b->n_nodes - 1; id > 0; id--)
        if (b->alias[id]) b->alias[id] = ot__gradient_owner(b, id);
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
    shorten_aliases(b);
    const ot_status status = place_terms(b, f);
    if (status == OT_OK) {
        fill_terms(b, f);
        find_blends(b, f);
    }
    ot__free(f);
    return status;
}

/* The step that sums up the terms of a node from the given one on. */
static ot__step *add_sum(ot__builder *b, int id, int first)
{
    const int at = b->term[id] + first;
    ot__step *step = &b->p->step[b->p->n_steps++];
    *step =
        (ot__step){ .id = id,
                    .backward = true,
                    .terms = b->n_terms[id] - first,
                    .from = b->from + at,
                    .coef = b->coef + at,
                    .kernels = ot__choose_kernels(b, &ot__builder_node(b, b->from[at])->record) };
    return step;
}

static void add_gather(ot__builder *b, int id, int before)
{
    if (b->gathered_at[id] != before) return;
    b->gathered_at[id] = 0; /* an operand may come twice */
    ot__step *step = add_sum(b, id, 0);
    if (!b->guest[id]) return;
    step->more = 1;
    add_sum(b, b->guest[id], 1)->behind = 1;
}

void ot__add_gathers(ot__builder *b, int id)
{
    const ot__record *r = &ot__builder_node(b, id)->record;
    add_gather(b, id, id);
    for (int k = 0; k < r->n_in && !b->lazy[id]; k++)
        add_gather(b, r->in[k].id, id);
}
