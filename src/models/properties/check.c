/* SPDX-License-Identifier: BSD-3-Clause
 * Checks of published networks: finds the property of each check and runs it. */
#include <math.h>
#include <string.h>

#include "base/check.h"
#include "models/properties/property.h"

#define OT_PART(id) extern const ot__property ot__property_##id;
#include "models/properties/properties.def"
#undef OT_PART
static const ot__property *const properties[] = {
#define OT_PART(id) &ot__property_##id,
#include "models/properties/properties.def"
#undef OT_PART
};
enum { COUNT = sizeof properties / sizeof properties[0] };

static const ot__property *find(const char *name)
{
    const char *names[COUNT];
    for (int i = 0; i < COUNT; i++) {
        names[i] = properties[i]->name;
        if (strcmp(names[i], name) == 0) return properties[i];
    }
    const char *const nearest = ot_nearest(name, COUNT, names);
    (void)ot__fail(OT_EINVAL, "there is no property '%.40s'; did you mean '%s'?", name,
                   nearest ? nearest : names[0]);
    return NULL;
}

void ot__checking_report(ot__checking *c, const char *what, double value, double expected,
                         double bound)
{
    const ot_check_line line = { .property = c->check->property,
                                 .what = what,
                                 .value = value,
                                 .expected = expected,
                                 .bound = bound,
                                 .passed = fabs(value - expected) <= bound };
    c->passed = c->passed && line.passed;
    if (c->on_line) c->on_line(&line, c->user);
}

static ot_status run(ot__checking *c, const ot_check *check)
{
    const ot__property *const property = find(check->property);
    if (!property) return OT_EINVAL;
    c->check = check;
    return property->run(c);
}

ot_status ot_system_check(const ot_system *s, void (*on_line)(const ot_check_line *, void *),
                          void *user, bool *passed)
{
    static const ot_check gradient = { .property = "gradient", .bound = 1e-6 };
    OT_TRY(ot__check_given("system", "the system", s));
    OT_TRY(ot__check_given("system", "where to put whether it passes", passed));
    *passed = false;
    ot__checking c = { .system = s, .on_line = on_line, .user = user, .passed = true };
    for (const ot_check *check = s->checks; check && check->property; check++)
        OT_TRY(run(&c, check));
    OT_TRY(run(&c, &gradient));
    *passed = c.passed;
    return OT_OK;
}
