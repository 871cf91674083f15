/* SPDX-License-Identifier: BSD-3-Clause
 * Finds what can be fused.  From the last record to the first, so that a sum of branches comes
 * before its branches, each record is tried as the result of a fused convolution. */
#include "models/fusion.h"

#include <stdio.h>
#include <string.h>

#include "autograd/params.h"
#include "base/memory.h"
#include "ops/attr.h"
#include "ops/ops.h"

static bool is_op(const ot_tape *t, ot_var v, const ot_op *op)
{
    return v.id && ot__node_of(t, v)->record.op == op;
}

static ot_var operand(const ot_tape *t, ot_var v, int k)
{
    return ot__node_of(t, v)->record.in[k];
}

/* ---- constants ---- */

static bool is_leaf(const ot_tape *t, ot_var v)
{
    const ot__leaf leaf = ot__node_of(t, v)->leaf;
    return leaf == OT__PARAM || leaf == OT__STAT;
}

/* A lincomb without learnable factors. */
static const ot__lincomb_attr *plain_sum(const ot_tape *t, ot_var v)
{
    if (!is_op(t, v, &ot__op_lincomb)) return NULL;
    const ot__record *const r = &ot__node_of(t, v)->record;
    const ot__lincomb_attr *const a = r->attr;
    return r->n_in == a->n ? a : NULL;
}

static bool is_constant(const ot_tape *t, ot_var v)
{
    if (is_leaf(t, v)) return true;
    const ot__lincomb_attr *const a = plain_sum(t, v);
    bool constant = a != NULL;
    for (int k = 0; constant && k < a->n; k++)
        constant = is_leaf(t, operand(t, v, k));
    return constant;
}

ot_status ot__add_constant(const ot_tape *t, ot_params *ps, ot_var v, double coef, double *to)
{
    const ot__lincomb_attr *const a = plain_sum(t, v);
    for (int k = 0; a && k < a->n; k++)
        OT_TRY(ot__add_constant(t, ps, operand(t, v, k), coef * a->term[k].value, to));
    if (a) return OT_OK;
    const int i = ot__params_of_node(ps, v.id);
    const double *const value = ot_params_value(ps, i, OT_F64);
    if (!value) return OT_ENOMEM;
    for (size_t j = 0; j < ot_params_elements(ps, i); j++)
        to[j] += coef * value[j];
    return OT_OK;
}

/* ---- branches ---- */

/* The convolution that only the record after it reads; its bias, if it has one, is *bias. */
static ot_var conv_before(const ot__fusion *f, ot_var v, ot_var *bias)
{
    const ot_tape *const t = f->tape;
    *bias = (ot_var){ 0 };
    if (is_op(t, v, &ot__op_bias) && f->readers[v.id] == 1 && is_constant(t, operand(t, v, 1))) {
        *bias = operand(t, v, 1);
        v = operand(t, v, 0);
    }
    const bool found =
        is_op(t, v, &ot__op_conv2d) && f->readers[v.id] == 1 && is_constant(t, operand(t, v, 1));
    return found ? v : (ot_var){ 0 };
}

/* Reads norm(conv(x)) or norm(x). */
static bool read_branch(const ot__fusion *f, ot_var norm, ot__branch *b)
{
    const ot_tape *const t = f->tape;
    *b = (ot__branch){ .norm = norm, .x = operand(t, norm, OT__BN_X) };
    for (int k = OT__BN_GAMMA; k < OT__BN_OPERANDS; k++)
        if (!is_constant(t, operand(t, norm, k))) return false;
    b->conv = conv_before(f, b->x, &b->bias);
    if (!b->conv.id) {
        b->bias = (ot_var){ 0 };
        return true;
    }
    b->weight = operand(t, b->conv, 1);
    b->x = operand(t, b->conv, 0);
    return true;
}

/* Whether v is a sum of at least two terms with coefficients 1. */
static const ot__lincomb_attr *sum_of(const ot_tape *t, ot_var v)
{
    const ot__lincomb_attr *const a = plain_sum(t, v);
    bool all_one = a && a->n > 1;
    for (int k = 0; all_one && k < a->n; k++)
        all_one = a->term[k].value == 1;
    return all_one ? a : NULL;
}

/* Adds the branches whose sum v is; false if it is anything else.  A sum has two terms or more, so
 * that the depth is at most the number of branches. */
