/* SPDX-License-Identifier: BSD-3-Clause
 * Writing a page in one file: it has its style sheet inside, no script, and no reference to another
 * file.  It is HTML and well-formed XML.  Text is escaped. */
#ifndef OT_CLI_REPORT_HTML_H
#define OT_CLI_REPORT_HTML_H

#include <stdbool.h>
#include <stdio.h>

#include "odetape.h"

/* Forgets the sections and failures of an earlier page. */
void cli_html_begin(void);
/* Writes the head.  A browser loads the page again every `refresh` seconds; 0: never.  `more` is
 * added to the style sheet. */
void cli_html_open(FILE *to, const char *title, int refresh, const char *more);
void cli_html_close(FILE *to);

/* Writes the heading of a section; cli_html_contents lists those written since cli_html_begin. */
void cli_html_section(FILE *to, const char *title);
void cli_html_contents(FILE *to);

/* Writes a formula in ASCII, such as "y = x + sum_i b_i k_i", with variables, indices and powers
 * as they are printed.  Letters that stand alone are variables. */
void cli_html_formula(FILE *to, const char *text);

/* Writes text with markup escaped.  Control characters, except line feed and tab, and bytes that
 * are not UTF-8 are replaced. */
void cli_html_text(FILE *to, const char *text);
/* The same for a format; at most 4 KiB are written. */
void cli_html_put(FILE *to, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Writes <TAG>text</TAG>.  tag may have attributes: "td class='n'". */
void cli_html_element(FILE *to, const char *tag, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Writes a paragraph that says what is missing, and why. */
void cli_html_missing(FILE *to, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Records that a part of the page is left out because of a status.  OT_ENOMEM and OT_EIO are kept,
 * since then the page is incomplete.  Other statuses are facts about a run, which the page
 * states. */
void cli_html_record_failure(ot_status status);
/* Works as ferror for the page that was opened last: returns OT_OK or the first status kept. */
ot_status cli_html_failure(void);

/* Writes a picture from the bytes of its file.  type is such as "image/png"; alt describes what the
 * picture shows. */
void cli_html_image(FILE *to, const char *type, const char *alt, const char *data, size_t size);

#endif
