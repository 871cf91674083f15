/* SPDX-License-Identifier: BSD-3-Clause
 * The description of a network's blocks, "rk4x2", "euler x4, ./mine.tableau:x2", "euler x3 + lm
 * x2", and of its levels, "16,32:2,64:2". */
#ifndef OT_MODELS_BLOCKS_H
#define OT_MODELS_BLOCKS_H

#include "base/status.h"

enum {
    OT__MOST_GROUPS = 32,
    OT__MOST_BLOCKS = 1000, /* of one level */
    OT__MOST_LEVELS = 16,
    OT__BLOCKS_TEXT_MOST = 2048, /* bytes of the plain form */
    OT__LEVELS_TEXT_MOST = OT__MOST_LEVELS * 12,
};

/* Consecutive blocks of one scheme. */
typedef struct ot__group {
    ot_scheme *scheme; /* owned by the group */
    int count;         /* of its blocks */
    int part;          /* which part of the description it is in: parts are separated by + */
} ot__group;

typedef struct ot__blocks {
    ot__group group[OT__MOST_GROUPS];
    int n;
    int parts; /* 1: every level has all groups; otherwise one part for each level */
} ot__blocks;

/* Parses a description.  A word in it is the name of one of n_own schemes, otherwise of a scheme of
 * the registry, or a tableau file if it has a slash or a dot.  Two schemes of one name must be
 * equal.  OT_EINVAL with a message that names what was not understood; OT_ENOENT, OT_EFORMAT,
 * OT_EIO for a file; OT_ENOMEM.  After an error there is nothing to free. */
ot_status ot__blocks_parse(const char *text, int n_own, const ot_scheme *const own[],
                           ot__blocks *blocks);
void ot__blocks_free(ot__blocks *blocks);
/* Writes the plain form, "euler x4, mine x2".  Parsing it with the same schemes as `own` gives the
 * same blocks.  OT_EINVAL if it is longer than OT__BLOCKS_TEXT_MOST. */
ot_status ot__blocks_text(const ot__blocks *blocks, char text[OT__BLOCKS_TEXT_MOST]);
/* Whether two schemes are the same: equal names, and equal tableaux if they have one. */
bool ot__same_scheme(const ot_scheme *a, const ot_scheme *b);

/* A level: blocks, after a change of the image size.  They have one width, unless their scheme adds
 * channels. */
typedef struct ot__level {
    int width, stride; /* the width is that of the first block's x */
    bool derived;      /* the width is what the way down makes of the channels before it */
    int leaves;        /* channels after the last block */
} ot__level;

/* Parses "width:stride,width:stride"; a stride of 1 may be left out, and a width after the first
 * may be "*": it is 0 and `derived`.  Returns the number of levels in *n.  OT_EINVAL. */
ot_status ot__levels_parse(const char *text, int *n, ot__level level[OT__MOST_LEVELS]);
/* Writes the plain form, in which a stride of 1 is left out. */
void ot__levels_text(int n, const ot__level level[], char text[OT__LEVELS_TEXT_MOST]);

#endif
