/* SPDX-License-Identifier: BSD-3-Clause
 * Decides which gradients are formed as sums of other gradients.
 *
 * Some ops pass on their own gradient times a constant: a linear combination y = sum_k c_k x_k has
 * gx_k = c_k gy.  Its backward step would write multiples of one tensor into many.  So the backward
 * step of such a record is deferred to its operands: each operand x sums up
 *
 *     gx = sum_r c_r gr        over the deferred records r that read x
 *
 * as late as possible: just before its own backward step, or before the first backward step that
 * adds to the same gradient.
 *
 * Three cases need less memory traffic than a sum of their own:
 *   alias     If there is a single term with c = 1, and nothing is added to it, gx is gr itself.
 *   source    One or two terms are combined while the op of x reads gx, if its kernel can do so.
 *   fused     Of three or more terms all but one are summed up in the sweep over memory that sums
 *             up the gradient of another node, if that sweep reads one of them anyway.  The
 *             remaining term is added while the op of x reads gx.
 *
 * So the stages of a Runge-Kutta step get their gradients in pairs, each pair in one sweep over the
 * gradients of later stages.  No gradient of a stage is kept in memory longer than needed, and the
 * linear combination of an Euler step moves no data at all in the backward half. */
#include "autograd/compile/passes.h"
#include "base/memory.h"

/* The constant c in gx[k] = c * gy of a record; 0 if there is none. */
static double multiple(const ot__record *r, int k)
{
    return r->op && r->op->multiple ? r->op->multiple(r, k) : 0;
}

static bool is_deferred(const ot_program *p, int id)
{
    const ot__record *r = ot__program_record(p, id);
    if (p->dtype != OT_F32 || !p->mark[id].wanted || !r->op || !r->op->multiple) return false;
    for (int k = 0; k < r->n_in; k++)
        if (p->mark[r->in[k].id].wanted &&
            (ot__in_params(ot__program_node(p, r->in[k].id)) || multiple(r, k) == 0))
            return false;
    return true;
}

/* The records that read a node and pass gradients on to it. */
typedef struct readers {
    int terms;  /* how often deferred records read the node */
    int unit;   /* the last deferred record, if its constant is 1; otherwise 0 */
    int others; /* how often other records read the node */
    int before; /* the last of these others that comes before the first deferred record, or 0 */
} readers;

static void note_readers(const ot_program *p, const ot__gradient g[], readers of[])
{
    for (int id = 1; id < p->n_nodes; id++) {
        const ot__record *r = ot__program_record(p, id);
        for (int k = 0; k < r->n_in && p->mark[id].wanted; k++) {
            readers *x = &of[r->in[k].id];
            if (!ot__passes_gradient(r, k)) continue;
            if (g[id].deferred) {
                x->unit = multiple(r, k) == 1 ? id : 0;
                x->terms++;
            } else {
                x->others++;
                if (!x->terms) x->before = id;
            }
        }
    }
}

/* Whether the op of a node can combine the node's gradient from two tensors while it reads it. */
static bool can_combine(const ot_program *p, int id, const readers *of)
{
    const ot__record *r = ot__program_record(p, id);
    return p->mark[id].wanted && of->terms && !of->others && !p->mark[id].readable && r->op &&
           r->shape.rank > 0 && ot__choose_kernels(p, r)->reads_gy_view;
}

static ot_status new_terms(const ot_program *p, const readers of[], ot__gradients *g)
{
    size_t terms = 0, factors = 0;
    for (int id = 1; id < p->n_nodes; id++) {
        g->of[id].first_term = (int)terms;
        terms += (size_t)of[id].terms;
        factors += 2 * (size_t)(can_combine(p, id, &of[id])
                                    ? ot__channels(ot__program_record(p, id)->shape)
                                    : 0);
    }
    g->coef = ot__new(terms, sizeof *g->coef);
    g->from = ot__new(terms, sizeof *g->from);
    g->factors = ot__new(factors, sizeof *g->factors);
    return g->coef && g->from && g->factors ? OT_OK : OT_ENOMEM;
}

/* Fills in the terms of all nodes, in the order of the tape. */
static ot_status fill_terms(const ot_program *p, ot__gradients *g)
{
    int *filled = ot__new((size_t)p->n_nodes, sizeof *filled);
    if (!filled) return OT_ENOMEM;
    for (int id = 1; id < p->n_nodes; id++) {
        const ot__record *r = ot__program_record(p, id);
        for (int k = 0; k < r->n_in && g->of[id].deferred; k++) {
            const int x = r->in[k].id, at = g->of[x].first_term + filled[x]++;
            g->coef[at] = multiple(r, k);
            g->from[at] = id;
        }
    }
    ot__free(filled);
    return OT_OK;
}

/* ---- gradients that are combined on reading ---- */

/* Writes the same factor for all channels to the memory at *unused, and moves *unused on. */
static const float *new_factor(float **unused, int channels, double value)
{
    float *const factor = *unused;
    *unused += channels;
    for (int c = 0; c < channels; c++)
        factor[c] = (float)value;
    return factor;
}

