/* SPDX-License-Identifier: BSD-3-Clause
 * The number of threads, and how they wait for work. */
#ifndef OT_CLI_FRAME_THREADS_H
#define OT_CLI_FRAME_THREADS_H

#include "cli/frame/command.h"

/* Starts this many threads; 0: the library's default.  Prints a note if there are fewer CPUs. */
ot_status cli_use_threads(int threads);

/* Limits how long threads of libgomp spin for work before they sleep, unless the environment says
 * how they wait.  It sets GOMP_SPINCOUNT and executes the program again with the arguments argv;
 * returns if that is not possible.  By default, threads spin for a long time.  If other programs
 * use the machine too, they take CPU time from the threads that they wait for, and a step of a
 * small network takes ten times as long.  On an idle machine the limit costs no time. */
void cli_spin_briefly(char **argv);

#endif
