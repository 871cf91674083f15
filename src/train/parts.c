/* SPDX-License-Identifier: BSD-3-Clause
 * The registries of optimisers and schedules, expanded from their lists. */
#include "train/parts.h"

#include <string.h>

#include "base/check.h"

/* ---- optimisers ---- */

#define OT_PART(id) extern const ot_optimiser_kind ot_optimiser_##id;
#include "train/optimisers.def"
#undef OT_PART
static const ot_about *const optimisers[] = {
#define OT_PART(id) &ot_optimiser_##id.about,
#include "train/optimisers.def"
#undef OT_PART
};

/* ---- schedules ---- */

#define OT_PART(id) extern const ot_schedule_kind ot_schedule_##id;
#include "train/schedules.def"
#undef OT_PART
static const ot_about *const schedules[] = {
#define OT_PART(id) &ot_schedule_##id.about,
#include "train/schedules.def"
#undef OT_PART
};

/* ---- the registries ---- */

OT__REGISTRY(ot__optimisers, optimisers, "optimiser")
OT__REGISTRY(ot__schedules, schedules, "schedule")

const ot_about *ot__part_of(const ot__registry *r, const char *text, const char *unsaid)
{
    if (!text) text = unsaid;
    return ot__registry_look(r, text, strcspn(text, "( "));
}

const ot_optimiser_kind *ot_optimiser_kind_at(int i)
{
    return (const ot_optimiser_kind *)ot__registry_at(ot__optimisers(), i);
}

const ot_schedule_kind *ot_schedule_kind_at(int i)
{
    return (const ot_schedule_kind *)ot__registry_at(ot__schedules(), i);
}

/* Files have the names of states between dots: "optimiser.exp_avg.fc.weight". */
static ot_status check_states(const char *name, const char *const *states)
{
    int n = 0;
    for (; states && states[n]; n++) {
        const char *const s = states[n];
        if (n == OT_OPTIMISER_STATES_MOST)
            return ot__fail(OT_EINVAL, "optimiser %s: there may be %d states at most", name,
                            (int)OT_OPTIMISER_STATES_MOST);
        if (!*s || strlen(s) > 40 || s[strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789_")])
            return ot__fail(OT_EINVAL,
                            "optimiser %s: a state cannot be called '%.40s'; a name has up to 40 "
                            "lower-case letters, digits and _",
                            name, s);
        for (int k = 0; k < n; k++)
            if (strcmp(states[k], s) == 0)
                return ot__fail(OT_EINVAL, "optimiser %s: two states are called %s", name, s);
    }
    return OT_OK;
}

ot_status ot_register_optimiser(const ot_optimiser_kind *kind)
{
    OT_TRY(ot__check_given("register", "the optimiser", kind));
    const char *const name = kind->about.name ? kind->about.name : "";
    if (!kind->step_f32 || !kind->step_f64)
        return ot__fail(OT_EINVAL,
                        "optimiser %s: one of the functions step_f32 and step_f64 is "
                        "missing",
                        name);
    OT_TRY(check_states(name, kind->states));
    return ot__registry_add(ot__optimisers(), &kind->about);
}

ot_status ot_register_schedule(const ot_schedule_kind *kind)
{
    OT_TRY(ot__check_given("register", "the schedule", kind));
    if (!kind->rate)
        return ot__fail(OT_EINVAL, "schedule %s: the function rate is missing",
                        kind->about.name ? kind->about.name : "");
    return ot__registry_add(ot__schedules(), &kind->about);
}
