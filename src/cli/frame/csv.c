/* SPDX-License-Identifier: BSD-3-Clause
 * Writes fields of comma-separated values (RFC 4180, section 2) directly to a stream, so a field
 * may have any length. */
#include "cli/frame/csv.h"

#include <string.h>

void cli_csv_field(FILE *to, const char *text)
{
    if (!text[strcspn(text, ",\"\r\n")]) {
        fputs(text, to);
        return;
    }
    fputc('"', to);
    for (; *text; text++) {
        if (*text == '"') fputc('"', to);
        fputc(*text, to);
    }
    fputc('"', to);
}
