/* SPDX-License-Identifier: BSD-3-Clause */
#include "models/layers.h"

#include <math.h>

#define BN_MOMENTUM 0.1 /* PyTorch's defaults */
#define BN_EPS 1e-5

/* Channels, or features: the last dimension.  1 for the null var, whose op fails anyway. */
static int channels_of(const ot_tape *t, ot_var x)
{
    const ot_shape s = ot_var_shape(t, x);
    return s.rank > 0 ? s.dim[s.rank - 1] : 1;
}

ot_var ot__layer_conv3x3(ot_tape *t, ot__weights *w, const char *name, ot_var x, int out,
                         int stride)
{
    const int in = channels_of(t, x);
    const ot_var weight =
        ot__weight(w, t, name, "weight", OT_SHAPE(out, in, 3, 3), ot_init_he(9 * in));
    ot_scope_push(t, "%s", name);
    const ot_var y = ot_conv2d(t, x, weight, stride, 1);
    ot_scope_pop(t);
    return y;
}

/* All evaluations that share running statistics move them together as one would. */
static double momentum(const ot__weights *w)
{
    return w && w->moves ? 1 - pow(1 - BN_MOMENTUM, 1.0 / w->moves) : BN_MOMENTUM;
}

/* The order of the leaves is that of PyTorch's state_dict, and the streams of initial values count
 * them. */
ot_var ot__layer_batch_norm(ot_tape *t, ot__weights *w, const char *name, ot_var x)
{
    const ot_shape per_channel = OT_SHAPE(channels_of(t, x));
    const ot_var gamma = ot__weight(w, t, name, "weight", per_channel, OT_ONES);
    const ot_var beta = ot__weight(w, t, name, "bias", per_channel, OT_ZEROS);
    const ot_var mean = ot__statistic(w, t, name, "running_mean", per_channel, OT_ZEROS);
    const ot_var var = ot__statistic(w, t, name, "running_var", per_channel, OT_ONES);
    ot_scope_push(t, "%s", name);
    const ot_var y = ot_batch_norm(t, x, gamma, beta, mean, var, momentum(w), BN_EPS);
    ot_scope_pop(t);
    return y;
}

ot_var ot__layer_linear(ot_tape *t, ot__weights *w, const char *name, ot_var x, int out)
{
    const int in = channels_of(t, x);
    const ot_var weight = ot__weight(w, t, name, "weight", OT_SHAPE(out, in), ot_init_he(in));
    const ot_var b = ot__weight(w, t, name, "bias", OT_SHAPE(out), OT_ZEROS);
    ot_scope_push(t, "%s", name);
    const ot_var y = ot_linear(t, x, weight, b);
    ot_scope_pop(t);
    return y;
}
