/* SPDX-License-Identifier: BSD-3-Clause
 * Reads coefficients that are written as expressions, such as (2 - sqrt(2))/6. */
#ifndef OT_SCHEMES_TABLEAU_EXPR_H
#define OT_SCHEMES_TABLEAU_EXPR_H

#include "schemes/tableau/exact.h"
#include "schemes/tableau/source.h"

/* A coefficient as it was read.  A decimal may be the rounding of another number, by one unit of
 * its last digit.  One of fewer than six significant digits counts as exact, because most of them
 * are, such as 0.375; but a table of such decimals may be a rounded one.  The roundings of the
 * decimals in an expression are added up to first order. */
typedef struct ot__value {
    ot__exact x;
    double unit;   /* how far x may be from what it stands for; 0: x is exact */
    double coarse; /* the same if decimals of three to five digits may be rounded too */
    int digits;    /* of the decimal with the fewest of those that count in `unit`; 0: none */
} ot__value;

void ot__value_init(ot__value *v); /* sets v to 0 */
void ot__value_clear(ot__value *v);

/* The most digits of a number, and of p, q and r of every intermediate value (p + q*sqrt(d))/r. */
#define OT__DIGITS_MOST 200

/* Reads the expression at s->at and stops at the first character that cannot belong to it.  *root
 * is the d of the whole tableau; it is 1 until the first irrational square root sets it.  The
 * square root of a number that is too large for exact arithmetic, and a square root that is not in
 * Q(sqrt *root), are decimals of OT__ROOT_DIGITS digits.  OT_EFORMAT. */
enum { OT__ROOT_DIGITS = 60 };
ot_status ot__expr_read(ot__source *s, unsigned long *root, ot__value *value);

#endif
