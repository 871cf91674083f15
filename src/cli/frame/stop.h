/* SPDX-License-Identifier: BSD-3-Clause
 * Signals that a training reacts to.  The first Ctrl-C, SIGTERM or SIGHUP asks it to save and end;
 * one that follows 0.2 s later or more ends the program at once.  SIGUSR1 asks it to save and
 * continue. */
#ifndef OT_CLI_FRAME_STOP_H
#define OT_CLI_FRAME_STOP_H

#include <signal.h>

/* cli_stop is the signal that asked for the end, or 0.  cli_save is 1 after a signal that asked to
 * save. */
extern volatile sig_atomic_t cli_stop, cli_save;

/* Installs the handlers.  A signal that the program was started to ignore stays ignored.  SIGPIPE
 * and SIGXFSZ are ignored, so that a closed pipe and a limited file size are errors of write and do
 * not end a training. */
void cli_catch_signals(void);

#endif
