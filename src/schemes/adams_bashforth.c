/* SPDX-License-Identifier: BSD-3-Clause
 * Adams-Bashforth methods of order 2, 3 and 4 (Hairer, Norsett, Wanner 1993, III.1):
 *
 *     y = s + h (beta_1 k_n + beta_2 k_{n-1} + ...),   k_n = f(x_n)
 *
 * s is x after the block's change of shape.  Each block evaluates f once and reads the k of the
 * blocks before it.  A level starts without them, so its block n has order n + 1 at most: Euler
 * first, then ab2, and so on. */
#include "odetape.h"

enum { MOST_ORDER = 4 };

/* beta[p - 1] are the weights of order p. */
static const double beta[MOST_ORDER][MOST_ORDER] = {
    { 1.0 },
    { 3.0 / 2, -1.0 / 2 },
    { 23.0 / 12, -16.0 / 12, 5.0 / 12 },
    { 55.0 / 24, -59.0 / 24, 37.0 / 24, -9.0 / 24 },
};

/* The state is { x_n, k_{n-1}, k_{n-2}, ... }, with at most order - 1 of the k. */
static ot_state advance(ot_block *b, ot_state in, int order)
{
    const int terms = in.n < order ? in.n : order;
    ot_state out = { .n = terms < order ? terms + 1 : order };
    ot_var k[MOST_ORDER] = { ot_block_eval(b, in.v[0], NULL) };
    for (int i = 1; i < terms; i++)
        k[i] = in.v[i];
    out.v[0] = ot_block_sum(b, ot_block_shortcut(b, in.v[0]), terms, beta[terms - 1], k, 1);
    for (int i = 1; i < out.n; i++)
        out.v[i] = k[i - 1];
    return out;
}

static ot_state step2(ot_block *b, ot_state in)
{
    return advance(b, in, 2);
}

static ot_state step3(ot_block *b, ot_state in)
{
    return advance(b, in, 3);
}

static ot_state step4(ot_block *b, ot_state in)
{
    return advance(b, in, 4);
}

enum { FLAGS = OT_SCHEME_STEP | OT_SCHEME_STEP_CHANNEL };
static const char reference[] = "Bashforth and Adams 1883";

OT_SCHEME(ab2, .about.equation = "y = s + h (3 k_n - k_{n-1}) / 2", .about.reference = reference,
          .evaluations = 1, .flags = FLAGS, .step = step2);
OT_SCHEME(ab3, .about.equation = "y = s + h (23 k_n - 16 k_{n-1} + 5 k_{n-2}) / 12",
          .about.reference = reference, .evaluations = 1, .flags = FLAGS, .step = step3);
OT_SCHEME(ab4, .about.equation = "y = s + h (55 k_n - 59 k_{n-1} + 37 k_{n-2} - 9 k_{n-3}) / 24",
          .about.reference = reference, .evaluations = 1, .flags = FLAGS, .step = step4);
