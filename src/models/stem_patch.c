/* SPDX-License-Identifier: BSD-3-Clause
 * Stem patch of vision transformers (Dosovitskiy et al. 2021).  A convolution with a bias makes one
 * pixel of each square of size x size pixels.  Then a learned number per pixel and channel is
 * added.  Without these numbers attention does not see where a pixel is.  There is no class token.
 *
 * Initial values are those of DeiT's code (Touvron et al. 2021): PyTorch's default for the
 * convolution, truncated normal numbers for the positions, which have no weight decay. */
#include <math.h>

#include "odetape.h"

typedef struct attributes {
    int size;
} attributes;

static const attributes defaults = { .size = 4 };

static const ot_option rows[] = {
    { .name = "size",
      .kind = OT_OPTION_INT,
      .argument = "N",
      .least = 1,
      .most = 64,
      .offset = offsetof(attributes, size),
      .help = "height and width of a square in pixels" },
    { 0 },
};

static int stride(const void *of)
{
    return ((const attributes *)of)->size;
}

static ot_var record(ot_block *b, ot_var images)
{
    ot_tape *const t = ot_block_tape(b);
    const int channels = ot_block_channels(b), size = ot_block_stride(b);
    const ot_shape s = ot_var_shape(t, images);
    const double bound = 1 / sqrt((double)size * size * s.dim[3]);
    const ot_init uniform = ot_init_uniform(-bound, bound);
    const ot_var w =
        ot_block_param(b, "conv.weight", OT_SHAPE(channels, s.dim[3], size, size), uniform);
    const ot_var c = ot_block_param(b, "conv.bias", OT_SHAPE(channels), uniform);
    const ot_var position =
        ot_block_param(b, "position", OT_SHAPE(s.dim[1] / size, s.dim[2] / size, channels),
                       ot_init_truncated(0.02));
    ot_block_rule(b, position, (ot_rule){ .no_decay = true });
    return ot_position(t, ot_bias(t, ot_conv2d(t, images, w, size, 0), c), position);
}

const ot_stem_kind ot_stem_patch = {
    .about = { .name = "patch",
               .equation = "conv of each square of size x size pixels + position numbers",
               .reference = "Dosovitskiy et al. 2021",
               .attributes = rows,
               .size = sizeof(attributes),
               .defaults = &defaults },
    .stride = stride,
    .record = record,
};
