/* SPDX-License-Identifier: BSD-3-Clause
 * Sub-nets: the functions f that the stages of a scheme evaluate.  A sub-net is one file and one
 * line in subnets.def. */
#ifndef OT_MODELS_SUBNET_H
#define OT_MODELS_SUBNET_H

#include "models/weights.h"

typedef struct ot__subnet_kind {
    const char *name;
    int convs; /* convolutions in one evaluation */
    /* Records f(x), which has the shape of x.  user is the ot__weights to pass to layers. */
    ot_subnet record;
} ot__subnet_kind;

int ot__subnet_count(void);
const ot__subnet_kind *ot__subnet_at(int i);
/* The sub-net of a name.  NULL if there is none; then the message names the nearest. */
const ot__subnet_kind *ot__subnet_find(const char *name);

#endif
