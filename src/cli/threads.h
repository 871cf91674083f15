/* SPDX-License-Identifier: BSD-3-Clause
 * Threads as the user wants them. */
#ifndef OT_CLI_THREADS_H
#define OT_CLI_THREADS_H

#include "cli/command.h"

/* Use so many threads; 0: as many as the library takes.  Returns CLI_GO_ON, or the exit code when
 * the reason was said. */
int cli_use_threads(const cli_command *self, int threads);

#endif
