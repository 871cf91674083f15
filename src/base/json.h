/* SPDX-License-Identifier: BSD-3-Clause
 * What jansson leaves to its callers: telling a text that is wrong from a machine without memory,
 * and never losing a part of a value when there is none. */
#ifndef OT_BASE_JSON_H
#define OT_BASE_JSON_H

#include <jansson.h>

#include "base/status.h"

/* The value of a text without duplicate keys: OT_OK, OT_EFORMAT (*why says where and what) or
 * OT_ENOMEM; the message is the caller's.  why may be NULL. */
OT_PRIVATE ot_status ot__json_parse(const char *text, size_t size, json_t **value,
                                    json_error_t *why);

/* A text as a value: OT_OK, OT_EFORMAT when it is not UTF-8, or OT_ENOMEM; as above. */
OT_PRIVATE ot_status ot__json_text(const char *text, json_t **value);

/* The value as text in one line that a terminal can be given, for the caller to free with free();
 * NULL if there is no memory.  Characters in strings that are not printable (base/text.h) are
 * written as \uXXXX, which every reader takes for the same character. */
OT_PRIVATE char *ot__json_dump(const json_t *value, size_t flags);

/* Take a value over, into an object or to the end of an array.  Without memory for it, or when the
 * value is NULL because there was none before, all of *to is freed and becomes NULL, which makes
 * json_pack fail where it was to go. */
OT_PRIVATE void ot__json_set(json_t **to, const char *key, json_t *value);
OT_PRIVATE void ot__json_append(json_t **to, json_t *value);

#endif
