/* SPDX-License-Identifier: BSD-3-Clause
 * A plain network without shortcuts, y = f(x), for comparison, and for sub-nets that have a
 * shortcut of their own, as repvgg has. */
#include "odetape.h"

static ot_state step(ot_block *b, ot_state in)
{
    const ot_var y = ot_block_eval(b, in.v[0], NULL);
    return ot_state_of(1, &y);
}

OT_SCHEME(plain, .about.equation = "y = f(x)", .about.reference = "Simonyan and Zisserman 2014",
          .evaluations = 1, .flags = OT_SCHEME_OWN_DOWN, .step = step);
