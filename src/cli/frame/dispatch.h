/* SPDX-License-Identifier: BSD-3-Clause
 * All of the program except main.  Tests call cli_dispatch many times in one process. */
#ifndef OT_CLI_FRAME_DISPATCH_H
#define OT_CLI_FRAME_DISPATCH_H

/* Runs the command that the arguments, as main gets them, name.  Flushes stdout and returns the
 * exit code. */
int cli_dispatch(int argc, char **argv);

#endif
