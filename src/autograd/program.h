/* SPDX-License-Identifier: BSD-3-Clause
 * A compiled program: a list of steps.  A step is one call of a kernel, on buffers at fixed places.
 * The passes in compile/ build the program, run.c runs it, and inspect/ describes it.
 *
 * Most arrays here are indexed by node: entry `id` belongs to node `id` of the tape, and entry 0 is
 * not used.  So a field that names a node is 0 if there is none. */
#ifndef OT_AUTOGRAD_PROGRAM_H
#define OT_AUTOGRAD_PROGRAM_H

#include "autograd/compile/plan.h"
#include "autograd/params.h"

/* What a node is needed for.  The root is the var that the program was compiled for, and kept vars
 * are those in ot_compile_opts.keep. */
typedef struct ot__mark {
    bool used;     /* the root or a kept var depends on it */
    bool on_path;  /* the root depends on it */
    bool wanted;   /* its gradient is computed */
    bool readable; /* the caller may read it between runs: inputs, the root, kept vars */
} ot__mark;

/* How the value of a node is read (compile/access.c).  Most values are stored.  In float32 programs
 * the result of a batch norm, and of a ReLU after it, may instead be computed from the operand of
 * the batch norm on each reading. */
typedef struct ot__access {
    int stored;     /* the node whose tensor is read; the node itself if its value is stored */
    int norm;       /* the batch norm whose numbers per channel are applied on reading, or 0 */
    int activation; /* for a batch norm: its only reader, a ReLU that is applied on reading, or 0 */
    /* Batch norm needs sums per channel, which another step can leave while it writes. */
    bool leaves_sums;          /* the step that writes this value leaves its moments */
    bool leaves_gradient_sums; /* for a batch norm: the backward step of its only reader leaves the
                                  sums of the gradient that it delivers */
    int gradient_norm;         /* the batch norm from whose operand and gradient the gradient of
                                  this node is computed on each reading; 0 if it is stored */
} ot__access;

/* How the gradient of a node is formed if an op that reads the node passes on its own gradient
 * times a constant (compile/gradient_sums.c). */
typedef struct ot__gradient {
    bool deferred; /* the record has no backward step: its operands sum up their gradients */
    int alias;     /* the node whose gradient is the gradient of this node, or 0 */
    int n_terms;   /* number of terms of the sum that is its gradient, or a part of it; 0: no sum */
    int first_term; /* index of the first term in ot__gradients.coef and .from */
    int before;     /* the sum is formed before the backward step of this node; 0: never */
    int fused_sum;  /* another node whose sum is formed in the same sweep over memory, or 0 */
    int source[2];  /* the nodes from whose gradients this gradient is combined on each reading;
                       [1] may be 0, and both are 0 if it is stored */
    const float *factor[2]; /* for each source: its factor, one number per channel */
} ot__gradient;

typedef struct ot__gradients {
    ot__gradient *of; /* by node */
    double *coef;     /* of all terms: the gradient of from[i] is multiplied by coef[i] */
    int *from;        /* of all terms: the node whose gradient is read */
    float *factors;   /* memory that ot__gradient.factor points into */
} ot__gradients;

/* How the value of a node is solved for (compile/solve.c): as the sum of coef[k] times the value of
 * node from[k], of which from[0] is computed from this value in the forward half. */
typedef struct ot__solution {
    int terms; /* 0: the value is not solved for */
    int *from;
    double *coef;
} ot__solution;

typedef struct ot__solutions {
    ot__solution *of; /* by node; NULL: no value is solved for */
    int *from;        /* memory that ot__solution.from points into */
    double *coef;
} ot__solutions;

/* One gradient that a backward step delivers: for an operand or, if the step forms a sum, for the
 * node itself. */
