/* SPDX-License-Identifier: BSD-3-Clause
 * A max pool between the blocks of two levels, as VoVNet has it (Lee et al. 2019): over 3x3 pixels,
 * where the last window may begin in the image and end outside of it.  A smaller image is one
 * window.  Added channels are zero, as
 * many on both sides; an odd one comes after them. */
#include "odetape.h"

static ot_var between(ot_block *b, ot_var x)
{
    ot_tape *const t = ot_block_tape(b);
    const int channels = ot_block_channels(b), old = ot_var_shape(t, x).dim[3];
    const int before = channels > old ? (channels - old) / 2 : 0;
    const int size = ot_var_shape(t, x).dim[1], window = size < 3 ? size : 3;
    if (ot_block_stride(b) > 1) x = ot_max_pool(t, x, window, ot_block_stride(b), 0, true);
    return channels == old ? x : ot_channels(t, x, -before, channels - before);
}

OT_DOWN(maxpool, .about.equation = "max pool 3x3, zero channels on both sides",
        .about.reference = "Lee et al. 2019", .between = between);
