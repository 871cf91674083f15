/* SPDX-License-Identifier: BSD-3-Clause
 * The leapfrog scheme of the second-order networks (Ruthotto and Haber 2018),
 *
 *     y = 2 s - x_prev + h^2 f(x),
 *
 * the central difference for x'' = f(x).  s is x after the block's change of shape, and becomes
 * x_prev of the next block.  Each level starts at rest: x_prev = s. */
#include "odetape.h"

/* The state is { x_n, x_{n-1} }; at the start of a level it is { x_0 }. */
static ot_state step(ot_block *b, ot_state in)
{
    const ot_var s = ot_block_shortcut(b, in.v[0]), previous = in.n == 1 ? s : in.v[1];
    const ot_var straight =
        ot_lincomb(ot_block_tape(b), 2, (const ot_coef[]){ { .value = 2 }, { .value = -1 } },
                   (const ot_var[]){ s, previous });
    const ot_var f = ot_block_eval(b, in.v[0], NULL);
    const ot_var y = ot_block_sum(b, straight, 1, (const double[]){ 1 }, &f, 2);
    ot_solvable(ot_block_tape(b), straight, y);
    if (in.n == 2) ot_solvable(ot_block_tape(b), previous, straight);
    return ot_state_of(2, (const ot_var[]){ y, s });
}

OT_SCHEME(leapfrog, .about.equation = "y = 2 s - x_prev + h^2 f(x)",
          .about.reference = "Ruthotto and Haber 2018", .evaluations = 1,
          .flags = OT_SCHEME_STEP | OT_SCHEME_STEP_CHANNEL, .step = step);
