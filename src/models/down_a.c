/* SPDX-License-Identifier: BSD-3-Clause
 * Way down A of the first ResNet (He et al. 2015): the shortcut has every second pixel, that is
 * pixel (0, 0) of each stride x stride square, and zero channels on both sides.  If an odd number
 * of channels is added, the odd one comes after them. */
#include "odetape.h"

static ot_var inside(ot_block *b, ot_var x)
{
    ot_tape *const t = ot_block_tape(b);
    const int channels = ot_block_channels(b), old = ot_var_shape(t, x).dim[3];
    const int before = channels > old ? (channels - old) / 2 : 0;
    if (ot_block_stride(b) > 1) x = ot_avg_pool(t, x, 1, ot_block_stride(b));
    return channels == old ? x : ot_channels(t, x, -before, channels - before);
}

OT_DOWN(A, .about.equation = "every second pixel, zero channels on both sides",
        .about.reference = "He et al. 2015", .inside = inside);
