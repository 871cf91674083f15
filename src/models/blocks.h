/* SPDX-License-Identifier: BSD-3-Clause
 * The description of a network's blocks: "rk4x2", "euler x4, ./mine.tableau:x2". */
#ifndef OT_MODELS_BLOCKS_H
#define OT_MODELS_BLOCKS_H

#include "base/status.h"

enum {
    OT__MOST_GROUPS = 32,
    OT__MOST_BLOCKS = 1000,
    OT__BLOCKS_TEXT_MOST = OT__MOST_GROUPS * 48, /* most bytes of the plain form */
};

/* Consecutive blocks of one scheme. */
typedef struct ot__group {
    ot_scheme *scheme; /* owned by the group */
    int count;         /* of its blocks */
} ot__group;

typedef struct ot__blocks {
    ot__group group[OT__MOST_GROUPS];
    int n;
} ot__blocks;

/* Parses a description.  A word in it is the name of one of n_own schemes, otherwise of a built-in
 * scheme, or a tableau file if it has a slash or a dot.  Two schemes of one name must be equal.
 * OT_EINVAL with a message that names what was not understood; OT_ENOENT, OT_EFORMAT, OT_EIO for a
 * file; OT_ENOMEM.  After an error there is nothing to free. */
ot_status ot__blocks_parse(const char *text, int n_own, const ot_scheme *const own[],
                           ot__blocks *blocks);
void ot__blocks_free(ot__blocks *blocks);
/* Writes the plain form, "euler x4, mine x2".  Parsing it with the same schemes as `own` gives the
 * same blocks. */
void ot__blocks_text(const ot__blocks *blocks, char *text, size_t size);

#endif
