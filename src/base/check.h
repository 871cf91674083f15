/* SPDX-License-Identifier: BSD-3-Clause
 * Checks of the arguments of public functions.  A public function checks its arguments with these
 * functions before it does anything else, so that every message about a wrong argument has the same
 * form.  `who` is the word that messages of the public function begin with, `what` names the
 * argument. */
#ifndef OT_BASE_CHECK_H
#define OT_BASE_CHECK_H

#include "base/status.h"

/* Each returns OT_OK if its comment holds, otherwise OT_EINVAL with a message. */

/* p is not NULL. */
ot_status ot__check_given(const char *who, const char *what, const void *p);

/* value belongs to an enum whose values are 0 to `last`. */
ot_status ot__check_choice(const char *who, const char *what, int value, int last);

/* least <= n <= most. */
ot_status ot__check_count(const char *who, const char *what, long n, long least, long most);

/* x is finite, and least <= x <= most. */
ot_status ot__check_number(const char *who, const char *what, double x, double least, double most);

/* `list` has n elements: n is not negative, and list is not NULL unless n is 0. */
ot_status ot__check_list(const char *who, const char *what, int n, const void *list);

/* Every file can hold the name: it is not empty, it is UTF-8 without control characters, and it has
 * at most OT__LONGEST_NAME bytes. */
enum { OT__LONGEST_NAME = 1000 };
ot_status ot__check_name(const char *who, const char *what, const char *name);

#endif
