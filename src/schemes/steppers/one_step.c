/* SPDX-License-Identifier: BSD-3-Clause
 * Records the step of a stepper: its size is the statistic "h" and, if a sub-net asks for the time,
 * its start is the statistic "t". */
#include "schemes/steppers/stepper.h"

/* With an embedded method the root also depends on the difference, because a program computes only
 * what its root depends on. */
ot__one_step ot__one_step_record(ot_block *b, ot_var x, bool estimate)
{
    ot_tape *const t = b->tape;
    const ot_scheme *const s = b->scheme;
    ot__one_step step = {
        .scheme = s, .tape = t, .x = x, .h = ot_stat(t, "h", OT_SCALAR, OT_ONES)
    };
    b->step = (ot_step_opts){ .h = step.h };
    b->controlled = true;
    if (!estimate) {
        step.root = step.y = ot__block_advance(b, ot_state_of(1, &x)).v[0];
    } else {
        step.y = ot__rk_record_pair(b, x, 0, &step.difference);
        step.root = ot_lincomb(t, 2, (const ot_coef[]){ { .value = 1 }, { .value = 0 } },
                               (const ot_var[]){ step.y, step.difference });
    }
    step.evaluations = ot_block_evaluations(b);
    step.f = b->first;
    step.t = b->t;
    step.begin = b->position;
    return step;
}
