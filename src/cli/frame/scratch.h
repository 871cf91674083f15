/* SPDX-License-Identifier: BSD-3-Clause
 * A directory for files that only this process needs, in TMPDIR, or in /tmp if that is not set. */
#ifndef OT_CLI_FRAME_SCRATCH_H
#define OT_CLI_FRAME_SCRATCH_H

#include <limits.h>

#include "odetape.h"

typedef struct cli_scratch {
    char path[PATH_MAX]; /* "" if there is none */
} cli_scratch;

/* Make it.  OT_ECREATE, OT_EIO or OT_ENOMEM with a message that has the reason. */
ot_status cli_scratch_make(cli_scratch *s);

/* Remove it and the files in it; does nothing if it was not made. */
void cli_scratch_remove(cli_scratch *s);

#endif
