/* SPDX-License-Identifier: BSD-3-Clause
 * Each option of a network is one line of a table, so that a key that is added there is in the
 * journal and is among what a resume compares. */
#include "train/description.h"

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/json.h"
#include "base/normalisation.h"
#include "store/journal.h"

static const char *const outputs[] = { "weights", "last" };
static const char *const steps[] = { "fixed", "learned", "learned-output", "channel",
                                     "controlled" };
static const char *const weights[] = { "independent", "shared", "theta" };

typedef enum kind { TEXT, WHOLE, SWITCH, REAL, OUTPUT, STEP, WEIGHTS } kind;
typedef enum use { ALWAYS, CONTROLLED, NOT_TOLD } use; /* when the journal has the key */

#define KEY(name, kind, member, use)                                                               \
    {                                                                                              \
        name, kind, offsetof(ot_net_opts, member), use                                             \
    }

/* clang-format off */
static const struct {
    const char *name;
    kind kind;
    size_t at;
    use use;
} keys[] = {
    KEY("blocks",        TEXT,    blocks,             ALWAYS),
    KEY("subnet",        TEXT,    subnet,             ALWAYS),
    KEY("width",         WHOLE,   width,              ALWAYS),
    KEY("stem_stride",   WHOLE,   stem_stride,        ALWAYS),
    KEY("block_relu",    SWITCH,  block_relu,         ALWAYS),
    KEY("plain_head",    SWITCH,  plain_head,         ALWAYS),
    KEY("output",        OUTPUT,  output,             ALWAYS),
    KEY("step",          STEP,    step,               ALWAYS),
    KEY("step_clamp",    SWITCH,  step_clamp,         ALWAYS),
    KEY("learn_tableau", SWITCH,  learn_tableau,      ALWAYS),
    KEY("project_order", WHOLE,   project_order,      ALWAYS),
    KEY("weights",       WEIGHTS, weights,            ALWAYS),
    KEY("tolerance",     REAL,    control.tolerance,  CONTROLLED),
    KEY("first_step",    REAL,    control.first,      CONTROLLED),
    KEY("most_steps",    WHOLE,   control.most_steps, NOT_TOLD),
    KEY("image",         WHOLE,   image,              NOT_TOLD),
    KEY("channels",      WHOLE,   channels,           NOT_TOLD),
    KEY("classes",       WHOLE,   classes,            NOT_TOLD),
};
/* clang-format on */
enum { KEYS = sizeof keys / sizeof keys[0] };

static json_t *value_of(const ot_net_opts *opts, int i)
{
    const void *const at = (const char *)opts + keys[i].at;
    switch (keys[i].kind) {
    case TEXT:
        return json_string(*(const char *const *)at);
    case WHOLE:
        return json_integer(*(const int *)at);
    case SWITCH:
        return json_boolean(*(const bool *)at);
    case REAL:
        return json_real(*(const double *)at);
    case OUTPUT:
        return json_string(outputs[*(const ot_output *)at]);
    case STEP:
        return json_string(steps[*(const ot_step_kind *)at]);
    case WEIGHTS:
        return json_string(weights[*(const ot_weights *)at]);
    }
    return NULL;
}

static json_t *describe(const ot_net_opts *opts, use most)
{
    json_t *json = json_object();
    for (int i = 0; i < KEYS; i++)
        if (keys[i].use <= most) ot__json_set(&json, keys[i].name, value_of(opts, i));
    return json;
}

json_t *ot__description_short(const ot_net_opts *opts)
{
    return describe(opts, opts->step == OT_STEP_CONTROLLED ? CONTROLLED : ALWAYS);
}

json_t *ot__description_json(const ot_net *net, const ot_params *params)
{
    char text[OT__NORMALISATION_TEXT], key[24];
    json_t *json = describe(ot_net_options(net), NOT_TOLD);
    for (int i = 0; ot_net_scheme(net, i); i++) {
        snprintf(key, sizeof key, "scheme.%d", i);
        ot__json_set(&json, key, json_string(ot_scheme_text(ot_net_scheme(net, i))));
    }
    const ot_normalisation n = ot_params_normalisation(params);
    ot__normalisation_write(n.channels, n.mean, text);
    ot__json_set(&json, OT__KEY_MEAN, json_string(text));
    ot__normalisation_write(n.channels, n.deviation, text);
    ot__json_set(&json, OT__KEY_DEVIATION, json_string(text));
    return json;
}

json_t *ot__description_of_run(const ot_net *net, const ot_net_info *info)
{
    json_t *json = ot__description_short(ot_net_options(net));
    ot__json_set(&json, "evaluations", json_integer(info->evaluations));
    ot__json_set(&json, "convs", json_integer(info->convs));
    ot__json_set(&json, "params", json_integer((json_int_t)info->params));
    return json;
}

/* ---- the options of a training ---- */

static json_t *number(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

/* 64 bits without a sign: a number where JSON readers have one, else its digits. */
static json_t *seed_json(uint64_t seed)
{
    char digits[24];
    if (seed <= INT64_MAX) return json_integer((json_int_t)seed);
    snprintf(digits, sizeof digits, "%ju", (uintmax_t)seed);
    return json_string(digits);
}

/* What is not used is not told, as before it existed: files of earlier trainings stay the same. */
static void add_augmentation(json_t **json, const ot_train_opts *o)
{
    static const char *const names[] = { "none", "autoaugment", "autoaugment-dv",
                                         "autoaugment-tf" };
    if (o->policy != OT_POLICY_NONE) ot__json_set(json, "augment", json_string(names[o->policy]));
    if (o->cutout > 0) ot__json_set(json, "cutout", json_integer(o->cutout));
}

json_t *ot__options_json(const ot_train_opts *o)
{
    json_t *milestones = json_array();
    for (int i = 0; i < o->n_milestones; i++)
        ot__json_append(&milestones, json_integer(o->milestones[i]));
    json_t *json =
        json_pack("{s:i, s:i, s:o, s:o, s:o, s:o, s:o, s:o, s:i, s:b, s:o}", "epochs", o->epochs,
                  "batch", o->batch, "lr", number(o->lr), "momentum", number(o->momentum),
                  "weight_decay", number(o->weight_decay), "milestones", milestones, "decay",
                  number(o->decay), "seed", seed_json(o->seed), "crop_pad", o->crop_pad, "flip",
                  o->flip, "max_seconds", number(o->max_seconds));
    add_augmentation(&json, o);
    return json;
}
