/* SPDX-License-Identifier: BSD-3-Clause
 * Reads a text line by line and makes messages that name a place in it. */
#ifndef OT_SCHEMES_TABLEAU_SOURCE_H
#define OT_SCHEMES_TABLEAU_SOURCE_H

#include <stdbool.h>

#include "base/status.h"

typedef struct ot__place {
    const char *origin; /* name of the text for messages, for example its path */
    int line, column;   /* from 1; columns count characters */
} ot__place;

/* A position in a text. */
typedef struct ot__source {
    const char *origin;
    int line;          /* from 1 */
    const char *start; /* the beginning of the line, which ends with '\n' or a zero byte */
    const char *at;    /* the position in the line */
} ot__source;

/* Goes to the first line.  OT_EFORMAT if the text is not UTF-8 or has control characters. */
ot_status ot__source_open(ot__source *s, const char *origin, const char *text, size_t size);
bool ot__next_line(ot__source *s); /* returns false at the end of the text */

ot__place ot__place_of(const ot__source *s, const char *at);

/* OT_EFORMAT with "origin:line:column: sentence". */
ot_status ot__complain(ot__place place, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

void ot__blanks(ot__source *s);       /* skips spaces, tabs and carriage returns */
bool ot__at_end(const ot__source *s); /* whether the line ends here or a comment begins */
bool ot__take(ot__source *s, char c); /* skips blanks; skips c and returns true if c follows */
/* The number of bytes of the word (letters, digits, underscores) at this place, at most 40, or of
 * the character there if it is no word. */
int ot__token(const char *at);

#endif
