/* SPDX-License-Identifier: BSD-3-Clause
 * The description of a network's blocks: "rk4x2", "euler x4, rk4x1". */
#ifndef OT_MODELS_BLOCKS_H
#define OT_MODELS_BLOCKS_H

#include "base/status.h"

enum { OT__MOST_GROUPS = 32, OT__MOST_BLOCKS = 1000 };

typedef struct ot__group {
    const ot_scheme *scheme;
    int count; /* blocks of it, one after the other */
} ot__group;

typedef struct ot__blocks {
    ot__group group[OT__MOST_GROUPS];
    int n;
} ot__blocks;

/* OT_EINVAL with a sentence that names what was not understood. */
ot_status ot__blocks_parse(const char *text, ot__blocks *blocks);
/* The plain form, "euler x4, rk4 x1"; parsing it gives the same blocks. */
void ot__blocks_text(const ot__blocks *blocks, char *text, size_t size);

#endif
