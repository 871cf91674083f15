/* SPDX-License-Identifier: BSD-3-Clause
 * Named systems.  A system is a list of options of a network in their words on the command line.
 * What a user sets as well stays as it was set, so a system can be varied. */
#include "models/systems.h"

#include <string.h>

#include "base/check.h"
#include "base/preset.h"

#define OT_PART(id) extern const ot_system ot_system_##id;
#include "models/systems.def"
#undef OT_PART
static const ot_system *const systems[] = {
#define OT_PART(id) &ot_system_##id,
#include "models/systems.def"
#undef OT_PART
};
enum { COUNT = sizeof systems / sizeof systems[0] };

int ot_system_count(void)
{
    return COUNT;
}

const ot_system *ot_system_at(int i)
{
    return i >= 0 && i < COUNT ? systems[i] : NULL;
}

const ot_system *ot_system_find(const char *name)
{
    return ot__preset_find("system", name, COUNT, systems);
}

/* Whether an option stays as it was given: it is set, or it excludes that of the system, as a width
 * excludes levels. */
static bool stays(const ot_option *row, const void *user)
{
    static const ot_net_opts unset = { .blocks = NULL };
    const ot_net_opts *const given = user;
    return !ot__preset_is_same(row, given, &unset) ||
           (strcmp(row->name, "levels") == 0 && given->width) ||
           (strcmp(row->name, "width") == 0 && given->levels);
}

ot_status ot__system_apply(const ot_system *system, ot_net_opts *o)
{
    const ot_net_opts given = *o;
    return ot__preset_apply(system, ot_net_rows, o, stays, &given);
}

ot_status ot_system_apply(ot_net_opts *o)
{
    OT_TRY(ot__check_given("system", "the options", o));
    if (!o->system) return OT_OK;
    const ot_system *const system = ot_system_find(o->system);
    if (!system) return ot__fail(OT_EINVAL, "net: %s", ot_message());
    o->system = NULL;
    return ot__system_apply(system, o);
}
