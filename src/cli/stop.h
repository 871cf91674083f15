/* SPDX-License-Identifier: BSD-3-Clause
 * Ctrl-C and SIGTERM: the first one asks, the second one ends the program at once. */
#ifndef OT_CLI_STOP_H
#define OT_CLI_STOP_H

#include <signal.h>

/* The signal that came, else 0. */
extern volatile sig_atomic_t cli_stop;

/* Catch both from now on; a signal that the caller of the program ignores stays ignored.  A closed
 * pipe becomes a write error, so that it cannot end a training. */
void cli_catch_signals(void);

#endif