static void combine(const ot_program *p, ot__gradient *g, int id, const int source[2],
                    const double factor[2], float **unused)
{
    const int channels = ot__channels(ot__program_record(p, id)->shape);
    for (int i = 0; i < 2 && source[i]; i++) {
        g->source[i] = source[i];
        g->factor[i] = new_factor(unused, channels, factor[i]);
    }
    g->before = 0;
}

static bool sum_reads(const ot__gradients *g, int id, int gradient_of)
{
    const int *from = g->from + g->of[id].first_term;
    for (int k = 0; k < g->of[id].n_terms; k++)
        if (ot__gradient_owner(g, from[k]) == ot__gradient_owner(g, gradient_of)) return true;
    return false;
}

/* Exchanges the first term of a sum with the term whose gradient is complete last. */
static void put_latest_first(ot__gradients *g, int id)
{
    int *from = g->from + g->of[id].first_term, latest = 0;
    double *coef = g->coef + g->of[id].first_term;
    for (int k = 1; k < g->of[id].n_terms; k++)
        if (ot__gradient_owner(g, from[k]) < ot__gradient_owner(g, from[latest])) latest = k;
    const int f = from[latest];
    const double c = coef[latest];
    from[latest] = from[0];
    coef[latest] = coef[0];
    from[0] = f;
    coef[0] = c;
}

/* Whether all terms of node `id` except the first can be summed up in the sweep that sums up those
 * of node `other`: they are complete by then, and the sweep reads at least one of them anyway. */
static bool fits_sweep(const ot_program *p, const ot__gradients *g, int id, int other)
{
    const ot__record *r = ot__program_record(p, id), *s = ot__program_record(p, other);
    const int *from = g->from + g->of[id].first_term;
    bool shared = false;
    if (r->batched != s->batched || !ot__same_shape(r->shape, s->shape)) return false;
    for (int k = 1; k < g->of[id].n_terms; k++) {
        if (ot__gradient_owner(g, from[k]) <= other) return false;
        shared |= sum_reads(g, other, from[k]);
    }
    return shared;
}

/* Finds the gradients that are combined on reading: sums of one or two terms, and every second of
 * the longer sums, which is formed in the sweep of the one before it. */
static void find_combined(const ot_program *p, const readers of[], ot__gradients *g)
{
    float *unused = g->factors;
    for (int id = p->n_nodes - 1, sweep = 0; id > 0; id--) {
        if (g->of[id].before != id || !can_combine(p, id, &of[id])) continue;
        put_latest_first(g, id);
        const int n = g->of[id].n_terms, *from = g->from + g->of[id].first_term;
        const double *coef = g->coef + g->of[id].first_term;
        if (n <= 2) {
            combine(p, &g->of[id], id, (const int[]){ from[0], n == 2 ? from[1] : 0 },
                    (const double[]){ coef[0], n == 2 ? coef[1] : 0 }, &unused);
        } else if (sweep && fits_sweep(p, g, id, sweep)) {
            combine(p, &g->of[id], id, (const int[]){ id, from[0] }, (const double[]){ 1, coef[0] },
                    &unused);
            g->of[sweep].fused_sum = id;
            sweep = 0;
        } else {
            sweep = id;
        }
    }
}

/* ---- all of it ---- */

static void find_sums(const ot_program *p, const readers of[], ot__gradient g[])
{
    for (int id = 1; id < p->n_nodes; id++) {
        if (!p->mark[id].wanted || !of[id].terms) continue;
        const bool alias =
            of[id].terms == 1 && of[id].unit && !of[id].others && !p->mark[id].readable;
        g[id].n_terms = of[id].terms;
        g[id].alias = alias ? of[id].unit : 0;
        g[id].before = alias ? 0 : of[id].before ? of[id].before : id;
    }
}

/* Makes each alias name the node that owns the gradient.  The gradient of a chain of Euler steps is
 * one tensor, so following aliases would otherwise take as long as the chain.  An alias has a
 * larger id than its node. */
static void shorten_aliases(const ot_program *p, ot__gradients *g)
{
    for (int id = p->n_nodes - 1; id > 0; id--)
        if (g->of[id].alias) g->of[id].alias = ot__gradient_owner(g, id);
}

ot_status ot__find_gradients(const ot_program *p, ot__gradients *g)
{
    g->of = ot__new((size_t)p->n_nodes, sizeof *g->of);
    if (!g->of) return OT_ENOMEM;
    if (p->dtype != OT_F32 || !p->gradients) return OT_OK;
    readers *const of = ot__new((size_t)p->n_nodes, sizeof *of);
    if (!of) return OT_ENOMEM;
    for (int id = 1; id < p->n_nodes; id++)
        g->of[id].deferred = is_deferred(p, id);
    note_readers(p, g->of, of);
    find_sums(p, of, g->of);
    shorten_aliases(p, g);
    ot_status status = new_terms(p, of, g);
    if (status == OT_OK) status = fill_terms(p, g);
    if (status == OT_OK) find_combined(p, of, g);
    ot__free(of);
    return status;
}
