/* SPDX-License-Identifier: BSD-3-Clause
 * What goes to stderr when something fails, and the exit code that goes with it. */
#ifndef OT_CLI_FRAME_MESSAGE_H
#define OT_CLI_FRAME_MESSAGE_H

#include <sysexits.h>

#include "cli/frame/command.h"
#include "odetape.h"

enum {
    CLI_NEGATIVE = 1,   /* the command ran; its answer is no */
    CLI_DIVERGED = 79,  /* the loss is not a number */
    CLI_SIGNALLED = 128 /* plus the signal */
};

/* Returns text that a terminal can be given: what comes from a file, an argument or the environment
 * is printed through this.  Characters that are not printable (base/text.h) become '?'.  The result
 * is the text itself or a copy, which lasts until the 16th call after this one. */
const char *cli_shown(const char *text);
/* The same of at most the first n bytes. */
const char *cli_shown_part(const char *text, size_t n);

/* From now on sentences are kept instead of printed, for an attempt that may be made again; then
 * print them or forget them. */
void cli_hold_messages(void);
void cli_release_messages(bool print);

/* "odetape: sentence"; returns the exit code, so that a check is one line. */
int cli_fail(int code, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* "odetape: note: sentence", unless there was a note on the same subject, such as a path, before.
 */
void cli_note_once(const char *subject, const char *sentence);
/* The same for want of memory. */
int cli_no_memory(void);
/* The same and "Try 'odetape train --help'."; c may be NULL.  Returns EX_USAGE. */
int cli_usage(const cli_command *c, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The library's message and the exit code for its status. */
int cli_fail_status(const cli_command *c, ot_status status);
int cli_exit_code(ot_status status);
/* The same for a training that goes on from a checkpoint: options and data that are not those of
 * the checkpoint are EX_CONFIG, since nobody typed them. */
int cli_fail_resumed(const cli_command *c, ot_status status);

/* Flush stdout; code, or EX_IOERR with a message when something could not be written. */
int cli_close_stdout(int code);

#endif
