/* SPDX-License-Identifier: BSD-3-Clause
 * Records layers: first the parameters, then the op in a scope of the layer's name. */
#include "models/layers.h"

#include <math.h>

#define BN_MOMENTUM 0.1 /* PyTorch's defaults */
#define BN_EPS 1e-5

/* The last dimension: channels, or features.  1 for the null var, whose op fails anyway. */
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

/* If n evaluations share one set of running statistics, their n updates together have the effect of
 * one update with BN_MOMENTUM: (1 - momentum)^n = 1 - BN_MOMENTUM. */
static double momentum(const ot__weights *w)
{
    return w && w->shared_updates ? 1 - pow(1 - BN_MOMENTUM, 1.0 / w->shared_updates) : BN_MOMENTUM;
}

/* The leaves are recorded in the order of PyTorch's state_dict.  Initial values depend on this
 * order, because they count the leaves of a stream. */
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
