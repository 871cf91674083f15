/* SPDX-License-Identifier: BSD-3-Clause
 * Texts in files of comma-separated values (RFC 4180). */
#ifndef OT_CLI_FRAME_CSV_H
#define OT_CLI_FRAME_CSV_H

#include <stdio.h>

/* Writes a text as one field.  One that holds a comma, a quote or the end of a line is put between
 * quotes, and its own quotes are doubled; its bytes are not changed otherwise. */
void cli_csv_field(FILE *to, const char *text);

#endif