static bool collect(const ot__fusion *f, ot_var v, ot__fused *to)
{
    const ot_tape *const t = f->tape;
    if (to->n == OT__BRANCHES_MOST) return false;
    if (is_op(t, v, &ot__op_batch_norm)) return read_branch(f, v, &to->branch[to->n++]);
    const ot__lincomb_attr *const a = sum_of(t, v);
    bool good = a != NULL;
    for (int k = 0; good && k < a->n; k++) {
        const ot_var term = operand(t, v, k);
        good = f->readers[term.id] == 1 && collect(f, term, to);
    }
    return good;
}

/* ---- one convolution for all branches ---- */

/* A kernel that is in the centre of any larger one: square, of odd size, padded to the same size
 * of image. */
static bool is_centred(const ot_shape w, const ot__conv2d_attr *a)
{
    return w.dim[2] == w.dim[3] && w.dim[2] % 2 == 1 && a->pad == w.dim[2] / 2;
}

/* Takes the shape of the largest kernel, and checks that all branches fit it. */
static bool join(const ot_tape *t, ot__fused *to)
{
    to->weight = (ot_shape){ 0 };
    for (int i = 0; i < to->n; i++) {
        const ot__branch *const b = &to->branch[i];
        if (b->x.id != to->branch[0].x.id) return false;
        if (!b->conv.id) continue;
        const ot_shape w = ot_var_shape(t, b->weight);
        const ot__conv2d_attr *const a = ot__node_of(t, b->conv)->record.attr;
        if (to->n > 1 && !is_centred(w, a)) return false;
        if (to->weight.rank && a->stride != to->stride) return false;
        if (!to->weight.rank || w.dim[2] > to->weight.dim[2]) {
            to->weight = w;
            to->pad = a->pad;
        }
        to->stride = a->stride;
    }
    bool fits = to->weight.rank > 0;
    for (int i = 0; fits && i < to->n; i++) /* x itself has y's shape */
        if (!to->branch[i].conv.id)
            fits = to->stride == 1 && to->weight.dim[0] == to->weight.dim[1];
    return fits;
}

/* ---- names ---- */

/* Whether the fused tape has another leaf of this name. */
static bool is_taken(const ot__fusion *f, const char *scope, const char *name)
{
    char whole[512];
    snprintf(whole, sizeof whole, "%s.%s", scope, name);
    const int id = ot__names_find(&f->tape->leaves, whole);
    return id >= 0 && f->needed[id];
}

static bool is_free(const ot__fusion *f, const char *scope)
{
    return ot__names_find(&f->scopes, scope) < 0 && !is_taken(f, scope, "weight") &&
           !is_taken(f, scope, "bias");
}

/* A convolution keeps its name.  A sum is called as in RepVGG's code. */
static ot_status name(ot__fusion *f, int i)
{
    ot__fused *const to = &f->of[i];
    const ot_var v = to->n > 1 ? to->y : to->branch[0].conv;
    const char *const scope = ot__node_of(f->tape, v)->scope;
    const char *const layer = to->n > 1 ? "rbr_reparam" : "fused";
    for (int k = 1;; k++) {
        ot__free(to->scope);
        if (to->n == 1 && *scope && k == 1)
            to->scope = ot__strdup(scope);
        else if (k == 1)
            to->scope = ot__format("%s%s%s", scope, *scope ? "." : "", layer);
        else
            to->scope = ot__format("%s%s%s%d", scope, *scope ? "." : "", layer, k);
        if (!to->scope) return OT_ENOMEM;
        if (is_free(f, to->scope)) return ot__names_add(&f->scopes, to->scope, i);
    }
}

/* ---- shared parameters ---- */

static bool same_branch(const ot_tape *t, const ot__branch *a, const ot__branch *b)
{
    const ot__record *const p = &ot__node_of(t, a->norm)->record, *const q =
                                                                      &ot__node_of(t, b->norm)
                                                                           ->record;
    const ot__batch_norm_attr *const pa = p->attr, *const qa = q->attr;
    bool same = a->weight.id == b->weight.id && a->bias.id == b->bias.id && pa->eps == qa->eps;
    for (int k = OT__BN_GAMMA; same && k < OT__BN_OPERANDS; k++)
        same = p->in[k].id == q->in[k].id;
    return same;
}

/* An earlier convolution with the same weights and statistics: evaluations of a block with
 * controlled steps share both. */
static int find_same(const ot__fusion *f, int i)
{
    for (int k = f->with[f->of[i].branch[0].weight.id]; k >= 0; k = f->of[k].before) {
        bool same = f->of[k].n == f->of[i].n;
        for (int b = 0; same && b < f->of[i].n; b++)
            same = same_branch(f->tape, &f->of[k].branch[b], &f->of[i].branch[b]);
        if (same) return k;
    }
    return -1;
}

