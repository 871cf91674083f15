/* SPDX-License-Identifier: BSD-3-Clause
 * Stem conv: a 3x3 convolution.  The blocks that follow begin with a norm. */
#include "odetape.h"

typedef struct attributes {
    int fan;
} attributes;

enum { IN, OUT };
static const attributes defaults = { .fan = IN };
static const char *const fans[] = { [IN] = "in", [OUT] = "out", NULL };
static const ot_option rows[] = {
    { .name = "fan",
      .kind = OT_OPTION_CHOICE,
      .choices = fans,
      .offset = offsetof(attributes, fan),
      .help = "whether weights start with the variance 2 / inputs or 2 / outputs of a window" },
    { 0 },
};

static ot_var record(ot_block *b, ot_var images)
{
    const attributes *const a = ot_block_attributes(b);
    const int out = ot_block_channels(b);
    const ot_init init = ot_init_he(3 * 3 * out);
    return ot_block_conv_with(b, "conv", images, 3, out, ot_block_stride(b),
                              &(ot_conv_opts){ .init = a->fan == OUT ? &init : NULL });
}

const ot_stem_kind ot_stem_conv = {
    .about = { .name = "conv",
               .equation = "conv(images)",
               .reference = "He et al. 2016",
               .attributes = rows,
               .size = sizeof(attributes),
               .defaults = &defaults },
    .record = record,
};
