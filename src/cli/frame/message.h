/* SPDX-License-Identifier: BSD-3-Clause
 * Errors of the program: the convention, the messages on stderr, and the exit codes. */
#ifndef OT_CLI_FRAME_MESSAGE_H
#define OT_CLI_FRAME_MESSAGE_H

#include "base/status.h"
#include "cli/frame/command.h"
#include "odetape.h"

/* The convention of errors: a function that can fail returns an ot_status, records a sentence with
 * ot__fail and prints nothing.  The dispatch gives the status of a command to cli_conclude, which
 * prints the sentence and returns the exit code; no other function knows exit codes.
 *
 * The statuses below exist in the program only; their numbers follow those of the library. */
#define CLI__ONE(name, text) +1
enum { CLI__FIRST = 0 OT_STATUS_LIST(CLI__ONE) };
#define CLI_DONE ((ot_status)CLI__FIRST)               /* nothing is left to do, as after --help */
#define CLI_NO ((ot_status)(CLI__FIRST + 1))           /* the command ran; its answer is no */
#define CLI_ECONFIG ((ot_status)(CLI__FIRST + 2))      /* a file asks for something impossible */
#define CLI_EUNAVAILABLE ((ot_status)(CLI__FIRST + 3)) /* another program is missing or fails */
#define CLI_ESYSTEM ((ot_status)(CLI__FIRST + 4))      /* the system refuses a process or pipe */

/* The exit code after a signal is the sum of this and the signal's number. */
enum { CLI_SIGNALLED = 128 };

/* Returns the text with '?' in place of characters that are not printable (base/text.h).  Text from
 * a file, an argument or the environment must be printed through this function, so that it cannot
 * control the terminal.  The result is the text itself or a copy that stays valid for the next 15
 * calls. */
const char *cli_shown(const char *text);
/* The same for at most the first n bytes of the text, which need not end with a 0. */
const char *cli_shown_part(const char *text, size_t n);

/* Returns the status with an empty sentence, so that cli_conclude prints nothing.  For a command
 * that has already printed why it fails. */
ot_status cli_silent(ot_status status);
/* Returns OT_OK for yes and a silent CLI_NO for no.  For a command that has printed its answer. */
ot_status cli_answer(bool yes);
/* Returns OT_ENOMEM and sets its sentence. */
ot_status cli_no_memory(void);

/* Returns CLI_ECONFIG in place of OT_EINVAL and OT_ESHAPE, and any other status unchanged.  For a
 * computation that resumes from a checkpoint: its options come from a file, so advice on the
 * command line would be wrong. */
ot_status cli_resumed(ot_status status);

/* Prints "odetape: sentence" to stderr. */
void cli_print_message(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Prints "odetape: note: sentence" to stderr, unless a note on the same subject, such as a path,
 * was printed before. */
void cli_note_once(const char *subject, const char *sentence);

/* Ends a command: prints the sentence of a failure and returns the exit code.  After OT_EINVAL and
 * OT_ESHAPE it also prints "Try 'odetape train --help'."; c is the command to name, or NULL. */
int cli_conclude(const cli_command *c, ot_status status);
/* Returns the exit code of a status. */
int cli_exit_code(ot_status status);

/* Flushes stdout.  Returns OT_EIO if this or an earlier write to it failed. */
ot_status cli_flush_stdout(void);

#endif
