/* SPDX-License-Identifier: BSD-3-Clause
 * Way down fixup (Zhang, Dauphin and Ma 2019): the shortcut has every second pixel, that is pixel
 * (0, 0) of each stride x stride square, and zero channels after its own, where way down A has
 * them on both sides.  With the sub-net fixup it reads x + bias1a. */
#include "odetape.h"

static ot_var inside(ot_block *b, ot_var x)
{
    ot_tape *const t = ot_block_tape(b);
    const int channels = ot_block_channels(b);
    if (ot_block_stride(b) > 1) x = ot_avg_pool(t, x, 1, ot_block_stride(b));
    return ot_var_shape(t, x).dim[3] == channels ? x : ot_channels(t, x, 0, channels);
}

OT_DOWN(fixup, .about.equation = "every second pixel, zero channels at the end",
        .about.reference = "Zhang et al. 2019", .inside = inside);
