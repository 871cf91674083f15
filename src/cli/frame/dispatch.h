/* SPDX-License-Identifier: BSD-3-Clause
 * The program without its process: tests run it over and over in theirs. */
#ifndef OT_CLI_FRAME_DISPATCH_H
#define OT_CLI_FRAME_DISPATCH_H

/* Runs the command that the arguments name, as main's, and flushes stdout.  The exit code. */
int cli_dispatch(int argc, char **argv);

#endif
