/* SPDX-License-Identifier: BSD-3-Clause
 * Named systems.  A system is a list of options of a network in their words on the command line.
 * What a user sets as well stays as it was set, so a system can be varied. */
#include <string.h>

#include "base/check.h"
#include "base/option.h"

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
    const char *names[COUNT];
    for (int i = 0; i < COUNT; i++) {
        names[i] = systems[i]->name;
        if (name && strcmp(name, names[i]) == 0) return systems[i];
    }
    const char *const nearest = name ? ot_nearest(name, COUNT, names) : NULL;
    (void)ot__fail(OT_EINVAL, "there is no system '%.40s'; did you mean '%s'?", name ? name : "",
                   nearest ? nearest : names[0]);
    return NULL;
}

/* Whether the field of the row has its value in a struct of zeros. */
static bool is_unset(const ot_option *row, const ot_net_opts *o)
{
    static const ot_net_opts unset = { .blocks = NULL };
    char value[OT__OPTION_TEXT], zero[OT__OPTION_TEXT];
    ot__option_write(row, o, value, sizeof value);
    ot__option_write(row, &unset, zero, sizeof zero);
    return strcmp(value, zero) == 0;
}

/* Whether a choice between two options is made already: a width excludes the system's levels. */
static bool is_excluded(const char *name, const ot_net_opts *o)
{
    return (strcmp(name, "levels") == 0 && o->width) || (strcmp(name, "width") == 0 && o->levels);
}

ot_status ot_system_apply(ot_net_opts *o)
{
    OT_TRY(ot__check_given("system", "the options", o));
    if (!o->system) return OT_OK;
    const ot_system *const system = ot_system_find(o->system);
    if (!system) return ot__fail(OT_EINVAL, "net: %s", ot_message());
    const ot_net_opts given = *o;
    o->system = NULL;
    for (const char *const(*pair)[2] = system->options; (*pair)[0]; pair++)
        for (const ot_option *row = ot_net_rows; row->name; row++)
            if (strcmp(row->name, (*pair)[0]) == 0 && is_unset(row, &given) &&
                !is_excluded(row->name, &given))
                OT_TRY(ot__option_read(row, (*pair)[1], o));
    return OT_OK;
}
