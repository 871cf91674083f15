/* SPDX-License-Identifier: BSD-3-Clause
 * Kinds of augmentation, as an option names them. */
#ifndef OT_CLI_FRAME_AUGMENTATION_H
#define OT_CLI_FRAME_AUGMENTATION_H

#include "odetape.h"

enum {
    CLI_AUGMENT_NONE,     /* the raw images */
    CLI_AUGMENT_STANDARD, /* crop and flip; the other kinds have a policy before these */
};

extern const char *const cli_augmentation_names[];

/* The policy of a kind, an index into the names. */
ot_policy cli_augmentation_policy(int kind);

#endif
