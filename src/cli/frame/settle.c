/* SPDX-License-Identifier: BSD-3-Clause
 * Options that stand for others, --system, --recipe and --no-augment, set those, and options that
 * have no effect are unset or refused. */
#include "cli/frame/settle.h"

#include <string.h>

#include "base/option.h"
#include "odetape.h"

/* A preset is applied to options of which all others are unset, because an option that is 0 may
 * have been given, and one that is not 0 may be a default. */
static ot_status apply_system(ot_net_opts *o, cli_given *given, const void *user)
{
    ot_net_opts varied = { .system = o->system };
    for (const ot_option *row = ot_net_rows; row->name; row++)
        if (given(row->name, user)) ot__option_copy(row, o, &varied);
    OT_TRY(ot_system_apply(&varied));
    for (const ot_option *row = ot_net_rows; row->name; row++)
        if (!given(row->name, user)) ot__option_copy(row, &varied, o);
    o->system = NULL;
    return OT_OK;
}

ot_status cli_apply_system(const cli_command *c, void *settings, cli_given *given, const void *user)
{
    for (const cli_group *g = c->groups; g && g->title; g++) {
        if (g->options != ot_net_rows) continue;
        ot_net_opts *const net = (ot_net_opts *)((char *)settings + g->offset);
        if (net->system)
            OT_TRY(apply_system(net, given, user));
        else if (net->levels && !given("width", user))
            net->width = 0;
    }
    return OT_OK;
}

static bool is_in(const char *name, const ot_preset *preset)
{
    const char *const(*pair)[2] = preset->options;
    while ((*pair)[0] && strcmp((*pair)[0], name) != 0)
        pair++;
    return (*pair)[0] != NULL;
}

static ot_status apply_recipe(ot_train_opts *o, cli_given *given, const void *user)
{
    const ot_recipe *const recipe = ot_recipe_find(o->recipe);
    ot_train_opts varied = { .recipe = o->recipe };
    if (!recipe) return OT_EINVAL;
    for (const ot_option *row = ot_train_rows; row->name; row++)
        if (given(row->name, user)) ot__option_copy(row, o, &varied);
    OT_TRY(ot_recipe_apply(&varied));
    for (const ot_option *row = ot_train_rows; row->name; row++)
        if (is_in(row->name, recipe) && !given(row->name, user)) ot__option_copy(row, &varied, o);
    o->recipe = NULL;
    return OT_OK;
}

/* Whether the command has the switch, and it is on. */
static bool is_on(const cli_command *c, const void *settings, const char *name)
{
    for (const cli_group *g = c->groups; g && g->title; g++)
        for (const ot_option *o = g->options; o->name; o++)
            if (o->kind == OT_OPTION_SWITCH && strcmp(o->name, name) == 0)
                return *(const bool *)((const char *)settings + g->offset + o->offset);
    return false;
}

static ot_status contradicts(const char *name, const char *value)
{
    return ot__fail(OT_EINVAL,
                    "no-augment stands for augment none and cutout 0, and %s %s is given; leave "
                    "one of them out",
                    name, value);
}

static ot_status switch_augmentation_off(ot_train_opts *o, cli_given *given, const void *user)
{
    char cutout[16];
    snprintf(cutout, sizeof cutout, "%d", o->cutout);
    if (given("augment", user) && o->policy != OT_POLICY_OFF)
        return contradicts("augment", ot_policy_names[o->policy]);
    if (given("cutout", user) && o->cutout != 0) return contradicts("cutout", cutout);
    o->policy = OT_POLICY_OFF;
    o->cutout = 0;
    return OT_OK;
}

ot_status cli_settle_training(const cli_command *c, void *settings, cli_given *given,
                              const void *user)
{
    for (const cli_group *g = c->groups; g && g->title; g++) {
        ot_train_opts *const o = (ot_train_opts *)((char *)settings + g->offset);
        if (g->options != ot_train_rows) continue;
        if (o->recipe) OT_TRY(apply_recipe(o, given, user));
        if (is_on(c, settings, "no-augment")) OT_TRY(switch_augmentation_off(o, given, user));
        OT_TRY(ot_train_settle(o, given, user));
    }
    return OT_OK;
}
