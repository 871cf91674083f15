/* SPDX-License-Identifier: BSD-3-Clause
 * Coefficients as expressions. */
#ifndef OT_SCHEMES_TABLEAU_EXPR_H
#define OT_SCHEMES_TABLEAU_EXPR_H

#include "schemes/tableau/exact.h"
#include "schemes/tableau/source.h"

/* Digits of a number, and of p, q and r of any value (p + q*sqrt(d))/r on the way. */
#define OT__DIGITS_MOST 200

/* Read the expression at s->at up to what cannot belong to it.  *root is the d that the whole
 * tableau has in common: 1 until the first irrational square root sets it.  OT_EFORMAT. */
ot_status ot__expr_read(ot__source *s, unsigned long *root, ot__exact *value);

#endif
