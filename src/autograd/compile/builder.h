/* SPDX-License-Identifier: BSD-3-Clause
 * The passes of compilation share a builder; compile.c runs them in turn. */
#ifndef OT_AUTOGRAD_COMPILE_BUILDER_H
#define OT_AUTOGRAD_COMPILE_BUILDER_H

#include "autograd/program.h"

typedef struct ot__builder {
    ot_program *p;
    const ot_tape *t;
    const ot_compile_opts *opts;
    bool *used;              /* by node id: root or a kept var depends on it, */
    bool *on_path;           /* root depends on it, */
    bool *wants;             /* its gradient is to be computed, */
    bool *delivered;         /* some step delivers to its gradient */
    bool *lazy;              /* its operands gather their gradients: it has no backward step */
    int *alias;              /* its gradient is that of this node, 0: it has its own */
    int *n_terms, *term;     /* of its gather, and where they begin in: */
    double *coef;            /* all coefficients, and */
    float *numbers;          /* of views of gradients, the next free */
    int *from;               /* the lazy records whose gradients they multiply */
    int *forward, *backward; /* its steps, -1: none */
    int *guest;              /* the node whose sum is begun in the sweep of its own, 0: none */
    int *gathered_at;        /* the node whose step its gather comes before, 0: no gather */
    int n_nodes, last_step;
} ot__builder;

static inline const ot__node *ot__builder_node(const ot__builder *b, int id)
{
    return &b->t->node[id];
}

static inline bool ot__in_params(const ot__node *node)
{
    return node->leaf == OT__PARAM || node->leaf == OT__STAT;
}

/* The node whose gradient that of node id is; it is known before the step of that node. */
static inline int ot__gradient_owner(const ot__builder *b, int id)
{
    while (b->alias[id])
        id = b->alias[id];
    return id;
}

/* What backward of a record reads. */
static inline uint64_t ot__keeps(const ot__record *r)
{
    return r->op->keeps_of ? r->op->keeps_of(r) : r->op->keeps;
}

static inline bool ot__keeps_operand(const ot__record *r, int k)
{
    return k < 63 && (ot__keeps(r) & OT__KEEPS_X(k));
}

/* Shapes of a record's operands at the program's largest batch. */
void ot__operand_shapes(const ot__builder *b, const ot__record *r, ot_shape x[]);

/* The kernels a record runs with. */
const ot__kernels *ot__choose_kernels(const ot__builder *b, const ot__record *r);

static inline bool ot__is_view(const ot_program *p, int id)
{
    return p->sight[id].base != id;
}

/* views.c: which values are not stored but seen through a view of others.  OT_ENOMEM. */
ot_status ot__build_views(ot__builder *b);

/* gather.c: which records need no backward step, and whose gradient is just another one. */
ot_status ot__build_gathers(ot__builder *b);
/* The steps that gather the gradients which must be there before the step of node `id`: of its
 * operands if it delivers to them, and its own. */
void ot__add_gathers(ot__builder *b, int id);

/* together.c: which forward steps run as one. */
void ot__build_together(ot__builder *b);

/* live.c: a buffer with a lifetime for every value, gradient, saved state and twin; memory taken
 * over where an op allows it.  OT_ENOMEM. */
ot_status ot__build_lifetimes(ot__builder *b);

/* bind.c: the arrays of all calls, then the plan, memory, and the pointers of all calls.
 * OT_ENOMEM. */
ot_status ot__build_calls(ot__builder *b);
ot_status ot__build_pointers(ot__builder *b);

#endif
