/* SPDX-License-Identifier: BSD-3-Clause
 * Which values a program keeps from the forward half to the backward half, and which it computes
 * again.  A plan says it in a few numbers, a policy for each value. */
#ifndef OT_AUTOGRAD_COMPILE_REPLAYS_H
#define OT_AUTOGRAD_COMPILE_REPLAYS_H

#include "autograd/compile/passes.h"

enum { OT__MOST_LEVELS = 6 };

/* How the tape is cut into segments. */
typedef struct ot__cuts {
    int levels;     /* of nested segments; 0: the tape is one segment */
    int segments;   /* into how many each segment is cut */
    int transients; /* how many of the cheapest values are not kept within a segment either */
    int end;        /* the forward step from which on all is kept */
} ot__cuts;

/* How long each value stays present.  A node of level 0 always stays, one of level L while the
 * readers are in its segment of level L.  One of a level above `levels` is computed again when a
 * backward step reads it. */
typedef struct ot__policy {
    int n_nodes, levels;
    int *level;   /* by node */
    int *segment; /* [L * n_nodes + id]: the segment of level L that a node belongs to */
} ot__policy;

/* What the choice of cuts needs to know of the forward half. */
typedef struct ot__extent {
    int n_forward;
    size_t *crossing; /* by forward step: bytes of the values that it or an earlier step writes and
                         a later forward step reads */
    double *kept;   /* by forward step: bytes kept for backward that it or an earlier step writes */
    int *writer;    /* by node: the step that writes its value; -1: it has none of its own */
    int *reader;    /* by node: the last forward step that reads its value */
    bool *is_kept;  /* by node: a backward step reads its value */
    int *transient; /* kept nodes that can be computed again from other kept ones, the cheapest for
                         its bytes first; none is computed from another one of them */
    int n_transients;
} ot__extent;

/* OT_ENOMEM.  The caller frees both with the functions below, also after an error. */
ot_status ot__find_extent(const ot_program *p, const ot__order *base, ot__extent *extent);
ot_status ot__make_policy(const ot_program *p, const ot__extent *extent, const ot__cuts *cuts,
                          ot__policy *policy);
/* The policy of a program that solves for values.  OT_ENOMEM, as above. */
ot_status ot__make_rebuilding_policy(const ot_program *p, const ot__extent *extent,
                                     ot__policy *policy);
void ot__free_extent(ot__extent *extent);
void ot__free_policy(ot__policy *policy);

/* The k-th node whose value the backward step of node `id` reads, 0 <= k <= its number of operands;
 * 0: none. */
int ot__backward_reads(const ot_program *p, int id, int k);

/* The steps of `base` with the replays that the policy asks for.  OT_ENOMEM; OT_EINVAL if a value
 * that is solved for is needed to compute itself.  The caller frees out->step in any case. */
ot_status ot__replay_steps(const ot_program *p, const ot__order *base, const ot__policy *policy,
                           ot__order *out);

#endif
