/* SPDX-License-Identifier: BSD-3-Clause
 * Texts that live as long as an export: functions return them without giving them away. */
#ifndef OT_EXPORT_STRINGS_H
#define OT_EXPORT_STRINGS_H

#include <stdbool.h>
#include <stddef.h>

typedef struct ot__strings {
    char **of;
    size_t n, room;
    bool failed; /* there was no memory for one of them */
} ot__strings;

/* printf into a text that the strings keep; "" without memory, and then `failed` is set. */
const char *ot__say(ot__strings *s, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The whole number that a text begins with; 0 if it begins with none. */
int ot__leading_number(const char *text);
void ot__strings_free(ot__strings *s);

#endif
