/* SPDX-License-Identifier: BSD-3-Clause
 * The Hamiltonian scheme of the second-order networks (Ruthotto and Haber 2018).  The state is the
 * two halves of the channels, y first:
 *
 *     y' = y + h F(z),   z' = z - h G(y')
 *
 * F and G are evaluations of f on half of the channels.  It is the symplectic Euler method, whose
 * steps can be undone. */
#include "odetape.h"

static ot_var half_of(ot_block *b, ot_var x, int which)
{
    const int half = ot_var_shape(ot_block_tape(b), x).dim[3] / 2;
    return ot_channels(ot_block_tape(b), x, which * half, (which + 1) * half);
}

static ot_state enter(ot_block *b, ot_var x)
{
    return ot_state_of(2, (const ot_var[]){ half_of(b, x, 0), half_of(b, x, 1) });
}

static ot_state step(ot_block *b, ot_state in)
{
    static const double plus = 1, minus = -1;
    const ot_eval_opts half = { .channels = ot_block_channels(b) / 2 };
    const ot_var f = ot_block_eval(b, in.v[1], &half);
    const ot_var y = ot_block_sum(b, in.v[0], 1, &plus, &f, 1);
    const ot_var g = ot_block_eval(b, y, &half);
    const ot_var z = ot_block_sum(b, in.v[1], 1, &minus, &g, 1);
    ot_solvable(ot_block_tape(b), in.v[0], y);
    ot_solvable(ot_block_tape(b), in.v[1], z);
    return ot_state_of(2, (const ot_var[]){ y, z });
}

static ot_var leave(ot_block *b, ot_state out)
{
    return ot_concat(ot_block_tape(b), 2, out.v);
}

OT_SCHEME(hamiltonian, .about.equation = "y' = y + h F(z), z' = z - h G(y')",
          .about.reference = "Ruthotto and Haber 2018", .evaluations = 2,
          .flags = OT_SCHEME_EVEN | OT_SCHEME_ONE_SHAPE | OT_SCHEME_STEP, .enter = enter,
          .step = step, .leave = leave);