/* Finds the parameters of a convolution, or gives it its own. */
static ot_status own_parameters(ot__fusion *f, int i)
{
    ot__fused *const to = &f->of[i];
    int *const last = &f->with[to->branch[0].weight.id];
    to->same_as = find_same(f, i);
    if (to->same_as >= 0 || !f->needed[to->y.id]) return OT_OK;
    to->before = *last;
    *last = i;
    return name(f, i);
}

/* ---- finding all ---- */

/* A result of the network counts as read. */
static void mark_result(ot__fusion *f, ot_var v)
{
    if (!v.id) return;
    f->readers[v.id]++;
    f->needed[v.id] = true;
}

static void mark_results(const ot_net *net, ot__fusion *f)
{
    mark_result(f, net->logits);
    mark_result(f, net->loss);
    for (int i = 0; i < net->segments.n; i++) {
        const ot__segment *const s = &net->segments.of[i];
        const ot_var results[] = { s->x,      s->y,      s->step.x,          s->step.h,
                                   s->step.t, s->step.y, s->step.difference, s->step.root };
        for (size_t k = 0; k < sizeof results / sizeof results[0]; k++)
            mark_result(f, results[k]);
    }
}

/* Parameters that a convolution does not read any more, and all that led only to them, are
 * dropped. */
static void mark_needed(ot__fusion *f)
{
    for (size_t id = f->tape->n - 1; id >= 1; id--) {
        const ot__node *const node = &f->tape->node[id];
        if (node->leaf == OT__INPUT || node->leaf == OT__LABELS) f->needed[id] = true;
        if (!f->needed[id]) continue;
        if (f->by[id] >= 0) f->needed[f->of[f->by[id]].branch[0].x.id] = true;
        for (int k = 0; f->by[id] < 0 && k < node->record.n_in; k++)
            f->needed[node->record.in[k].id] = true;
    }
}

/* Notes a convolution, unless its branches are part of a sum that was found before. */
static void try_result(ot__fusion *f, ot_var y, bool *absorbed)
{
    ot__fused one = { .y = y, .same_as = -1 };
    if (!collect(f, y, &one) || !join(f->tape, &one)) return;
    for (int i = 0; i < one.n; i++)
        if (absorbed[one.branch[i].norm.id]) return;
    for (int i = 0; i < one.n; i++)
        absorbed[one.branch[i].norm.id] = true;
    f->of[f->n++] = one;
}

static void reverse(ot__fusion *f)
{
    for (int i = 0; i < f->n / 2; i++) {
        const ot__fused one = f->of[i];
        f->of[i] = f->of[f->n - 1 - i];
        f->of[f->n - 1 - i] = one;
    }
}

static ot_status find(const ot_net *net, ot__fusion *f, bool *absorbed)
{
    for (size_t id = 1; id < f->tape->n; id++)
        for (int k = 0; k < f->tape->node[id].record.n_in; k++)
            f->readers[f->tape->node[id].record.in[k].id]++;
    mark_results(net, f);
    for (size_t id = f->tape->n - 1; id >= 1; id--)
        try_result(f, (ot_var){ (int)id }, absorbed);
    reverse(f);
    for (size_t id = 0; id < f->tape->n; id++)
        f->by[id] = f->with[id] = -1;
    for (int i = 0; i < f->n; i++)
        f->by[f->of[i].y.id] = i;
    mark_needed(f);
    for (int i = 0; i < f->n; i++)
        OT_TRY(own_parameters(f, i));
    return OT_OK;
}

ot_status ot__fusion_find(const ot_net *net, ot__fusion *f)
{
    const size_t n = net->tape->n;
    *f = (ot__fusion){ .tape = net->tape };
    f->of = ot__new(n, sizeof *f->of);
    f->readers = ot__new(n, sizeof *f->readers);
    f->needed = ot__new(n, sizeof *f->needed);
    f->by = ot__new(n, sizeof *f->by);
    f->with = ot__new(n, sizeof *f->with);
    bool *const absorbed = ot__new(n, sizeof *absorbed);
    const bool ready = f->of && f->readers && f->needed && f->by && f->with && absorbed;
    const ot_status status = ready ? find(net, f, absorbed) : OT_ENOMEM;
    ot__free(absorbed);
    return status;
}

void ot__fusion_free(ot__fusion *f)
{
    for (int i = 0; i < f->n; i++)
        ot__free(f->of[i].scope);
    ot__free(f->of);
    ot__free(f->readers);
    ot__free(f->needed);
    ot__free(f->by);
    ot__free(f->with);
    ot__names_free(&f->scopes);
}
