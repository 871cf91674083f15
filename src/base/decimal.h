/* SPDX-License-Identifier: BSD-3-Clause
 * Numbers as text, by one rule: options, experiment files and the environment have no other
 * reader, and numbers that were given or stored have no other writer.  A whole number is a sign,
 * which may be missing, and digits.  A decimal number may also have a point and an exponent: "12",
 * "-0.5", ".5", "1e-4".  Blanks, hexadecimal digits, "inf" and "nan", which the C library would
 * accept, are no numbers. */
#ifndef OT_BASE_DECIMAL_H
#define OT_BASE_DECIMAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/private.h"

/* Each reads the longest number that *text begins with, and moves *text to the character after it.
 * Returns false, with *text and *value unchanged, if there is none or it is out of range.  A number
 * that no double can hold is always out of range. */
OT_PRIVATE bool ot__read_whole(const char **text, long long least, long long most,
                               long long *value);
OT_PRIVATE bool ot__read_real(const char **text, double least, double most, double *value);

/* As ot__read_whole, but the number must begin with a digit. */
OT_PRIVATE bool ot__read_count(const char **text, int least, int most, int *value);

/* The text is one whole number without a sign, and nothing else. */
OT_PRIVATE bool ot__read_seed(const char *text, uint64_t *value);

/* Two decimal numbers with a character between them, "0.8,0.85", and nothing else. */
OT_PRIVATE bool ot__read_pair(const char *text, char between, double least, double most,
                              double value[2]);

/* Whether two texts are the same, except for the spelling of the numbers in them:
 * "batch(eps=1e-05)" and "batch(eps=1e-5)" are. */
OT_PRIVATE bool ot__same_decimals(const char *a, const char *b);

/* The buffer of a number as text.  Each function fills it and returns its text. */
typedef struct ot__real {
    char s[32];
} ot__real;

/* The shortest decimal that reads back as the same number: "0.1", "300", "1e-5".  Powers of ten
 * below 10^-4 and from 10^17 on are written with an exponent.  "inf", "nan" otherwise. */
OT_PRIVATE const char *ot__real_text(ot__real *t, double value);
OT_PRIVATE const char *ot__float_text(ot__real *t, float value);
/* The same of the number rounded to `digits` decimal digits, for what is measured: 12345.6 with 3
 * digits is "12300". */
OT_PRIVATE const char *ot__rounded_text(ot__real *t, double value, int digits);
/* The shortest decimal as an argument of printf and the like, valid to the end of the block. */
#define OT__REAL(value) ot__real_text(&(ot__real){ "" }, (value))
#define OT__ROUNDED(value, digits) ot__rounded_text(&(ot__real){ "" }, (value), (digits))

/* A number of bytes for people: "45.2 MiB", of 1048576 bytes each, with about three digits; "8192
 * B" below 10240.  One unit, so that two numbers can be compared at a glance. */
OT_PRIVATE const char *ot__bytes_text(ot__real *t, double bytes);
#define OT__BYTES(bytes) ot__bytes_text(&(ot__real){ "" }, (double)(bytes))

#endif
