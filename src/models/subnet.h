/* SPDX-License-Identifier: BSD-3-Clause
 * Sub-nets: the right-hand sides f of the schemes.  One file a sub-net, one line in subnets.def. */
#ifndef OT_MODELS_SUBNET_H
#define OT_MODELS_SUBNET_H

#include "models/weights.h"

typedef struct ot__subnet_kind {
    const char *name;
    int convs;        /* in one evaluation */
    ot_subnet record; /* keeps the shape of x; user is the ot__weights that layers are given */
} ot__subnet_kind;

int ot__subnet_count(void);
const ot__subnet_kind *ot__subnet_at(int i);
/* NULL (with a message that names the nearest) when there is none of that name. */
const ot__subnet_kind *ot__subnet_find(const char *name);

#endif
