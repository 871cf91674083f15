/* SPDX-License-Identifier: BSD-3-Clause
 * Numbers as text for people, and two numbers that the system reports. */
#ifndef OT_CLI_FRAME_TEXT_H
#define OT_CLI_FRAME_TEXT_H

#include <stddef.h>

/* The buffer of a number.  Each function below fills the caller's buffer and returns its text. */
typedef struct cli_text {
    char s[32];
} cli_text;

const char *cli_bytes(cli_text *t, double bytes);      /* "45.2 MiB", as base/decimal.h */
const char *cli_flops(cli_text *t, double flops);      /* "12.3 MFLOP" */
const char *cli_grouped(cli_text *t, size_t n);        /* "298,314" */
const char *cli_rate(cli_text *t, double per_second);  /* "5804"; "-" unless above 0 */
const char *cli_duration(cli_text *t, double seconds); /* "1:12:40", "2:07", "9 s" */

/* Returns the width of the terminal at fd in characters: COLUMNS if it is set, otherwise what the
 * terminal reports, otherwise 80. */
int cli_columns(int fd);
/* Returns how many characters a line that is redrawn may have: three fewer than the terminal.  The
 * "^C" that a terminal writes after the line when Ctrl-C is pressed then stays on the line, and is
 * erased with it; a character in the last column may wrap. */
int cli_redrawn_columns(int fd);
/* Erases the line of the terminal at stderr.  The caller knows that it is a terminal. */
void cli_erase_line(void);
/* Returns the machine's memory in bytes. */
double cli_memory(void);

#endif
