/* SPDX-License-Identifier: BSD-3-Clause
 * Branch rezero: alpha f(x) with one learned number alpha per evaluation, which starts at 0, so
 * that every block starts as the identity (Bachlechner et al. 2020). */
#include "odetape.h"

static ot_var record(ot_block *b, ot_var x, ot_var f)
{
    (void)x;
    const ot_var alpha = ot_block_param(b, "alpha", OT_SCALAR, OT_ZEROS);
    return ot_lincomb(ot_block_tape(b), 1, &(ot_coef){ 1.0, alpha }, &f);
}

OT_BRANCH(rezero, .about.equation = "alpha f(x), alpha = 0 at first",
          .about.reference = "Bachlechner et al. 2020", .record = record);
