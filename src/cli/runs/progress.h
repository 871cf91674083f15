/* SPDX-License-Identifier: BSD-3-Clause
 * Progress of a training on stderr: one line that is drawn again and again on a terminal; in a file
 * or a pipe one plain line an epoch, and one a minute when an epoch takes longer. */
#ifndef OT_CLI_RUNS_PROGRESS_H
#define OT_CLI_RUNS_PROGRESS_H

#include <stdbool.h>

#include "odetape.h"

typedef struct cli_progress {
    bool terminal, colour, blocks; /* blocks: the terminal shows Unicode */
    bool drawn;                    /* a line is on the screen without its end */
    double last;                   /* when something was written */
} cli_progress;

void cli_progress_start(cli_progress *p);
void cli_progress_batch(cli_progress *p, const ot_train_progress *now);
void cli_progress_epoch(cli_progress *p, const ot_epoch_result *e, int epochs);
/* Take the line away, before anything else is written. */
void cli_progress_clear(cli_progress *p);

#endif
