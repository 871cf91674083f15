/* SPDX-License-Identifier: BSD-3-Clause
 * Options that have no effect with a value of another one.  Whoever gives such an option expects
 * something that does not happen, so it is refused.  If it is a default or a recipe's, it is unset.
 */
#include <string.h>

#include "base/check.h"
#include "base/option.h"
#include "base/preset.h"
#include "train/parts.h"
#include "train/recipe.h"
#include "train/training.h"

static const ot_train_opts unset = { .net = NULL };

bool ot__train_has_milestones(const ot_train_opts *o)
{
    const ot_schedule_kind *const s =
        (const ot_schedule_kind *)ot__part_of(ot__schedules(), o->schedule, "step");
    return !s || s->milestones; /* an unknown one is refused later */
}

static bool has_momentum(const ot_train_opts *o)
{
    const ot_optimiser_kind *const u =
        (const ot_optimiser_kind *)ot__part_of(ot__optimisers(), o->optimiser, "sgd");
    return !u || u->momentum;
}

/* A short training has no default milestones, and one that is prolonged may have none left. */
static bool decays_rate(const ot_train_opts *o)
{
    ot_int_list usual;
    ot__milestones_default(&usual, o->epochs);
    return o->milestones.n != 0 || usual.n == 0 || o->prolong;
}

static bool decays_weights(const ot_train_opts *o)
{
    return o->weight_decay != 0;
}

static bool augments(const ot_train_opts *o)
{
    return o->policy != OT_POLICY_OFF;
}

static bool crops(const ot_train_opts *o)
{
    return o->crop_pad != 0;
}

/* `option` has an effect where is_read returns true, which depends on the option `with`.  `instead`
 * is what makes it so. */
static const struct dependence {
    const char *option, *with;
    bool (*is_read)(const ot_train_opts *o);
    const char *instead;
} dependences[] = {
    { "milestones", "schedule", ot__train_has_milestones, "schedule step" },
    { "decay", "schedule", ot__train_has_milestones, "schedule step" },
    { "decay", "milestones", decays_rate, "a milestone" },
    { "momentum", "optimiser", has_momentum, "optimiser sgd" },
    { "decay-on", "weight-decay", decays_weights, "a weight-decay" },
    { "crop", "augment", augments, "augment standard" },
    { "crop-fill", "augment", augments, "augment standard" },
    { "no-flip", "augment", augments, "augment standard" },
    { "crop-fill", "crop", crops, "a crop" },
};

static const ot_option *row_of(const char *name)
{
    const ot_option *row = ot_train_rows;
    while (strcmp(row->name, name) != 0)
        row++;
    return row;
}

static ot_status refuse(const struct dependence *d, const ot_train_opts *o)
{
    char value[OT__OPTION_TEXT], other[OT__OPTION_TEXT];
    ot__option_write(row_of(d->option), o, value, sizeof value);
    ot__option_write(row_of(d->with), o, other, sizeof other);
    return ot__fail(OT_EINVAL,
                    "%s is %.80s, which has no effect with %s %.80s; leave %s out, or choose %s",
                    d->option, value, d->with, other, d->option, d->instead);
}

/* Whether an option of a struct is neither 0 nor its default. */
static bool is_chosen(const char *name, const void *given)
{
    const ot_train_opts usual = { .decay = OT__DEFAULT_DECAY, .milestones = { .n = -1 } };
    const ot_option *const row = row_of(name);
    return !ot__preset_is_same(row, given, &unset) && !ot__preset_is_same(row, given, &usual);
}

static ot_status unset_options(ot_train_opts *o, bool refuses,
                               bool (*given)(const char *option, const void *user),
                               const void *user)
{
    for (size_t i = 0; i < sizeof dependences / sizeof dependences[0]; i++) {
        const struct dependence *const d = &dependences[i];
        const ot_option *const row = row_of(d->option);
        if (d->is_read(o)) continue;
        if (!given(d->option, user))
            ot__option_copy(row, &unset, o);
        else if (refuses && !ot__preset_is_same(row, o, &unset))
            return refuse(d, o);
    }
    return OT_OK;
}

ot_status ot__train_unset(ot_train_opts *used, const ot_train_opts *given, bool refuses)
{
    return unset_options(used, refuses, is_chosen, given);
}

ot_status ot_train_settle(ot_train_opts *o, bool (*given)(const char *option, const void *user),
                          const void *user)
{
    OT_TRY(ot__check_given("settle", "the options", o));
    const ot_train_opts before = *o;
    return unset_options(o, true, given ? given : is_chosen, given ? user : &before);
}
