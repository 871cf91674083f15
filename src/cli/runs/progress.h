/* SPDX-License-Identifier: BSD-3-Clause
 * Progress of a training on stderr.  On a terminal it is one line that is redrawn.  In a file or a
 * pipe it is one plain line per epoch, and one per minute if an epoch takes longer. */
#ifndef OT_CLI_RUNS_PROGRESS_H
#define OT_CLI_RUNS_PROGRESS_H

#include <stdbool.h>

#include "odetape.h"

typedef struct cli_progress {
    bool terminal, colour, blocks; /* blocks: the terminal shows Unicode */
    bool wide;                     /* lines of epochs have all numbers */
    double last;                   /* time of the last output, in seconds */
} cli_progress;

void cli_progress_start(cli_progress *p);
void cli_progress_batch(cli_progress *p, const ot_train_progress *now);
void cli_progress_epoch(cli_progress *p, const ot_epoch_result *e, int epochs);
/* Erases the line, before anything else is written to the terminal, also the "^C" of a terminal. */
void cli_progress_clear(const cli_progress *p);

#endif
