/* SPDX-License-Identifier: BSD-3-Clause
 * The tape: an array of nodes in the order of recording, one node per var.
 *
 *   id     1         2         3          4         5
 *        +---------+---------+----------+---------+---------+
 *        | input   | param   | conv2d   | param   | ...     |     operands have smaller ids
 *        | images  | weight  | (1, 2)   | gamma   |         |
 *        +---------+---------+----------+---------+---------+
 *
 * An ot_var is such an id, and 0 is the null var.  A leaf has a name; the record of an op has
 * operands. */
#ifndef OT_AUTOGRAD_TAPE_H
#define OT_AUTOGRAD_TAPE_H

#include "autograd/op.h"
#include "base/names.h"

typedef enum ot__leaf { OT__NOT_A_LEAF, OT__INPUT, OT__LABELS, OT__PARAM, OT__STAT } ot__leaf;

typedef struct ot__node {
    ot__record record;
    ot__leaf leaf;
    const char *scope;   /* "blocks.0.stages.1"; "" outside all scopes */
    char *name;          /* for a leaf: its name with its scopes */
    ot_init init;        /* for a parameter or statistic: its initial values */
    ot_rule rule;        /* for a parameter: how it is trained; zeros: as the others */
    int stream, ordinal; /* for a leaf: which random numbers its initial values are */
    const ot_op *writer; /* for a statistic: the op whose records write it, or NULL */
    int written_as;      /* for such a statistic: which operand of that op it is */
    int solved_from; /* for a result: the sum that it can be solved for from, or 0 (ot_solvable) */
} ot__node;

struct ot_tape {
    uint64_t serial; /* differs between all tapes of a process: parameters keep that of theirs */
    ot__node *node;  /* node[id]; node[0] is not used */
    size_t n, capacity;
    ot__names leaves; /* from the name of a leaf to its id */
    char **scope;     /* every scope that was opened, with those around it; freed with the tape */
    size_t n_scopes, scope_capacity;
    size_t *open; /* indices of the open scopes, innermost last */
    size_t n_open, open_capacity;
    int stream, ordinal; /* of the next leaf */
    ot_status status;    /* the first error */
    char message[512];   /* its message */
};

/* Whether a parameter has a rule. */
static inline bool ot__has_rule(ot_rule rule)
{
    return rule.lr != 0 || rule.no_decay;
}

/* Whether a node is an operand of a record. */
bool ot__reads(const ot__record *r, int id);

static inline const ot__node *ot__node_of(const ot_tape *t, ot_var v)
{
    return &t->node[v.id];
}

#endif
