/* SPDX-License-Identifier: BSD-3-Clause
 * The registries of schemes, sub-nets, branches and norms.  Each is a list of names, schemes.def
 * and so on: a part is one file and one line. */
#ifndef OT_SCHEMES_PARTS_H
#define OT_SCHEMES_PARTS_H

#include "base/registry.h"

/* Each returns its registry. */
ot__registry *ot__schemes(void);
ot__registry *ot__subnets(void);
ot__registry *ot__branches(void);
ot__registry *ot__norms(void);

#endif
