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

ot_var ot_block_conv(ot_block *b, const char *name, ot_var x, int size, int channels, int stride)
{
    char weight[NAME];
    if (!is_layer(b, "conv", name)) return (ot_var){ 0 };
    const int in = channels_of(b, x);
    snprintf(weight, sizeof weight, "%s.weight", name);
    const ot_var w =
        ot_block_param(b, weight, OT_SHAPE(channels, in, size, size), ot_init_he(size * size * in));
    ot_scope_push(b->tape, "%s", name);
    const ot_var y = ot_conv2d(b->tape, x, w, stride, size / 2);
    ot_scope_pop(b->tape);
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

ot_var ot_block_linear(ot_block *b, const char *name, ot_var x, int features)
{
    char weight[NAME], bias[NAME];
    if (!is_layer(b, "linear", name)) return (ot_var){ 0 };
    const int in = channels_of(b, x);
    snprintf(weight, sizeof weight, "%s.weight", name);
    snprintf(bias, sizeof bias, "%s.bias", name);
    const ot_var w = ot_block_param(b, weight, OT_SHAPE(features, in), ot_init_he(in));
    const ot_var c = ot_block_param(b, bias, OT_SHAPE(features), OT_ZEROS);
    ot_scope_push(b->tape, "%s", name);
    const ot_var y = ot_linear(b->tape, x, w, c);
    ot_scope_pop(b->tape);
    return y;
}

double ot_block_momentum(const ot_block *b, double m)
{
    if (!b) return 0;
    return b->weights.shared_updates ? 1 - pow(1 - m, 1.0 / b->weights.shared_updates) : m;
}
