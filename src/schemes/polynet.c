/* SPDX-License-Identifier: BSD-3-Clause
 * The modules of PolyNet (Zhang et al. 2017), with n = 2 or 3:
 *
 *     poly n    y = s + h (F(x) + F(F(x)) + ...)    one f: the start of the series of (I - F)^-1
 *     mpoly n   y = s + h (F(x) + G(F(x)) + ...)    each f its own
 *     way n     y = s + h (F(x) + G(x) + ...)       each f its own
 *
 * s is x after the block's change of shape.  An f that is applied several times has one set of
 * weights, and statistics per evaluation. */
#include "odetape.h"

enum { MOST = 3 };

/* The weights of f: one set for all evaluations, or one per evaluation. */
enum { EACH_ITS_OWN = 0, ONE_SET = 1 };

static ot_state sum(ot_block *b, ot_var x, int n, const ot_var u[])
{
    static const double one[MOST] = { 1, 1, 1 };
    const ot_var y = ot_block_sum(b, ot_block_shortcut(b, x), n, one, u, 1);
    return ot_state_of(1, &y);
}

/* Each evaluation reads the result of the one before it. */
static ot_state chain(ot_block *b, ot_state in, int n, int set)
{
    ot_var u[MOST];
    for (int i = 0; i < n; i++)
        u[i] = ot_block_eval(b, i == 0 ? in.v[0] : u[i - 1], &(ot_eval_opts){ .set = set });
    return sum(b, in.v[0], n, u);
}

/* All evaluations read x. */
static ot_state fan(ot_block *b, ot_state in, int n)
{
    ot_var u[MOST];
    for (int i = 0; i < n; i++)
        u[i] = ot_block_eval(b, in.v[0], NULL);
    return sum(b, in.v[0], n, u);
}

static ot_state step_poly2(ot_block *b, ot_state in)
{
    return chain(b, in, 2, ONE_SET);
}

static ot_state step_poly3(ot_block *b, ot_state in)
{
    return chain(b, in, 3, ONE_SET);
}

static ot_state step_mpoly2(ot_block *b, ot_state in)
{
    return chain(b, in, 2, EACH_ITS_OWN);
}

static ot_state step_mpoly3(ot_block *b, ot_state in)
{
    return chain(b, in, 3, EACH_ITS_OWN);
}

static ot_state step_way2(ot_block *b, ot_state in)
{
    return fan(b, in, 2);
}

static ot_state step_way3(ot_block *b, ot_state in)
{
    return fan(b, in, 3);
}

enum { FLAGS = OT_SCHEME_STEP | OT_SCHEME_STEP_CHANNEL };
static const char reference[] = "Zhang et al. 2017";

OT_SCHEME(poly2, .about.equation = "y = s + h (F(x) + F(F(x)))", .about.reference = reference,
          .evaluations = 2, .flags = FLAGS | OT_SCHEME_ONE_SHAPE, .step = step_poly2);
OT_SCHEME(poly3, .about.equation = "y = s + h (F(x) + F(F(x)) + F(F(F(x))))",
          .about.reference = reference, .evaluations = 3, .flags = FLAGS | OT_SCHEME_ONE_SHAPE,
          .step = step_poly3);
OT_SCHEME(mpoly2, .about.equation = "y = s + h (F(x) + G(F(x)))", .about.reference = reference,
          .evaluations = 2, .flags = FLAGS, .step = step_mpoly2);
OT_SCHEME(mpoly3, .about.equation = "y = s + h (F(x) + G(F(x)) + H(G(F(x))))",
          .about.reference = reference, .evaluations = 3, .flags = FLAGS, .step = step_mpoly3);
OT_SCHEME(way2, .about.equation = "y = s + h (F(x) + G(x))", .about.reference = reference,
          .evaluations = 2, .flags = FLAGS, .step = step_way2);
OT_SCHEME(way3, .about.equation = "y = s + h (F(x) + G(x) + H(x))", .about.reference = reference,
          .evaluations = 3, .flags = FLAGS, .step = step_way3);
