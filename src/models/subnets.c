/* SPDX-License-Identifier: BSD-3-Clause
 * The registry of sub-nets, expanded from subnets.def. */
#include <string.h>

#include "base/status.h"
#include "models/subnet.h"

#define OT_SUBNET(name) extern const ot__subnet_kind ot__subnet_##name;
#include "models/subnets.def"
#undef OT_SUBNET

static const ot__subnet_kind *const kinds[] = {
#define OT_SUBNET(name) &ot__subnet_##name,
#include "models/subnets.def"
#undef OT_SUBNET
};

static const char *const names[] = {
#define OT_SUBNET(name) #name,
#include "models/subnets.def"
#undef OT_SUBNET
};

enum { COUNT = sizeof kinds / sizeof kinds[0] };

int ot__subnet_count(void)
{
    return COUNT;
}

const ot__subnet_kind *ot__subnet_at(int i)
{
    return i >= 0 && i < COUNT ? kinds[i] : NULL;
}

const ot__subnet_kind *ot__subnet_find(const char *name)
{
    for (int i = 0; i < COUNT; i++)
        if (strcmp(kinds[i]->name, name) == 0) return kinds[i];
    const char *nearest = ot_nearest(name, COUNT, names);
    (void)ot__fail(OT_EINVAL, "there is no sub-net '%s'; did you mean '%s'?", name,
                   nearest ? nearest : names[0]);
    return NULL;
}
