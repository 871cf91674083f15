/* SPDX-License-Identifier: BSD-3-Clause
 * Reading numbers and names from text, whatever the locale. */
#ifndef OT_BASE_TEXT_H
#define OT_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/private.h"

/* A whole decimal number at *text within lo..hi; *text moves behind it.  false, with *text
 * unmoved, when there is no digit or the number is out of range. */
OT_PRIVATE bool ot__read_int(const char **text, long lo, long hi, long *value);

OT_PRIVATE void ot__skip_blanks(const char **text); /* spaces, tabs, line ends */

/* Bytes of the UTF-8 character that text begins with, 0 if it begins with none.  The text ends with
 * a zero, which is a character of one byte. */
int ot__utf8_character(const char *text);
/* The character that text begins with is a control character: C0, delete or C1. */
bool ot__is_control(const char *text);

#endif
