/* SPDX-License-Identifier: BSD-3-Clause
 * What goes to stderr when something fails, and the exit code that goes with it. */
#ifndef OT_CLI_FRAME_MESSAGE_H
#define OT_CLI_FRAME_MESSAGE_H

#include "base/status.h"
#include "cli/frame/command.h"
#include "odetape.h"

/* The convention of errors: a function that can fail returns an ot_status, records a sentence with
 * ot__fail and prints nothing.  The dispatch gives the status of a command to cli_conclude, which
 * prints the sentence and returns the exit code; no other function knows exit codes.
 *
 * The program has some statuses of its own, after those of the library. */
#define CLI__ONE(name, text) +1
enum { CLI__FIRST = 0 OT_STATUS_LIST(CLI__ONE) };
#define CLI_DONE ((ot_status)CLI__FIRST)               /* all is done, as after --help */
#define CLI_NO ((ot_status)(CLI__FIRST + 1))           /* the command ran; its answer is no */
#define CLI_ECONFIG ((ot_status)(CLI__FIRST + 2))      /* a file asks for what cannot be */
#define CLI_EUNAVAILABLE ((ot_status)(CLI__FIRST + 3)) /* another program is missing or fails */
#define CLI_ESYSTEM ((ot_status)(CLI__FIRST + 4))      /* the system refuses a process or pipe */

/* The exit code after a signal is this and the signal. */
enum { CLI_SIGNALLED = 128 };

/* Returns text that a terminal can be given: what comes from a file, an argument or the environment
 * is printed through this.  Characters that are not printable (base/text.h) become '?'.  The result
 * is the text itself or a copy, which lasts until the 16th call after this one. */
const char *cli_shown(const char *text);
/* The same of at most the first n bytes. */
const char *cli_shown_part(const char *text, size_t n);

/* The end of a command that has printed all there is to say, such as its answer or how to go on:
 * returns the status with an empty sentence, so that nothing is printed after it. */
ot_status cli_silent(ot_status status);
/* The end of a command whose answer, which it has printed, is yes or no. */
ot_status cli_answer(bool yes);
/* OT_ENOMEM and its sentence. */
ot_status cli_no_memory(void);

/* The status of a computation that goes on from a checkpoint: options and data that do not suit it
 * (OT_EINVAL, OT_ESHAPE) are CLI_ECONFIG, since nobody typed them. */
ot_status cli_resumed(ot_status status);

/* "odetape: sentence" on stderr: what became of one of several runs, whose command goes on. */
void cli_print_message(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* "odetape: note: sentence", unless there was a note on the same subject, such as a path, before.
 */
void cli_note_once(const char *subject, const char *sentence);

/* The end of the process: prints the sentence of a failure and, for OT_EINVAL and OT_ESHAPE,
 * "Try 'odetape train --help'."; c may be NULL.  Returns the exit code. */
int cli_conclude(const cli_command *c, ot_status status);
/* The exit code of a status. */
int cli_exit_code(ot_status status);

/* Flushes stdout.  OT_EIO if something could not be written. */
ot_status cli_flush_stdout(void);

#endif
