/* SPDX-License-Identifier: BSD-3-Clause
 * Reads characters from text, in any locale, and makes text safe to print. */
#ifndef OT_BASE_TEXT_H
#define OT_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/private.h"

/* Moves *text to the next character that is no space, tab or line end. */
OT_PRIVATE void ot__skip_blanks(const char **text);

/* Returns the length in bytes of the UTF-8 character at text (RFC 3629), or 1 for a byte that
 * begins no character.  *printable becomes false for such a byte and for every character that
 * controls a terminal or reorders what is shown: C0, DEL, C1, the bidirectional controls, the
 * separators of lines and of paragraphs, U+FFFE and U+FFFF.  text must not be empty. */
OT_PRIVATE int ot__read_character(const char *text, bool *printable);

/* Whether every character of the text is printable. */
OT_PRIVATE bool ot__is_printable(const char *text);
/* Replaces each character that is not printable by '?'.  The text does not become longer. */
OT_PRIVATE void ot__make_printable(char *text);

#endif
