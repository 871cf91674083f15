/* SPDX-License-Identifier: BSD-3-Clause
 * A text being read line by line, and complaints about places in it. */
#ifndef OT_SCHEMES_TABLEAU_SOURCE_H
#define OT_SCHEMES_TABLEAU_SOURCE_H

#include <stdbool.h>

#include "base/status.h"

typedef struct ot__place {
    const char *origin; /* what the text is called */
    int line, column;   /* from 1; columns count characters */
} ot__place;

/* at moves within the line that begins at start; '\n' or the zero byte ends it. */
typedef struct ot__source {
    const char *origin;
    int line;
    const char *start, *at;
} ot__source;

/* The first line of a text that is valid UTF-8 without control characters, else OT_EFORMAT. */
ot_status ot__source_open(ot__source *s, const char *origin, const char *text, size_t size);
bool ot__next_line(ot__source *s); /* false at the end of the text */

ot__place ot__place_of(const ot__source *s, const char *at);

/* OT_EFORMAT with "origin:line:column: sentence". */
ot_status ot__complain(ot__place place, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

void ot__blanks(ot__source *s);       /* skip what separates words in a line */
bool ot__at_end(const ot__source *s); /* the line ends here, or a comment begins */
bool ot__take(ot__source *s, char c); /* skip blanks, then c if it is there */
/* Bytes of the word (letters, digits, underscores) or else of the one character at this place. */
int ot__token(const char *at);

#endif
