/* SPDX-License-Identifier: BSD-3-Clause
 * Options as data: a row of a table says where a field is in a struct, and how its value is read
 * and written as text.  What is written can be read again. */
#ifndef OT_BASE_OPTION_H
#define OT_BASE_OPTION_H

#include <jansson.h>

#include "base/private.h"
#include "base/status.h"

/* Reads one value into its field of *of.  OT_EINVAL with a sentence that begins with the option's
 * name. */
OT_PRIVATE ot_status ot__option_read(const ot_option *o, const char *text, void *of);

/* The value as text; "" for a text or a list that is not given. */
OT_PRIVATE void ot__option_write(const ot_option *o, const void *of, char *text, size_t size);
enum { OT__OPTION_TEXT = 2304 }; /* room for every value: a network has up to 32 groups of blocks */

/* Copies the value from one struct to another; a text stays where it is. */
OT_PRIVATE void ot__option_copy(const ot_option *o, const void *from, void *to);

/* Whether ot__option_read accepts the text. */
OT_PRIVATE bool ot__option_accepts(const ot_option *o, const char *text);

/* Whether a value follows the option on a command line; false for kinds of the program's own. */
OT_PRIVATE bool ot__option_has_argument(const ot_option *o);

/* The value as JSON: a number, a word, true or false, or an array.  NULL without memory. */
json_t *ot__option_json(const ot_option *o, const void *of);

/* Whether the value is worth a line in a file: it can be read again, and is not the default that
 * files leave out. */
bool ot__option_is_written(const ot_option *o, const void *of);

#endif
