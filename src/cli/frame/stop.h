/* SPDX-License-Identifier: BSD-3-Clause
 * Signals to a training: the first Ctrl-C, SIGTERM or SIGHUP asks it to save and end, a second one
 * ends the program at once; SIGUSR1 asks it to save and go on. */
#ifndef OT_CLI_FRAME_STOP_H
#define OT_CLI_FRAME_STOP_H

#include <signal.h>

/* The signal that asked for the end, else 0; and whether one asked to save. */
extern volatile sig_atomic_t cli_stop, cli_save;

/* Catch them from now on; a signal that the caller of the program ignores stays ignored.  A closed
 * pipe and a file that may not grow become write errors, so that they cannot end a training. */
void cli_catch_signals(void);

#endif
