/* SPDX-License-Identifier: BSD-3-Clause
 * A network equals another one in a limiting case.  The other network gets its values by their
 * names or, where names differ, in their order. */
#include <string.h>

#include "models/properties/property.h"

/* The tensor of `from` whose values tensor i of `to` gets; -1: none. */
static int source_of(const ot_params *from, const ot_params *to, int i)
{
    const int found = ot_params_find(from, ot_params_name(to, i));
    return found < 0 && ot_params_count(from) == ot_params_count(to) ? i : found;
}

static ot_status copy(ot_params *from, ot_params *to)
{
    for (int i = 0; i < ot_params_count(to); i++) {
        const int k = source_of(from, to, i);
        if (k < 0 || ot_params_elements(from, k) != ot_params_elements(to, i))
            return ot__fail(OT_EINVAL, "equals: the network has no values for %s of the other one",
                            ot_params_name(to, i));
        const void *const values = ot_params_value(from, k, OT_F64);
        double *const w = ot_params_edit(to, i, OT_F64);
        if (!values || !w) return OT_ENOMEM;
        memcpy(w, values, ot_params_elements(to, i) * sizeof *w);
    }
    return OT_OK;
}

static ot_status run(ot__checking *c)
{
    ot__small one, two;
    OT_TRY(ot__small_new(c, c->check->options, 2, &one));
    ot_status status = ot__small_new(c, c->check->other, 2, &two);
    if (status == OT_OK) {
        status = copy(one.params, two.params);
        if (status == OT_OK) status = ot__small_run(&one);
        if (status == OT_OK) status = ot__small_run(&two);
        if (status == OT_OK)
            ot__checking_report(c, "logits against those of the limiting case",
                                ot__small_distance(&one, &two), 0, c->check->bound);
        ot__small_free(&two);
    }
    ot__small_free(&one);
    return status;
}

const ot__property ot__property_equals = { .name = "equals", .run = run };
