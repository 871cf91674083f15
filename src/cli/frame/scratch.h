/* SPDX-License-Identifier: BSD-3-Clause
 * A temporary directory of this process, in TMPDIR, or in /tmp if TMPDIR is not set. */
#ifndef OT_CLI_FRAME_SCRATCH_H
#define OT_CLI_FRAME_SCRATCH_H

#include <limits.h>

#include "odetape.h"

typedef struct cli_scratch {
    char path[PATH_MAX]; /* "" if no directory was made */
} cli_scratch;

/* Makes the directory.  Returns OT_ECREATE, OT_EIO or OT_ENOMEM with a message that has the
 * reason. */
ot_status cli_scratch_make(cli_scratch *s);

/* Removes the directory and the files in it.  Does nothing if no directory was made. */
void cli_scratch_remove(cli_scratch *s);

#endif
