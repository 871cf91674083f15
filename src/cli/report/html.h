/* SPDX-License-Identifier: BSD-3-Clause
 * A page that needs nothing else: well-formed XML as well as HTML, one style sheet within it, no
 * script and no reference to another file.  What is not markup is escaped. */
#ifndef OT_CLI_REPORT_HTML_H
#define OT_CLI_REPORT_HTML_H

#include <stdbool.h>
#include <stdio.h>

#include "odetape.h"

void cli_html_open(FILE *to, const char *title);
void cli_html_close(FILE *to);

/* Text as text: markup, control characters and bytes that are not UTF-8 lose their meaning; a line
 * feed and a tab stay. */
void cli_html_text(FILE *to, const char *text);
/* The same of a format, up to 4 KiB. */
void cli_html_put(FILE *to, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* <TAG>text</TAG>; attributes within the first tag: "td class='n'". */
void cli_html_element(FILE *to, const char *tag, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* A paragraph that says what is not there, and why. */
void cli_html_missing(FILE *to, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Memory that ran out, or a disk that failed, while a page was written is no fact about what it
 * shows: whoever leaves something out because of a status says so here. */
void cli_html_record_failure(ot_status status);
/* As ferror, of the page that was opened last: OT_OK, or the first OT_ENOMEM or OT_EIO heeded. */
ot_status cli_html_failure(void);

/* A file's bytes as a picture of a type, "image/png"; alt is what it shows. */
void cli_html_image(FILE *to, const char *type, const char *alt, const char *data, size_t size);

#endif
