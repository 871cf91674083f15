/* SPDX-License-Identifier: BSD-3-Clause
 * No normalisation: y = x.  Convolutions have biases instead, as in the networks without norms of
 * De and Smith 2020. */
#include "odetape.h"

static ot_var record(ot_block *b, const char *name, ot_var x)
{
    (void)b;
    (void)name;
    return x;
}

const ot_norm_kind ot_norm_none = {
    .about = { .name = "none",
               .equation = "y = x, and convolutions have biases",
               .reference = "De and Smith 2020" },
    .none = true,
    .record = record,
};