typedef struct ot__delivery {
    bool wanted;
    bool first;    /* no earlier step of the run delivers to it: the buffer holds garbage before */
    bool to_param; /* it is the gradient of a parameter, which may accumulate over runs */
    int same_as;   /* the earlier operand of the record that is the same var, or -1.  If there is
                      one, this gradient goes to a buffer of its own, a duplicate, and is added to
                      that operand's gradient after the call */
    int duplicate; /* the number of this duplicate, counted over the program, or -1 */
} ot__delivery;

typedef struct ot__deliveries {
    ot__delivery *all; /* of all steps, one after the other */
    ot__delivery **of; /* of[step][operand]; of[step][0] for a sum; NULL for a forward step */
    bool *reached;     /* by node: some step delivers to its gradient */
    int n_duplicates;
} ot__deliveries;

/* The buffers of one node; -1 if there is none. */
typedef struct ot__place {
    int y;       /* the value; ot__buffer.again leads to those of its replays */
    int gy;      /* the gradient */
    int saved;   /* other numbers that forward leaves for backward; `again` as for y */
    int y_sums;  /* sums per channel of the value, for a batch norm that reads it */
    int gy_sums; /* for a batch norm: sums per channel of its gradient */
} ot__place;

typedef struct ot__step {
    int id; /* the node */
    bool backward;
    bool replay; /* a forward step that runs again among the backward steps (compile/replay.c) */
    /* A backward step with terms forms a sum: it sets the gradient of its node to the sum of
     * coef[k] times the gradient of node from[k], or adds this sum to it.  A replay with terms
     * solves for its value: it sets that to the sum of coef[k] times the value of node from[k]. */
    int terms;
    const int *from;
    const double *coef;
    /* Some steps run fused: one call of a kernel does the work of several consecutive steps. */
    int followers; /* for the first of fused steps: how many steps after it run in its call */
    int position;  /* for the others: how many steps before it the first one is; otherwise 0 */
    const ot__kernels *kernels;
    ot__call call;
    ot_shape *xs; /* call.xs, to be written: the batch changes from run to run */
    bool *add;    /* call.add, to be written before each call */
    bool *later;  /* call.later, which is written when the program is bound */
} ot__step;

/* How the kernels read the value and the gradient of a node if these are not stored. */
typedef struct ot__views {
    ot__view value, gradient;
} ot__views;

struct ot_program {
    /* The arguments of ot_compile. */
    const ot_tape *tape;
    int n_nodes; /* entries of arrays by node: those of the tape when the program was compiled */
    ot_var root;
    ot_dtype dtype;
    ot_tier tier;
    bool evaluate;          /* batch norms use running statistics */
    bool gradients;         /* there are backward steps */
    bool rebuild;           /* values that can be solved for are not kept for backward */
    bool plan_only;         /* no memory for tensors: the program can be described but not run */
    int batch;              /* the largest that it can run */
    const ot__share *share; /* the part of the batch that this process has; NULL: all of it */
    ot_params *params;
    bool owns_params;

    /* The results of the passes, in their order. */
    ot__mark *mark;     /* by node */
    ot__access *access; /* by node */
    ot__gradients gradient;
    ot__solutions solve;
    ot__step *step;
    int n_steps, n_forward; /* forward steps come first, then backward steps and replays */
    ot__deliveries delivery;
    ot__place *place; /* by node */
    ot__buffer *buffer;
    int n_buffers;
    int first_duplicate; /* the buffer of duplicate 0; those of the others follow it */
    ot__plan plan;
    size_t least_bytes; /* the smallest peak that the program could have; 0: not asked for */
    int threads;        /* the number of threads that scratch was measured for */
    size_t scratch_bytes;
    size_t
        product_bytes; /* memory that BLIS takes during the first run, for all threads together */
    int *unreached;    /* trained tensors whose gradient is always zero */
    int n_unreached;

    /* What a run needs; NULL if plan_only. */
    unsigned char *arena, *scratch;
    void *arrays;     /* one block with the operand arrays of all calls */
    ot__views *views; /* by node */

