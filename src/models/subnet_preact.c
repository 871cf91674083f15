/* SPDX-License-Identifier: BSD-3-Clause
 * Sub-net preact: f(x) = conv(relu(bn(conv(relu(bn(x)))))), the pre-activation of He et al. 2016
 * and the order in the code of the paper's authors.  f ends in a conv, so it takes both signs. */
#include "models/layers.h"
#include "models/subnet.h"

static ot_var unit(ot_tape *t, ot__weights *w, const char *bn, const char *conv, ot_var x,
                   int width)
{
    return ot__layer_conv3x3(t, w, conv, ot_relu(t, ot__layer_batch_norm(t, w, bn, x)), width, 1);
}

static ot_var record(ot_tape *t, ot_var x, int i, void *user)
{
    (void)i;
    const int width = ot_var_shape(t, x).dim[3];
    return unit(t, user, "bn2", "conv2", unit(t, user, "bn1", "conv1", x, width), width);
}

const ot__subnet_kind ot__subnet_preact = { .name = "preact", .convs = 2, .record = record };
