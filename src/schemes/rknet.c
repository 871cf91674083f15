/* SPDX-License-Identifier: BSD-3-Clause
 * A step of RK-Net, also called RKCNN (Zhu, Chang and Fu 2018), which learns a Runge-Kutta method
 * with `stages` stages:
 *
 *     k_i = f_i([x, k_1, ..., k_{i-1}]),   i = 1 .. stages
 *     y = x + k_1 + ... + k_stages
 *     f_i(z) = conv3(relu(bn(conv1(relu(bn(z))))))
 *
 * conv1 has neck times the channels of x, and conv3 those of x.  An update computes every k again
 * from all others:
 *
 *     k_i <- g_i([x, k_1, ..., k_{i-1}, k_{i+1}, ..., k_stages])
 *
 * one after the other, so that g_i reads the k that are new already (in place), or each from the
 * old ones (all).  All updates of a block share the weights of g_i, and have statistics of their
 * own. */
#include "odetape.h"

typedef struct attributes {
    int stages, neck, updates, update;
} attributes;

enum { MOST_STAGES = 8 }; /* sets of weights that a block may share */
enum { INPLACE, ALL };
static const attributes defaults = { .stages = 5, .neck = 1, .update = INPLACE };
static const char *const updates[] = { [INPLACE] = "inplace", [ALL] = "all", NULL };
static const ot_option rows[] = {
    { .name = "stages",
      .kind = OT_OPTION_INT,
      .argument = "N",
      .least = 1,
      .most = MOST_STAGES,
      .offset = offsetof(attributes, stages),
      .help = "stages k_i of a block" },
    { .name = "neck",
      .kind = OT_OPTION_INT,
      .argument = "N",
      .least = 1,
      .most = 16,
      .offset = offsetof(attributes, neck),
      .help = "channels of the 1x1 convolutions, in parts of those of x" },
    { .name = "updates",
      .kind = OT_OPTION_INT,
      .argument = "N",
      .most = 8,
      .offset = offsetof(attributes, updates),
      .help = "how often the stages are computed again, each from all others" },
    { .name = "update",
      .kind = OT_OPTION_CHOICE,
      .choices = updates,
      .offset = offsetof(attributes, update),
      .help = "inplace: an update reads stages that are new already; all: only the old ones" },
    { 0 },
};

static int count(const void *user)
{
    const attributes *const a = user;
    return a->stages * (1 + a->updates);
}

/* conv(relu(bn(x))). */
static ot_var layer(ot_block *b, const char *bn, const char *conv, ot_var x, int size, int out)
{
    x = ot_relu(ot_block_tape(b), ot_block_norm(b, bn, x));
    return ot_block_conv(b, conv, x, size, out, 1);
}

static ot_var record(ot_block *b, ot_var z)
{
    const attributes *const a = ot_block_attributes(b);
    const int width = ot_block_channels(b);
    z = layer(b, "bn1", "conv1", z, 1, a->neck * width);
    return layer(b, "bn2", "conv2", z, 3, width);
}

/* f([x, k_0, ..., k_{n-1}]) without k_skip; set 0: weights of its own. */
static ot_var stage(ot_block *b, ot_var x, int n, const ot_var k[], int skip, int set)
{
    ot_var z[MOST_STAGES + 1] = { x };
    int parts = 1;
    for (int j = 0; j < n; j++)
        if (j != skip) z[parts++] = k[j];
    const ot_var all = parts > 1 ? ot_concat(ot_block_tape(b), parts, z) : x;
    return ot_block_eval(b, all, &(ot_eval_opts){ .set = set, .record = record });
}

static void update(ot_block *b, ot_var x, const attributes *a, ot_var k[])
{
    ot_var old[MOST_STAGES];
    for (int i = 0; i < a->stages; i++)
        old[i] = k[i];
    for (int i = 0; i < a->stages; i++)
        k[i] = stage(b, x, a->stages, a->update == ALL ? old : k, i, i + 1);
}

/* An update of one stage would drop what that stage computed before. */
static bool has_others(ot_block *b, const attributes *a)
{
    if (a->stages > 1 || a->updates == 0) return true;
    ot_tape_fail(ot_block_tape(b), OT_EINVAL,
                 "rknet: an update computes a stage from the others, and there is 1 stage; "
                 "stages=2 has others, and updates=0 needs none");
    return false;
}

static ot_state step(ot_block *b, ot_state in)
{
    static const double one[MOST_STAGES] = { 1, 1, 1, 1, 1, 1, 1, 1 };
    const attributes *const a = ot_block_attributes(b);
    ot_var k[MOST_STAGES];
    if (!has_others(b, a)) return ot_state_of(0, NULL);
    for (int i = 0; i < a->stages; i++)
        k[i] = stage(b, in.v[0], i, k, -1, 0);
    for (int pass = 0; pass < a->updates; pass++)
        update(b, in.v[0], a, k);
    const ot_var y = ot_block_sum(b, in.v[0], a->stages, one, k, 0);
    return ot_state_of(1, &y);
}

OT_SCHEME(rknet, .about.equation = "k_i = f_i([x, k_1, ..., k_{i-1}]), y = x + k_1 + ... + k_s",
          .about.reference = "Zhu, Chang and Fu 2018", .about.attributes = rows,
          .about.size = sizeof(attributes), .about.defaults = &defaults, .count = count,
          .flags = OT_SCHEME_OWN_F | OT_SCHEME_ONE_SHAPE, .step = step);
