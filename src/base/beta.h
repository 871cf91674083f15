/* SPDX-License-Identifier: BSD-3-Clause
 * Numbers of gamma and beta distributions: pure functions of a key and a counter (base/rng.h). */
#ifndef OT_BASE_BETA_H
#define OT_BASE_BETA_H

#include "base/rng.h"

/* The logarithm of a number with density x^(a-1) e^-x / Gamma(a), a > 0.  For small a the number
 * itself may be too small for a double.  The counter is (c0, c1, c2); the fourth word counts the
 * tries. */
double ot__log_gamma_number(double a, uint64_t seed, ot__purpose purpose, uint32_t c0, uint32_t c1,
                            uint32_t c2);

/* A number between 0 and 1 with density proportional to x^(a-1) (1-x)^(b-1); a, b > 0.  The counter
 * is (c0, c1), with 0 and 1 as third words. */
double ot__beta_number(double a, double b, uint64_t seed, ot__purpose purpose, uint32_t c0,
                       uint32_t c1);

#endif
