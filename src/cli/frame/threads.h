/* SPDX-License-Identifier: BSD-3-Clause
 * Threads as the user wants them. */
#ifndef OT_CLI_FRAME_THREADS_H
#define OT_CLI_FRAME_THREADS_H

#include "cli/frame/command.h"

/* Use so many threads; 0: as many as the library takes.   */
ot_status cli_use_threads(int threads);

/* Threads of libgomp that wait for work spin before they sleep, by default so long that on a
 * machine which other programs use too they take the time of those that they wait for: a step of a
 * small network then takes ten times as long.  Unless the environment says how to wait, begin the
 * program again with a spin that is as fast on a machine of one's own; returns if that is not
 * possible. */
void cli_spin_briefly(char **argv);

#endif
