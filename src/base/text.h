/* SPDX-License-Identifier: BSD-3-Clause
 * Reading numbers and characters from text, in any locale, and making text safe to show. */
#ifndef OT_BASE_TEXT_H
#define OT_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/private.h"

/* A whole decimal number at *text within lo..hi; *text moves behind it.  false, with *text
 * unmoved, when there is no digit or the number is out of range. */
OT_PRIVATE bool ot__read_int(const char **text, long lo, long hi, long *value);

OT_PRIVATE void ot__skip_blanks(const char **text); /* spaces, tabs, line ends */

/* Returns how many bytes the UTF-8 character at text has, by RFC 3629, and 1 for a byte that begins
 * none.  *printable becomes false for such a byte and for every character that steers a terminal or
 * reorders what is shown: C0, DEL, C1, the bidirectional controls, the separators of lines and of
 * paragraphs, U+FFFE and U+FFFF.  text must not be at its end. */
OT_PRIVATE int ot__read_character(const char *text, bool *printable);

/* Whether every character of the text is printable. */
OT_PRIVATE bool ot__is_printable(const char *text);
/* Replaces each character that is not printable by '?'.  The text stays one line and gets no
 * longer. */
OT_PRIVATE void ot__make_printable(char *text);

#endif