    /* The state between runs. */
    int n;             /* batch of the last forward run; 0 before the first */
    bool ran_forward;  /* a forward run was not followed by a backward run yet */
    bool watch_pieces; /* forward runs compute `piece`, for the gradient check */
    uint64_t piece;    /* fingerprint of the smooth piece of the function that the run was on */
    struct ot__spent {
        double seconds; /* time that the calls of one step took, over all runs */
        long images;    /* images in all these runs */
    } * spent;          /* by step; NULL: time is not measured (inspect/profile.c) */
    /* Returns whether a step may run; called before each.  NULL: all may (inspect/scan.c). */
    bool (*watch)(ot_program *p, int step, void *user);
    void *watch_user;
    struct ot__rebuilt *rebuilt; /* what inspect/rebuild.c measures; NULL: nothing */
};

void ot__rebuilt_free(struct ot__rebuilt *b);

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

/* How the value of a node is solved for; NULL if it is not. */
static inline const ot__solution *ot__solution_of(const ot_program *p, int id)
{
    return p->solve.of && p->solve.of[id].terms ? &p->solve.of[id] : NULL;
}

static inline bool ot__is_stored(const ot_program *p, int id)
{
    return p->access[id].stored == id;
}

/* Whether the backward kernel of a node reads operand k, or the result.  Parameters are available
 * to it anyway.  If a ReLU after the node is applied on reading, the kernel reads operand 0 to find
 * where the ReLU is 0. */
bool ot__keeps_operand(const ot_program *p, int id, int k);
bool ot__keeps_result(const ot__record *r);

/* The first operand that is the same var as operand k and comes before it; -1 if there is none. */
int ot__same_operand(const ot__record *r, int k);

/* The node whose gradient buffer holds the gradient of node `id`: the last of its aliases. */
static inline int ot__gradient_owner(const ot__gradients *g, int id)
{
    while (g->of[id].alias)
        id = g->of[id].alias;
    return id;
}

/* The buffer that holds at step s what buffer b holds at first: a replay begins a new one.  b may
 * be -1: none. */
static inline int ot__buffer_at(const ot__buffer *buffer, int b, int s)
{
    while (b >= 0 && buffer[b].again >= 0 && buffer[buffer[b].again].first <= s)
        b = buffer[b].again;
    return b;
}

static inline int ot__value_buffer(const ot__place *place, const ot__buffer *buffer, int id, int s)
{
    return ot__buffer_at(buffer, place[id].y, s);
}

/* How many operands of a record the call of a step has; a sum has none. */
static inline int ot__step_operands(const ot_program *p, const ot__step *step)
{
    return step->terms ? 0 : ot__program_record(p, step->id)->n_in;
}

/* The first and the last of the steps that are fused with step s; s itself if there are none. */
static inline int ot__first_fused(const ot_program *p, int s)
{
    return s - p->step[s].position;
}

static inline int ot__last_fused(const ot_program *p, int s)
{
    const int first = ot__first_fused(p, s);
    return first + p->step[first].followers;
}

/* The shape and the bytes of a node's value at a batch. */
ot_shape ot__program_shape(const ot_program *p, int id, int batch);
size_t ot__program_bytes(const ot_program *p, int id, int batch);

/* Shapes of a record's operands at the program's largest batch. */
void ot__operand_shapes(const ot_program *p, const ot__record *r, ot_shape x[]);

/* Whether a record uses statistics as they are: in evaluation programs, and if all that it writes
 * are frozen. */
bool ot__evaluates(const ot_program *p, const ot__record *r);

/* Whether a record has parameters, and all of them are frozen. */
bool ot__all_frozen(const ot_program *p, const ot__record *r);

/* The kernels that a record runs with: in the program's tier, the fastest that take its shapes. */
const ot__kernels *ot__choose_kernels(const ot_program *p, const ot__record *r);

#endif
