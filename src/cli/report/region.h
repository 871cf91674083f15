/* SPDX-License-Identifier: BSD-3-Clause
 * The region |R(z)| <= 1 around 0 of a scheme. */
#ifndef OT_CLI_REPORT_REGION_H
#define OT_CLI_REPORT_REGION_H

#include <complex.h>

#include "odetape.h"

typedef struct cli_region {
    double left, right, top; /* symmetric about the real axis */
} cli_region;

/* |R(z)|. */
double cli_stability_modulus(const ot_stability *s, double complex z);
/* Let the region of s be within: coarsely, over what surely contains it. */
void cli_region_cover(cli_region *region, const ot_stability *s);
/* Room around it. */
void cli_region_widen(cli_region *region);

#endif
