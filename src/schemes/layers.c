/* SPDX-License-Identifier: BSD-3-Clause
 * Layers: first the parameters, then the op in a scope of the layer's name.  The leaves are
 * recorded in the order of PyTorch's state_dict.  Initial values depend on this order, because they
 * count the leaves of a stream. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "schemes/block.h"

enum { LONGEST = 100, NAME = LONGEST + 28 };

/* The last dimension: channels, or features.  1 for the null var, whose op fails anyway. */
static int channels_of(const ot_block *b, ot_var x)
{
    const ot_shape s = ot_var_shape(b->tape, x);
    return s.rank > 0 ? s.dim[s.rank - 1] : 1;
}

/* Refuses a layer without a block, or with a name that is missing or too long. */
static bool is_layer(const ot_block *b, const char *layer, const char *name)
{
    if (!b)
        ot_tape_fail(NULL, OT_EINVAL, "%s: the block is missing", layer);
    else if (!name || !*name || strlen(name) > LONGEST)
        ot_tape_fail(b->tape, OT_EINVAL, "%s: the name is '%.40s'; it must have 1 to %d bytes",
                     layer, name ? name : "", (int)LONGEST);
    else
        return true;
    return false;
}

/* Whether a convolution has a bias.  Without one, a convolution that no norm follows could not
 * shift its result. */
static bool has_bias(const ot_block *b, ot_conv_bias bias)
{
    if (bias != OT_BIAS_UNLESS_NORMED) return bias == OT_BIAS_ALWAYS;
    if (!b->net || !((const ot_norm_kind *)b->net->norm.about)->none) return false;
    const bool own = b->scheme && ot_scheme_table(b->scheme)->flags & OT_SCHEME_OWN_F;
    return !(b->evaluating && !own && ((const ot_subnet_kind *)b->net->subnet.about)->biases);
}

ot_var ot_block_conv_with(ot_block *b, const char *name, ot_var x, int size, int channels,
                          int stride, const ot_conv_opts *opts)
{
    static const ot_conv_opts defaults = { .bias = OT_BIAS_UNLESS_NORMED };
    char weight[NAME], bias[NAME];
    if (!is_layer(b, "conv", name)) return (ot_var){ 0 };
    if (!opts) opts = &defaults;
    const int in = channels_of(b, x);
    const ot_init init = opts->init ? *opts->init : ot_init_he(size * size * in);
    const bool biased = has_bias(b, opts->bias);
    snprintf(weight, sizeof weight, "%s.weight", name);
    snprintf(bias, sizeof bias, "%s.bias", name);
    const ot_var w = ot_block_param(b, weight, OT_SHAPE(channels, in, size, size), init);
    const ot_var c = biased ? ot_block_param(b, bias, OT_SHAPE(channels), OT_ZEROS) : (ot_var){ 0 };
    ot_scope_push(b->tape, "%s", name);
    ot_var y = ot_conv2d(b->tape, x, w, stride, size / 2);
    if (biased) y = ot_bias(b->tape, y, c);
    ot_scope_pop(b->tape);
    return y;
}

ot_var ot_block_conv(ot_block *b, const char *name, ot_var x, int size, int channels, int stride)
{
    return ot_block_conv_with(b, name, x, size, channels, stride, NULL);
}

ot_var ot_block_norm_with(ot_block *b, const char *name, ot_var x, const ot_norm_rules *rules)
{
    const int first = b ? ot_tape_length(b->tape) : 0;
    const ot_var y = ot_block_norm(b, name, x);
    if (y.id && rules) ot__rules_since(b->tape, first, rules->weight, rules->bias);
    return y;
}

ot_var ot_block_norm(ot_block *b, const char *name, ot_var x)
{
    if (!is_layer(b, "norm", name)) return (ot_var){ 0 };
    if (!b->net)
        return ot_tape_fail(b->tape, OT_EINVAL, "%s: only blocks of a network have a norm", name);
    if (b->norming)
        return ot_tape_fail(b->tape, OT_EINVAL, "%s: a norm cannot contain itself", name);
    const void *const attributes = b->attributes;
    b->norming = true;
    b->attributes = b->net->norm.attributes;
    const ot_var y = ((const ot_norm_kind *)b->net->norm.about)->record(b, name, x);
    b->attributes = attributes;
    b->norming = false;
    return y;
}

ot_var ot_block_shift(ot_block *b, const char *name, ot_var x, ot_rule rule)
{
    char ones[NAME];
    if (!is_layer(b, "shift", name)) return (ot_var){ 0 };
    const ot_var number = ot_block_param(b, name, OT_SCALAR, OT_ZEROS);
    ot_block_rule(b, number, rule);
    snprintf(ones, sizeof ones, "%s_ones", name);
    const ot_var one = ot_block_stat(b, ones, OT_SHAPE(channels_of(b, x)), OT_ONES);
    const ot_var shift = ot_lincomb(b->tape, 1, &(ot_coef){ 1.0, number }, &one);
    return ot_bias(b->tape, x, shift);
}

ot_var ot_block_linear_with(ot_block *b, const char *name, ot_var x, int features,
                            const ot_init *init)
{
    char weight[NAME], bias[NAME];
    if (!is_layer(b, "linear", name)) return (ot_var){ 0 };
    const int in = channels_of(b, x);
    snprintf(weight, sizeof weight, "%s.weight", name);
    snprintf(bias, sizeof bias, "%s.bias", name);
    const ot_var w =
        ot_block_param(b, weight, OT_SHAPE(features, in), init ? *init : ot_init_he(in));
    const ot_var c = ot_block_param(b, bias, OT_SHAPE(features), OT_ZEROS);
    ot_scope_push(b->tape, "%s", name);
    const ot_var y = ot_linear(b->tape, x, w, c);
    ot_scope_pop(b->tape);
    return y;
}

ot_var ot_block_linear(ot_block *b, const char *name, ot_var x, int features)
{
    return ot_block_linear_with(b, name, x, features, NULL);
}

double ot_block_momentum(const ot_block *b, double m)
{
    if (!b) return 0;
    return b->weights.shared_updates ? 1 - pow(1 - m, 1.0 / b->weights.shared_updates) : m;
}
