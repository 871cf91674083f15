/* SPDX-License-Identifier: BSD-3-Clause
 * Calls of jansson that report lack of memory.  jansson itself fails in the same way for a text
 * that is not JSON and for lack of memory, and it drops parts of a value that it has no memory
 * for. */
#ifndef OT_BASE_JSON_H
#define OT_BASE_JSON_H

#include <jansson.h>

#include "base/status.h"

/* Parses a JSON text.  OT_EFORMAT if it is not JSON or has a key twice, and then *why says what is
 * wrong and where (why may be NULL); OT_ENOMEM.  Sets no message. */
OT_PRIVATE ot_status ot__json_parse(const char *text, size_t size, json_t **value,
                                    json_error_t *why);

/* Makes a JSON string of a text.  OT_EFORMAT if it is not UTF-8, OT_ENOMEM.  Sets no message. */
OT_PRIVATE ot_status ot__json_text(const char *text, json_t **value);

/* The value as text that a terminal can be given, in one line unless flags indent it, for the
 * caller to free with free(); NULL if there is no memory.  Characters in strings that are not
 * printable (base/text.h) are written as \uXXXX, which every reader takes for the same character.
 * Numbers are the shortest that read back the same (base/decimal.h). */
OT_PRIVATE char *ot__json_dump(const json_t *value, size_t flags);

/* Whether two values are equal, except for the spelling of numbers in texts (ot__same_decimals):
 * files of earlier versions have other spellings.  A value that is NULL equals none. */
OT_PRIVATE bool ot__json_same(const json_t *a, const json_t *b);

/* Adds a value to an object, or to the end of an array, which then owns it.  If that fails for lack
 * of memory, or value is NULL because making it failed, *to is freed and set to NULL.  json_pack
 * fails when it is given this NULL, so it is enough to check the outermost value. */
OT_PRIVATE void ot__json_set(json_t **to, const char *key, json_t *value);
OT_PRIVATE void ot__json_append(json_t **to, json_t *value);

#endif
