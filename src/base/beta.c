/* SPDX-License-Identifier: BSD-3-Clause
 * Gamma numbers by the method of Marsaglia and Tsang ("A simple method for generating gamma
 * variables", 2000), which tries until it accepts; each try has a counter of its own.  A beta
 * number is g/(g + h) of two gamma numbers.  Logarithms are used, since g and h underflow for
 * small a. */
#include "base/beta.h"

#include <math.h>

/* A word as a number in (0, 1), without 0, whose logarithm is not finite. */
static double inside(uint32_t word)
{
    return (word + 0.5) * 0x1p-32;
}

double ot__log_gamma_number(double a, uint64_t seed, ot__purpose purpose, uint32_t c0, uint32_t c1,
                            uint32_t c2)
{
    const double d = (a < 1 ? a + 1 : a) - 1.0 / 3, c = 1 / sqrt(9 * d);
    for (uint32_t try = 0;; try++) {
        const ot__draw draw = ot__random(seed, purpose, c0, c1, c2, try);
        const double z = ot__normal(draw.word[0], draw.word[1]);
        const double v = (1 + c * z) * (1 + c * z) * (1 + c * z);
        if (v <= 0 || log(inside(draw.word[2])) >= z * z / 2 + d - d * v + d * log(v)) continue;
        /* A number for a + 1, times a uniform one to the power 1/a, is a number for a. */
        return log(d * v) + (a < 1 ? log(inside(draw.word[3])) / a : 0);
    }
}

double ot__beta_number(double a, double b, uint64_t seed, ot__purpose purpose, uint32_t c0,
                       uint32_t c1)
{
    const double g = ot__log_gamma_number(a, seed, purpose, c0, c1, 0);
    const double h = ot__log_gamma_number(b, seed, purpose, c0, c1, 1);
    return 1 / (1 + exp(h - g));
}
