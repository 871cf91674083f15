/* SPDX-License-Identifier: BSD-3-Clause
 * The tape: an array of nodes in the order of recording, one a var.
 *
 *   id     1         2         3          4         5
 *        +---------+---------+----------+---------+---------+
 *        | input   | param   | conv2d   | param   | ...     |     operands point to the left only
 *        | images  | weight  | (1, 2)   | gamma   |         |
 *        +---------+---------+----------+---------+---------+
 *
 * An ot_var is such an id, 0 is the null var.  A leaf has a name, an op record has operands. */
#ifndef OT_AUTOGRAD_TAPE_H
#define OT_AUTOGRAD_TAPE_H

#include "autograd/op.h"
#include "base/names.h"

typedef enum ot__leaf { OT__NOT_A_LEAF, OT__INPUT, OT__LABELS, OT__PARAM, OT__STAT } ot__leaf;

typedef struct ot__node {
    ot__record record;
    ot__leaf leaf;
    const char *scope;   /* "blocks.0.stages.1", "" outside all scopes */
    char *name;          /* of a leaf, with its scope */
    ot_init init;        /* of a parameter or statistic */
    int stream, ordinal; /* of its random initial values */
    const ot_op *writer; /* of a statistic: the op whose records write it, NULL if none does, */
    int written_as;      /* and which of that op's operands it is */
} ot__node;

struct ot_tape {
    uint64_t serial; /* no two tapes of a process have the same: parameters know theirs by it */
    ot__node *node;  /* node[id]; node[0] is not used */
    size_t n, capacity;
    ot__names leaves; /* the ids of the leaves by their names */
    char **scope;     /* every scope there has been, whole; they live as long as the tape */
    size_t n_scopes, scope_capacity;
    size_t *open; /* indices of the open scopes, innermost last */
    size_t n_open, open_capacity;
    int stream, ordinal;
    ot_status status;
    char message[512];
};

static inline const ot__node *ot__node_of(const ot_tape *t, ot_var v)
{
    return &t->node[v.id];
}

#endif
