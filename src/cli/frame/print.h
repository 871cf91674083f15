/* SPDX-License-Identifier: BSD-3-Clause
 * What goes to standard output or standard error.  Text in a format comes from our own source; text
 * that a format prints (%s) may come from a file, an argument or the environment. */
#ifndef OT_CLI_FRAME_PRINT_H
#define OT_CLI_FRAME_PRINT_H

#include <stdio.h>

/* As fprintf, except that every text printed by %s is cleaned first: characters that are not
 * printable (base/text.h) become '?', so that none steers the terminal or begins a line.  Every
 * printf with a %s in the program is this one (tests/lint/floors.sh). */
void cli_print(FILE *to, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The first n bytes of a text of several lines, cleaned except for its line ends and tabs.  Lines
 * after the first begin with `indent`, so that none is taken for one of the program's own. */
void cli_print_lines(FILE *to, const char *text, size_t n, const char *indent);

/* The errno of the first cli_print that could not be written; 0 if there was none. */
int cli_print_error(void);

#endif
