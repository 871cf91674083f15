/* SPDX-License-Identifier: BSD-3-Clause
 * A compiled program: a list of steps, each of which calls one kernel on buffers whose places are
 * known.  The passes in compile/ build it, run.c runs it, inspect/ describes it.
 *
 * Most arrays here are indexed by node: node `id` of the tape is entry `id`, and entry 0 is not
 * used.  So 0 means "none" wherever a node is named. */
#ifndef OT_AUTOGRAD_PROGRAM_H
#define OT_AUTOGRAD_PROGRAM_H

#include "autograd/compile/plan.h"
#include "autograd/params.h"

/* What a node is needed for. */
typedef struct ot__mark {
    bool used;     /* the root or a kept var depends on it */
    bool on_path;  /* the root depends on it */
    bool wanted;   /* its gradient is computed */
    bool readable; /* the caller may read it between runs: inputs, the root, kept vars */
} ot__mark;

/* How the value of a node is read.  Most values are stored.  In float32 the result of a batch norm,
 * and of a ReLU after it, may instead be computed from the batch norm's operand on each reading. */
typedef struct ot__access {
    int stored;     /* the node whose tensor is read; the node itself if it is stored */
    int norm;       /* the batch norm whose numbers per channel are applied on reading, or 0 */
    int activation; /* of a batch norm: the only reader, a ReLU that is applied on reading, or 0 */
    /* Batch norm needs sums per channel, which another step can leave while it writes. */
    bool leaves_sums;          /* the step that writes this value leaves its moments */
    bool leaves_gradient_sums; /* of a batch norm: the backward step of its only reader leaves the
                                  sums of the gradient that it delivers */
    int gradient_norm;         /* the batch norm from whose operand and gradient the gradient of
                                  this node is computed on each reading, or 0: it is stored */
} ot__access;

/* How the gradient of a node comes about when an op that reads the node passes on its own gradient
 * times a constant. */
typedef struct ot__gradient {
    bool deferred;  /* of a record: it has no backward step; its operands sum up their gradients */
    int alias;      /* its gradient is the gradient of this node, or 0 */
    int n_terms;    /* terms of the sum that is its gradient, or a part of it; 0: no sum */
    int first_term; /* of them, in ot__gradients.coef and .from */
    int before;     /* the sum is formed before the backward step of this node, or 0: never */
    int fused_sum;  /* a node whose sum is formed in the same sweep over memory, or 0 */
    int source[2];  /* its gradient is combined from those of these nodes on each reading; [1] may
                       be 0, and both are 0 if it is stored */
    const float *factor[2]; /* of the sources, one number per channel */
} ot__gradient;

typedef struct ot__gradients {
    ot__gradient *of; /* by node */
    double *coef;     /* of all terms: the gradient of from[i] is multiplied by coef[i] */
    int *from;
    float *factors; /* what ot__gradient.factor points into */
} ot__gradients;

/* One gradient that a backward step delivers. */
typedef struct ot__delivery {
    bool wanted;
    bool first;    /* the first of the run: the buffer holds garbage before it */
    bool to_param; /* to a parameter, whose gradient may accumulate over runs */
    int same_as;   /* operand k is the same var as this earlier operand: its gradient goes to a
                      buffer of its own and is added to that operand's after the call; else -1 */
    int duplicate; /* which of all such buffers of the program; else -1 */
} ot__delivery;

typedef struct ot__deliveries {
    ot__delivery *all, **of; /* of[step][operand]; a sum delivers one; NULL for forward steps */
    bool *reached;           /* by node: some step delivers to its gradient */
    int n_duplicates;
} ot__deliveries;

/* The buffers of one node, -1 for none. */
typedef struct ot__place {
    int y;               /* value */
    int gy;              /* gradient */
    int saved;           /* what forward leaves for backward besides values */
    int y_sums, gy_sums; /* sums per channel of the value and of the gradient, for a batch norm */
} ot__place;

typedef struct ot__step {
    int id; /* the node */
    bool backward;
    /* A step with terms forms a sum: it sets the gradient of its node to, or adds to it, the sum of
     * coef[k] times the gradient of node from[k]. */
    int terms;
    const int *from;
    const double *coef;
    /* Some steps run fused, in one call of a kernel. */
    int followers; /* of the first of them: how many steps after it run in its call */
    int position;  /* of the others: how many steps before it the first one is */
    const ot__kernels *kernels;
    ot__call call;
    ot_shape *xs; /* call.xs, writable: the batch changes from run to run */
    bool *add;    /* call.add, writable */
} ot__step;

