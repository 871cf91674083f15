/* SPDX-License-Identifier: BSD-3-Clause
 * Sub-net vgg: f(x) = relu(bn(conv(relu(bn(conv(x)))))), the VGG style that the paper's text
 * names. */
#include "models/layers.h"
#include "models/subnet.h"

static ot_var unit(ot_tape *t, ot__weights *w, const char *conv, const char *bn, ot_var x,
                   int width)
{
    return ot_relu(t, ot__layer_batch_norm(t, w, bn, ot__layer_conv3x3(t, w, conv, x, width, 1)));
}

static ot_var record(ot_tape *t, ot_var x, int i, void *user)
{
    (void)i;
    const int width = ot_var_shape(t, x).dim[3];
    return unit(t, user, "conv2", "bn2", unit(t, user, "conv1", "bn1", x, width), width);
}

const ot__subnet_kind ot__subnet_vgg = { .name = "vgg", .convs = 2, .record = record };
