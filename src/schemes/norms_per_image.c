/* SPDX-License-Identifier: BSD-3-Clause
 * Norms of single images, which need no running statistics:
 *
 *     y = gamma (x - m)/sqrt(v + eps) + beta,   gamma and beta per channel
 *
 *     group   m and v are mean and variance over the pixels and the channels of a group
 *             (Wu and He 2018)
 *     layer   the same over the channels of a pixel (Ba et al. 2016)
 *     tv      m = 0, and v is the sum of x^2 over the channels of a pixel (Ruthotto and Haber
 *             2020).  Meganet, their code, trains gamma; DynamicBlocks keeps it
 *             at 1, scale=false. */
#include <stdio.h>

#include "odetape.h"

/* ---- what they share ---- */

static ot_var leaf(ot_block *b, const char *layer, const char *name, ot_var x, ot_init init)
{
    char whole[128];
    const ot_shape s = ot_var_shape(ot_block_tape(b), x);
    snprintf(whole, sizeof whole, "%s.%s", layer, name);
    return ot_block_param(b, whole, OT_SHAPE(s.rank > 0 ? s.dim[s.rank - 1] : 1), init);
}

static ot_var scale_of(ot_block *b, const char *layer, ot_var x)
{
    return leaf(b, layer, "weight", x, OT_ONES);
}

static ot_var shift_of(ot_block *b, const char *layer, ot_var x)
{
    return leaf(b, layer, "bias", x, OT_ZEROS);
}

/* ---- group ---- */

typedef struct group_attributes {
    int groups;
    double eps;
} group_attributes;

static const group_attributes group_defaults = { .groups = 32, .eps = 1e-5 };

static const ot_option group_rows[] = {
    { .name = "groups",
      .kind = OT_OPTION_INT,
      .argument = "N",
      .least = 1,
      .most = 4096,
      .offset = offsetof(group_attributes, groups),
      .help = "groups of channels; with fewer channels, as many as there are" },
    { .name = "eps",
      .kind = OT_OPTION_REAL,
      .argument = "X",
      .least = 1e-12,
      .most = 1,
      .offset = offsetof(group_attributes, eps),
      .help = "added to the variance" },
    { 0 },
};

/* Refuses a number of groups that does not divide the channels.  The message names the nearest
 * numbers of groups that do, below and above. */
static ot_var refuse_groups(ot_block *b, int channels, int groups)
{
    int below = groups, above = groups;
    while (channels % below != 0)
        below--;
    while (channels % above != 0)
        above++;
    return ot_tape_fail(ot_block_tape(b), OT_EINVAL,
                        "group: %d channels cannot be divided into %d groups; group(groups=%d) or "
                        "group(groups=%d) can be used",
                        channels, groups, below, above);
}

/* One channel per group: the mean of each channel is that of beta. */
static bool levels_images(const void *attributes, int channels)
{
    return ((const group_attributes *)attributes)->groups >= channels;
}

static ot_var record_group(ot_block *b, const char *name, ot_var x)
{
    const group_attributes *const a = ot_block_attributes(b);
    ot_tape *const t = ot_block_tape(b);
    const ot_shape s = ot_var_shape(t, x);
    const int channels = s.rank > 0 ? s.dim[s.rank - 1] : 1;
    const int groups = a->groups < channels ? a->groups : channels;
    if (channels % groups != 0) return refuse_groups(b, channels, groups);
    const ot_var gamma = scale_of(b, name, x), beta = shift_of(b, name, x);
    ot_scope_push(t, "%s", name);
    const ot_var y = ot_group_norm(t, x, gamma, beta, groups, a->eps);
    ot_scope_pop(t);
    return y;
}

const ot_norm_kind ot_norm_group = {
    .about = { .name = "group",
               .equation = "y = gamma (x - m)/sqrt(v + eps) + beta, m and v per image and group",
               .reference = "Wu and He 2018",
               .attributes = group_rows,
               .size = sizeof(group_attributes),
               .defaults = &group_defaults },
    .levels_images = levels_images,
    .record = record_group,
};

/* ---- layer ---- */

typedef struct layer_attributes {
    double eps;
} layer_attributes;

static const layer_attributes layer_defaults = { .eps = 1e-5 };

static const ot_option layer_rows[] = {
    { .name = "eps",
      .kind = OT_OPTION_REAL,
      .argument = "X",
      .least = 1e-12,
      .most = 1,
      .offset = offsetof(layer_attributes, eps),
      .help = "added to the variance" },
    { 0 },
};

static ot_var record_layer(ot_block *b, const char *name, ot_var x)
{
    const layer_attributes *const a = ot_block_attributes(b);
    ot_tape *const t = ot_block_tape(b);
    const ot_var gamma = scale_of(b, name, x), beta = shift_of(b, name, x);
    ot_scope_push(t, "%s", name);
    const ot_var y = ot_layer_norm(t, x, gamma, beta, a->eps);
    ot_scope_pop(t);
    return y;
}

const ot_norm_kind ot_norm_layer = {
    .about = { .name = "layer",
               .equation = "y = gamma (x - m)/sqrt(v + eps) + beta, m and v per pixel",
               .reference = "Ba et al. 2016",
               .attributes = layer_rows,
               .size = sizeof(layer_attributes),
               .defaults = &layer_defaults },
    .record = record_layer,
};

/* ---- tv ---- */

typedef struct tv_attributes {
    double eps;
    bool scale;
} tv_attributes;

static const tv_attributes tv_defaults = { .eps = 1e-4, .scale = true };

static const ot_option tv_rows[] = {
    { .name = "eps",
      .kind = OT_OPTION_REAL,
      .argument = "X",
      .least = 1e-12,
      .most = 1,
      .offset = offsetof(tv_attributes, eps),
      .help = "added to the sum of squares" },
    { .name = "scale",
      .kind = OT_OPTION_SWITCH,
      .offset = offsetof(tv_attributes, scale),
      .help = "gamma is trained; otherwise it is 1" },
    { 0 },
};

static double one(double x)
{
    (void)x;
    return 1;
}

static double zero(double x)
{
    (void)x;
    return 0;
}

static ot_var record_tv(ot_block *b, const char *name, ot_var x)
{
    static const ot_function constant = { .value = one, .slope = zero };
    const tv_attributes *const a = ot_block_attributes(b);
    ot_tape *const t = ot_block_tape(b);
    const ot_var trained = a->scale ? scale_of(b, name, x) : (ot_var){ 0 };
    const ot_var beta = shift_of(b, name, x);
    ot_scope_push(t, "%s", name);
    const ot_var gamma = a->scale ? trained : ot_map(t, beta, &constant);
    const ot_var y = ot_pixel_norm(t, x, gamma, beta, a->eps);
    ot_scope_pop(t);
    return y;
}

const ot_norm_kind ot_norm_tv = {
    .about = { .name = "tv",
               .equation = "y = gamma x/sqrt(sum of x^2 over the channels + eps) + beta",
               .reference = "Ruthotto and Haber 2020",
               .attributes = tv_rows,
               .size = sizeof(tv_attributes),
               .defaults = &tv_defaults },
    .record = record_tv,
};