/* How the kernels read what is not stored. */
typedef struct ot__views {
    ot__view value, gradient;
} ot__views;

struct ot_program {
    /* What was asked for. */
    const ot_tape *tape;
    int n_nodes; /* of the tape when it was compiled, with entry 0; the tape may grow later */
    ot_var root;
    ot_dtype dtype;
    ot_tier tier;
    bool evaluate;  /* batch norms use running statistics */
    bool gradients; /* there are backward steps */
    bool plan_only; /* no memory for tensors: the program can be described but not run */
    int batch;      /* the largest */
    ot_params *params;
    bool owns_params;

    /* What the passes found, in their order. */
    ot__mark *mark;     /* by node */
    ot__access *access; /* by node */
    ot__gradients gradient;
    ot__step *step;
    int n_steps, n_forward; /* forward steps come first */
    ot__deliveries delivery;
    ot__place *place; /* by node */
    ot__buffer *buffer;
    int n_buffers, first_duplicate; /* the buffers of duplicates are the last ones */
    ot__plan plan;
    int threads; /* that scratch was measured for */
    size_t scratch_bytes;
    size_t product_bytes; /* that BLIS takes during the first run, for all threads together */
    int *unreached;       /* trained tensors whose gradient is always zero */
    int n_unreached;

    /* What a run needs; NULL if plan_only. */
    unsigned char *arena, *scratch;
    void *arrays;     /* one block with the operand arrays of all calls */
    ot__views *views; /* by node */

    /* The state between runs. */
    int n;             /* batch of the last forward run, 0 before the first */
    bool ran_forward;  /* and not yet backward */
    bool watch_pieces; /* gradient check: fingerprint the smooth piece that each run is on */
    uint64_t piece;
    struct ot__spent { /* time of a step over all runs, of n images each */
        double seconds;
        long images;
    } * spent; /* by step; NULL: not measured (inspect/profile.c) */
    /* Asked before each step whether it may run; NULL: all may (inspect/scan.c). */
    bool (*watch)(ot_program *p, int step, void *user);
    void *watch_user;
};

static inline const ot__node *ot__program_node(const ot_program *p, int id)
{
    return &p->tape->node[id];
}

static inline const ot__record *ot__program_record(const ot_program *p, int id)
{
    return &ot__program_node(p, id)->record;
}

/* Whether the numbers of a node are kept in ot_params, not in the arena. */
static inline bool ot__in_params(const ot__node *node)
{
    return node->leaf == OT__PARAM || node->leaf == OT__STAT;
}

static inline bool ot__is_stored(const ot_program *p, int id)
{
    return p->access[id].stored == id;
}

/* Whether backward of a record reads operand k; parameters stay where they are anyway. */
bool ot__keeps_operand(const ot__record *r, int k);
bool ot__keeps_result(const ot__record *r);

/* The node whose gradient is the gradient of node id; it is complete before the step of `id`. */
static inline int ot__gradient_owner(const ot__gradients *g, int id)
{
    while (g->of[id].alias)
        id = g->of[id].alias;
    return id;
}

/* Operands of a step's call as a record has them; a sum has none. */
static inline int ot__step_operands(const ot_program *p, const ot__step *step)
{
    return step->terms ? 0 : ot__program_record(p, step->id)->n_in;
}

/* The first and the last of the steps that are fused with step s; s itself if none is. */
static inline int ot__first_fused(const ot_program *p, int s)
{
    return s - p->step[s].position;
}

static inline int ot__last_fused(const ot_program *p, int s)
{
    const int first = ot__first_fused(p, s);
    return first + p->step[first].followers;
}

/* The shape of a node's value at a batch, and its bytes. */
ot_shape ot__program_shape(const ot_program *p, int id, int batch);
size_t ot__program_bytes(const ot_program *p, int id, int batch);

/* Shapes of a record's operands at the program's largest batch. */
void ot__operand_shapes(const ot_program *p, const ot__record *r, ot_shape x[]);

/* The kernels that a record runs with: the fastest of the program's tier that take its shapes. */
const ot__kernels *ot__choose_kernels(const ot_program *p, const ot__record *r);

#endif
