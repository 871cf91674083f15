/* SPDX-License-Identifier: BSD-3-Clause
 * Numbers as text, by one rule: options, experiment files and the environment have no other
 * reader.  A whole number is a sign, which may be missing, and digits.  A decimal number may also
 * have a point and an exponent: "12", "-0.5", ".5", "1e-4".  Blanks, hexadecimal digits, "inf" and
 * "nan", which the C library would accept, are no numbers. */
#ifndef OT_BASE_DECIMAL_H
#define OT_BASE_DECIMAL_H

#include <stdbool.h>
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

#endif
