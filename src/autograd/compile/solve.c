/* SPDX-License-Identifier: BSD-3-Clause
 * Finds how values are solved for that a scheme has declared with ot_solvable.  Of a sum
 *
 *     y = sum_k c_k x_k    follows    x_j = y / c_j - sum_{k != j} (c_k / c_j) x_k,
 *
 * so x_j need not be kept for backward if y is there and the other terms can be computed without
 * x_j.  In a reversible network they can (Gomez et al. 2017). */
#include "autograd/compile/passes.h"
#include "base/memory.h"

static double multiple(const ot__record *r, int k)
{
    return r->op->multiple ? r->op->multiple(r, k) : 0;
}

/* Whether a program can solve for the value of a node: it runs the sum, and nobody wants to see the
 * value between runs. */
static bool is_asked_for(const ot_program *p, int id)
{
    const int y = ot__program_node(p, id)->solved_from;
    return y && y < p->n_nodes && ot__program_record(p, id)->op && p->mark[id].used &&
           p->mark[y].used && ot__is_stored(p, id) && !p->mark[id].readable;
}

static ot_status refuse(const ot_program *p, int id, int y)
{
    return ot__fail(OT_EINVAL,
                    "compile: rebuild: record %%%d%s%s cannot be solved for: a coefficient of the "
                    "sum %%%d is learned or zero; all must be constants other than 0",
                    id, *ot__program_node(p, id)->scope ? " in " : "",
                    ot__program_node(p, id)->scope, y);
}

/* Fills in the solution of a node.  A term that occurs twice has the sum of its coefficients. */
static ot_status solve(const ot_program *p, int id, ot__solution *x)
{
    const int y = ot__program_node(p, id)->solved_from;
    const ot__record *r = ot__program_record(p, y);
    double own = 0;
    for (int k = 0; k < r->n_in; k++) {
        const double c = multiple(r, k);
        if (c == 0) return refuse(p, id, y);
        if (r->in[k].id == id) own += c;
    }
    if (own == 0) return refuse(p, id, y);
    x->from[x->terms] = y;
    x->coef[x->terms++] = 1 / own;
    for (int k = 0; k < r->n_in; k++) {
        if (r->in[k].id == id) continue;
        x->from[x->terms] = r->in[k].id;
        x->coef[x->terms++] = -multiple(r, k) / own;
    }
    return OT_OK;
}

static ot_status new_solutions(const ot_program *p, ot__solutions *s)
{
    size_t terms = 0;
    for (int id = 1; id < p->n_nodes; id++)
        if (is_asked_for(p, id))
            terms += 1 + (size_t)ot__program_record(p, ot__program_node(p, id)->solved_from)->n_in;
    if (terms == 0)
        return ot__fail(OT_EINVAL, "compile: rebuild: the tape has no value that can be solved for "
                                   "(ot_solvable); networks of revnet, leapfrog and hamiltonian "
                                   "blocks have some");
    s->of = ot__new((size_t)p->n_nodes, sizeof *s->of);
    s->from = ot__new(terms, sizeof *s->from);
    s->coef = ot__new(terms, sizeof *s->coef);
    return s->of && s->from && s->coef ? OT_OK : OT_ENOMEM;
}

ot_status ot__find_solutions(const ot_program *p, ot__solutions *s)
{
    size_t at = 0;
    if (!p->rebuild || !p->gradients) return OT_OK;
    OT_TRY(new_solutions(p, s));
    for (int id = 1; id < p->n_nodes; id++) {
        if (!is_asked_for(p, id)) continue;
        s->of[id] = (ot__solution){ .from = s->from + at, .coef = s->coef + at };
        OT_TRY(solve(p, id, &s->of[id]));
        at += (size_t)s->of[id].terms;
    }
    return OT_OK;
}
