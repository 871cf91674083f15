/* SPDX-License-Identifier: BSD-3-Clause
 * Records the tape of a fused network: a copy of the tape without `fused`, in which a convolution
 * with a bias takes the place of convolutions and batch norms.  Every scheme, sub-net and plugin
 * can be fused, because they need not know of it. */
#include <string.h>

#include "autograd/tape.h"
#include "base/memory.h"
#include "models/fusion.h"

/* A tape that is being copied. */
typedef struct copying {
    const ot__fusion *fusion;
    const ot_tape *from;
    ot_tape *to;
    ot_var *as;             /* by id of `from`: its copy; null: it has none */
    ot_var *weight, *bias;  /* of each fused convolution */
    const char *open_scope; /* of `to` */
} copying;

/* Scopes are opened by their whole name. */
static void set_scope(copying *c, const char *scope)
{
    if (strcmp(c->open_scope, scope) == 0) return;
    if (*c->open_scope) ot_scope_pop(c->to);
    if (*scope) ot_scope_push(c->to, "%s", scope);
    c->open_scope = scope;
}

/* The name of a leaf within its scope. */
static const char *own_name(const ot__node *node)
{
    const size_t scope = strlen(node->scope);
    return node->name + (scope ? scope + 1 : 0);
}

static ot_var copy_leaf(copying *c, const ot__node *node)
{
    const char *const name = own_name(node);
    const ot_shape shape = node->record.shape;
    if (node->leaf == OT__INPUT) return ot_input(c->to, name, shape);
    if (node->leaf == OT__LABELS) return ot_labels(c->to, name, shape.dim[0]);
    const ot_var v = (node->leaf == OT__PARAM ? ot_param : ot_stat)(c->to, name, shape, node->init);
    if (!v.id) return v;
    c->to->node[v.id].rule = node->rule;
    c->to->node[v.id].stream = node->stream;
    c->to->node[v.id].ordinal = node->ordinal;
    return v;
}

static ot_var copy_record(copying *c, const ot__record *r)
{
    ot_var in[OT__MOST_OPERANDS];
    for (int k = 0; k < r->n_in; k++)
        in[k] = c->as[r->in[k].id];
    return ot__record_op(c->to, r->op, r->n_in, in, r->attr, r->attr_size);
}

/* Its initial values do not matter: the network is not trained. */
static ot_var record_fused(copying *c, int i)
{
    const ot__fused *const f = &c->fusion->of[i];
    const int owner = f->same_as >= 0 ? f->same_as : i;
    set_scope(c, c->fusion->of[owner].scope);
    if (owner == i) {
        c->weight[i] = ot_param(c->to, "weight", f->weight, OT_ZEROS);
        c->bias[i] = ot_param(c->to, "bias", OT_SHAPE(f->weight.dim[0]), OT_ZEROS);
    }
    const ot_var x = c->as[f->branch[0].x.id];
    return ot_bias(c->to, ot_conv2d(c->to, x, c->weight[owner], f->stride, f->pad), c->bias[owner]);
}

static ot_status copy_all(copying *c)
{
    for (size_t id = 1; id < c->from->n; id++) {
        const ot__node *const node = &c->from->node[id];
        const int fused = c->fusion->by[id];
        if (!c->fusion->needed[id]) continue;
        if (fused < 0) set_scope(c, node->scope);
        if (fused >= 0)
            c->as[id] = record_fused(c, fused);
        else
            c->as[id] = node->leaf ? copy_leaf(c, node) : copy_record(c, &node->record);
    }
    const ot_status status = ot_tape_status(c->to);
    return status == OT_OK ? OT_OK : ot__fail(status, "%s", ot_tape_message(c->to));
}

/* ---- the network ---- */

static void replace_learned(const copying *c, ot__learnable *l)
{
    const int stages = l->a ? ot_scheme_stages(l->scheme) : 0;
    const int n = stages * (stages - 1) / 2 + stages;
    l->h = c->as[l->h.id];
    for (int k = 0; k < n; k++) /* b follows a */
        l->a[k] = c->as[l->a[k].id];
}

static void replace_segment(const copying *c, ot__segment *s)
{
    ot_var *const vars[] = { &s->x,      &s->y,      &s->step.x,          &s->step.h,
                             &s->step.t, &s->step.y, &s->step.difference, &s->step.root };
    for (size_t k = 0; k < sizeof vars / sizeof vars[0]; k++)
        *vars[k] = c->as[vars[k]->id];
    if (s->step.tape) s->step.tape = c->to;
}

/* Lets the network have the new tape. */
static void replace_tape(ot_net *net, const copying *c)
{
    ot_var *const vars[] = { &net->images, &net->labels,        &net->logits,
                             &net->loss,   &net->second_labels, &net->label_weight };
    for (size_t k = 0; k < sizeof vars / sizeof vars[0]; k++)
        *vars[k] = c->as[vars[k]->id];
    for (int b = 0; b < net->n_blocks; b++)
        replace_learned(c, &net->learnable[b]);
    for (int i = 0; i < net->segments.n; i++)
        replace_segment(c, &net->segments.of[i]);
    ot_tape_free(net->tape);
    net->tape = c->to;
    net->recording.tape = c->to;
}

static ot_status rewrite(ot_net *net, const ot__fusion *f)
{
    if (f->n == 0)
        return ot__fail(OT_EINVAL,
                        "net: no batch norm follows a convolution that nothing else reads, so "
                        "nothing can be fused; leave out --fused");
    copying c = { .fusion = f, .from = net->tape, .open_scope = "" };
    c.to = ot_tape_new();
    c.as = ot__new(net->tape->n, sizeof *c.as);
    c.weight = ot__new((size_t)f->n, sizeof *c.weight);
    c.bias = ot__new((size_t)f->n, sizeof *c.bias);
    const bool ready = c.to && c.as && c.weight && c.bias;
    const ot_status status = ready ? copy_all(&c) : OT_ENOMEM;
    if (status == OT_OK)
        replace_tape(net, &c);
    else
        ot_tape_free(c.to);
    ot__free(c.as);
    ot__free(c.weight);
    ot__free(c.bias);
    return status;
}

ot_status ot__net_rewrite_fused(ot_net *net)
{
    ot__fusion f;
    ot_status status = ot__fusion_find(net, &f);
    if (status == OT_OK) status = rewrite(net, &f);
    ot__fusion_free(&f);
    return status;
}
