/* SPDX-License-Identifier: BSD-3-Clause
 * The linear multistep scheme of LM-ResNet (Lu et al. 2018),
 *
 *     y = (1 - k) s + k x_prev + f(x),
 *
 * with one learned number k per block.  s is x after the block's change of shape, and becomes
 * x_prev of the next block.  The first block of a level has no x_prev: it is Euler's, without k. */
#include "odetape.h"

static ot_state step(ot_block *b, ot_state in)
{
    ot_tape *const t = ot_block_tape(b);
    const ot_coef one = { .value = 1 };
    const ot_var s = ot_block_shortcut(b, in.v[0]), f = ot_block_eval(b, in.v[0], NULL);
    if (in.n == 1) {
        const ot_var y = ot_lincomb(t, 2, (const ot_coef[]){ one, one }, (const ot_var[]){ s, f });
        return ot_state_of(2, (const ot_var[]){ y, s });
    }
    const ot_var k = ot_block_param(b, "k", OT_SCALAR, ot_init_uniform(-0.1, 0));
    const ot_coef coef[] = { one, { -1, k }, { 1, k }, one };
    const ot_var y = ot_lincomb(t, 4, coef, (const ot_var[]){ s, s, in.v[1], f });
    return ot_state_of(2, (const ot_var[]){ y, s });
}

OT_SCHEME(lm, .about.equation = "y = (1 - k) s + k x_prev + f(x)",
          .about.reference = "Lu et al. 2018", .evaluations = 1, .step = step);
