/* SPDX-License-Identifier: BSD-3-Clause
 * The records of a tape that the logits of a network depend on. */
#ifndef OT_EXPORT_WALK_H
#define OT_EXPORT_WALK_H

#include "autograd/tape.h"
#include "models/net.h"

typedef struct ot__walk {
    const ot_net *net;
    const ot_tape *tape;
    int images, logits; /* ids */
    bool *needed;       /* by id */
    int *readers;       /* by id: how many operands of needed records it is */
} ot__walk;

/* Finds them.  OT_EINVAL if the network is several programs (controlled steps), or if the logits
 * need an input other than the images; `who` begins the message.  OT_ENOMEM.  The caller frees the
 * walk also after an error. */
ot_status ot__walk_open(const char *who, const ot_net *net, ot__walk *w);
void ot__walk_free(ot__walk *w);

static inline const ot__node *ot__walk_node(const ot__walk *w, int id)
{
    return &w->tape->node[id];
}

/* Whether a node is a parameter or a statistic. */
static inline bool ot__is_tensor(const ot__node *n)
{
    return n->leaf == OT__PARAM || n->leaf == OT__STAT;
}

/* Operand k of a record. */
static inline int ot__operand(const ot__node *n, int k)
{
    return n->record.in[k].id;
}

#endif
