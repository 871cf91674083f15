/* SPDX-License-Identifier: BSD-3-Clause
 * A compiled program: steps (calls of kernels) over buffers.  compile.c builds it, run.c runs it,
 * listing.c prints it. */
#ifndef OT_AUTOGRAD_PROGRAM_H
#define OT_AUTOGRAD_PROGRAM_H

#include "autograd/params.h"
#include "autograd/compile/plan.h"

/* The buffers of one node; -1: it has none. */
typedef struct ot__place {
    int y, gy, saved;
    int y_sums, gy_sums; /* that go to batch norm: of the value, of the gradient */
} ot__place;

/* How a node's value is had: as it is stored, or by looking at another node through a view. */
typedef struct ot__sight {
    int base;    /* the node whose value is stored; the node itself when that is it */
    int through; /* the node whose saved state the view points into, 0: none */
    int bent_by; /* of a view: the ReLU through which alone it is seen, 0: none */
    ot__view view;
    /* Batch norms have their sums from the calls that write the tensors (ot__call): */
    bool gives_sums;    /* the node's own call leaves the moments of its value; */
    bool gradient_sums; /* of a view: its only reader leaves the sums of its gradient */
    /* Of a stored node whose gradient is not stored but a view: the batch norm that passes it on,
     * or the nodes whose gradients it is made of (gather.c), 0: none.  One of these may be the node
     * itself: what its gradient buffer has is a part of the sum. */
    int graded_by, blended, blended_too;
    ot__view gradient;
} ot__sight;

/* One gradient that a backward step delivers. */
typedef struct ot__delivery {
    bool first;    /* of a run: what is in gx before is garbage */
    bool to_param; /* ... unless gradients of parameters accumulate over runs */
    int twin;      /* operand k is the same var as operand `twin` < k: gx[k] is a buffer of
                      its own that is added to gx[twin] after the call; -1: it is not */
} ot__delivery;

typedef struct ot__step {
    int id; /* the node */
    bool backward;
    /* Not 0: a gather.  The node's gradient is, or gets besides, the sum of coef[k] times the
     * gradient of node from[k]. */
    int terms;
    int *from;
    double *coef;
    /* Steps that run as one (together.c; of gathers two): how many more do, for the first of them;
     * how far behind the first this one is, for the others. */
    int more, behind;
    const ot__kernels *kernels;
    ot__call call;
    ot_shape *xs;           /* call.xs, writable: the batch changes from run to run */
    bool *add;              /* call.add, writable */
    ot__delivery *delivery; /* one an operand, backward only */
} ot__step;

struct ot_program {
    const ot_tape *tape;
    int n_nodes; /* of the tape when it was compiled, which may have grown since; node 0 counts */
    ot_var root;
    ot_dtype dtype;
    ot_tier tier;
    bool evaluate, gradients;
    bool plan_only; /* nothing lies where the calls point to */
    int batch;      /* largest */
    int threads;    /* that scratch was made for */
    ot_params *params;
    bool owns_params;

    ot__step *step;
    int n_steps, n_forward; /* forward steps come first */
    void *terms;            /* one block with the terms of all gathers */
    ot__place *place;       /* by node id */
    ot__sight *sight;       /* by node id */
    ot__buffer *buffer;
    int n_buffers;
    ot__plan plan;
    void *operands; /* one block with all the arrays of all calls */
    bool *readable; /* by node id: root, kept vars and inputs */
    int *unreached; /* trained tensors that root does not depend on */
    int n_unreached;

    unsigned char *arena, *scratch;
    size_t scratch_bytes;
    size_t product_bytes; /* that BLIS takes during the first run, on all threads together */

    int n;             /* batch of the last forward run, 0 before the first */
    bool ran_forward;  /* and not yet backward */
    bool watch_pieces; /* gradient check: fingerprint the smooth piece of each run */
    uint64_t piece;
    struct ot__spent { /* of a step, over runs */
        double seconds;
        long images;
    } * spent; /* by step; NULL: not measured (profile.c) */
    /* Asked before each step whether it may run; NULL: all may (scan.c). */
    bool (*watch)(ot_program *p, int step, void *user);
    void *watch_user;
};

/* Operands of a step's call as a record; a gather has none. */
static inline int ot__step_operands(const ot_program *p, const ot__step *step)
{
    return step->terms ? 0 : p->tape->node[step->id].record.n_in;
}

/* The first and the last of the steps that run as one with step s. */
static inline int ot__first_together(const ot_program *p, int s)
{
    return s - p->step[s].behind;
}

static inline int ot__last_together(const ot_program *p, int s)
{
    const int first = ot__first_together(p, s);
    return first + p->step[first].more;
}

static inline const ot__node *ot__program_node(const ot_program *p, int id)
{
    return &p->tape->node[id];
}

static inline ot_shape ot__program_shape(const ot_program *p, int id, int batch)
{
    const ot__record *r = &ot__program_node(p, id)->record;
    return ot__with_batch(r->shape, r->batched, batch);
}

/* What an op record costs an image. */
ot__cost ot__program_cost(const ot_program *p, int id);

/* For listings: the op, or the kind of leaf; and 1234567 as "1.23 M", a unit may follow. */
const char *ot__kind_name(const ot__node *node);
const char *ot__quantity(double x, char text[16]);

/* Bytes of a node's value at a batch. */
size_t ot__program_bytes(const ot_program *p, int id, int batch);

#endif
