/* SPDX-License-Identifier: BSD-3-Clause
 * The registries of ways down, stems, heads and namings.  Each is a list of names, downs.def and
 * so on: a part is one file and one line. */
#ifndef OT_MODELS_PARTS_H
#define OT_MODELS_PARTS_H

#include "base/registry.h"

/* Each returns its registry. */
ot__registry *ot__downs(void);
ot__registry *ot__stems(void);
ot__registry *ot__heads(void);
ot__registry *ot__namings(void);

#endif
