/* SPDX-License-Identifier: BSD-3-Clause
 * Reads coefficients that are written as expressions, such as (2 - sqrt(2))/6. */
#ifndef OT_SCHEMES_TABLEAU_EXPR_H
#define OT_SCHEMES_TABLEAU_EXPR_H

#include "schemes/tableau/exact.h"
#include "schemes/tableau/source.h"

/* The most digits of a number, and of p, q and r of every intermediate value (p + q*sqrt(d))/r. */
#define OT__DIGITS_MOST 200

/* Reads the expression at s->at and stops at the first character that cannot belong to it.  *root
 * is the d of the whole tableau; it is 1 until the first irrational square root sets it.
 * OT_EFORMAT. */
ot_status ot__expr_read(ot__source *s, unsigned long *root, ot__exact *value);

#endif
