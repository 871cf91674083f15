/* SPDX-License-Identifier: BSD-3-Clause
 * Recipes: published trainings as lists of options, in their words on the command line.  What a
 * user sets as well stays as it was set, so a recipe can be varied.  With another number of epochs,
 * the milestones of a recipe move in proportion. */
#include "train/recipe.h"

#include <string.h>

#include "base/check.h"
#include "base/preset.h"

#define OT_PART(id) extern const ot_recipe ot_recipe_##id;
#include "train/recipes.def"
#undef OT_PART
static const ot_recipe *const recipes[] = {
#define OT_PART(id) &ot_recipe_##id,
#include "train/recipes.def"
#undef OT_PART
};
enum { COUNT = sizeof recipes / sizeof recipes[0] };

int ot_recipe_count(void)
{
    return COUNT;
}

const ot_recipe *ot_recipe_at(int i)
{
    return i >= 0 && i < COUNT ? recipes[i] : NULL;
}

const ot_recipe *ot_recipe_find(const char *name)
{
    return ot__preset_find("recipe", name, COUNT, recipes);
}

void ot__milestones_scale(ot_int_list *list, int from, int to)
{
    const ot_int_list old = *list;
    list->n = 0;
    for (int i = 0; i < old.n; i++) {
        const int at = (int)(((long long)old.value[i] * to + from / 2) / from);
        const int last = list->n > 0 ? list->value[list->n - 1] : 0;
        if (at > last && at < to) list->value[list->n++] = at;
    }
}

void ot__milestones_default(ot_int_list *list, int epochs)
{
    *list = (ot_int_list){ 4, { 100, 150, 200, 230 } };
    ot__milestones_scale(list, 260, epochs);
}

/* Whether an option stays as it was given: its value is not that in a struct of zeros. */
static bool is_set(const ot_option *row, const void *given)
{
    static const ot_train_opts unset = { .net = NULL };
    return !ot__preset_is_same(row, given, &unset);
}

static bool never(const ot_option *row, const void *user)
{
    (void)row, (void)user;
    return false;
}

ot_status ot_recipe_apply(ot_train_opts *o)
{
    static const ot_int_list none = { 0 };
    OT_TRY(ot__check_given("recipe", "the options", o));
    if (!o->recipe) return OT_OK;
    const ot_recipe *const recipe = ot_recipe_find(o->recipe);
    if (!recipe) return ot__fail(OT_EINVAL, "training: %s", ot_message());
    const ot_train_opts given = *o;
    ot_train_opts published = { .net = NULL };
    o->recipe = NULL;
    OT_TRY(ot__preset_apply(recipe, ot_train_rows, &published, never, NULL));
    OT_TRY(ot__preset_apply(recipe, ot_train_rows, o, is_set, &given));
    const bool has_given = memcmp(&given.milestones, &none, sizeof none) != 0;
    if (!has_given && published.milestones.n > 0)
        ot__milestones_scale(&o->milestones, published.epochs, o->epochs);
    return OT_OK;
}
