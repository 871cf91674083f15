/* SPDX-License-Identifier: BSD-3-Clause
 * Checks of the arguments of public functions.  A public function checks what it is given before it
 * does anything else, with these functions, so that every wrong argument is named the same way:
 * `who` is the word that the sentences of that function begin with, `what` the argument. */
#ifndef OT_BASE_CHECK_H
#define OT_BASE_CHECK_H

#include "base/status.h"

/* All of them return OT_OK or OT_EINVAL with a sentence. */

/* p is not NULL. */
ot_status ot__check_given(const char *who, const char *what, const void *p);

/* value is one of an enum that counts from 0 to `last`. */
ot_status ot__check_choice(const char *who, const char *what, int value, int last);

/* least <= n <= most. */
ot_status ot__check_count(const char *who, const char *what, long n, long least, long most);

/* x is finite, and least <= x <= most. */
ot_status ot__check_number(const char *who, const char *what, double x, double least, double most);

/* n things can be read from `list`: n is not negative, and list is not NULL unless n is 0. */
ot_status ot__check_list(const char *who, const char *what, int n, const void *list);

/* A name that every file can hold: not empty, UTF-8, no control characters, at most
 * OT__LONGEST_NAME bytes. */
enum { OT__LONGEST_NAME = 1000 };
ot_status ot__check_name(const char *who, const char *what, const char *name);

#endif
