/* SPDX-License-Identifier: BSD-3-Clause
 * Fields go straight to their stream, so no length is too long (RFC 4180, section 2). */
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
