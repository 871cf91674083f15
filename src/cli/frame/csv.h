/* SPDX-License-Identifier: BSD-3-Clause
 * Writing files of comma-separated values (RFC 4180). */
#ifndef OT_CLI_FRAME_CSV_H
#define OT_CLI_FRAME_CSV_H

#include <stdio.h>

/* Writes text as one field.  A text with a comma, a quote or a line end is put between quotes, and
 * its own quotes are doubled.  No other byte is changed. */
void cli_csv_field(FILE *to, const char *text);

#endif
