/* SPDX-License-Identifier: BSD-3-Clause
 * The stability region of a scheme, |R(z)| <= 1, and the rectangle that contains it. */
#ifndef OT_CLI_REPORT_REGION_H
#define OT_CLI_REPORT_REGION_H

#include <complex.h>

#include "odetape.h"

typedef struct cli_region {
    double left, right, top; /* the rectangle: left to right, -top to top */
} cli_region;

/* Returns |R(z)|. */
double cli_stability_modulus(const ot_stability *s, double complex z);
/* Extends the rectangle so that it contains the stability region of s, to the precision of the
 * grid. */
void cli_region_cover(cli_region *region, const ot_stability *s);
/* Adds a margin on all sides. */
void cli_region_widen(cli_region *region);

#endif
