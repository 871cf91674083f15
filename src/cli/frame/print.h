/* SPDX-License-Identifier: BSD-3-Clause
 * Printing to standard output and standard error.  A format is text of our own source.  The text
 * that its %s prints may come from a file, an argument or the environment, and is cleaned. */
#ifndef OT_CLI_FRAME_PRINT_H
#define OT_CLI_FRAME_PRINT_H

#include <stdio.h>

/* Works as fprintf, except that %s prints '?' in place of characters that are not printable
 * (base/text.h).  So no text controls the terminal or starts a new line.  The program prints every
 * %s with this function (tests/lint/floors.sh checks it). */
void cli_print(FILE *to, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Prints the first n bytes of a text of several lines, cleaned except for line ends and tabs.
 * Lines after the first begin with `indent`, so that none looks like a line of the program's
 * own. */
void cli_print_lines(FILE *to, const char *text, size_t n, const char *indent);

/* Returns the errno of the first cli_print that failed; 0 if none did. */
int cli_print_error(void);

#endif
