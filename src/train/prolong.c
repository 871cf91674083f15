/* SPDX-License-Identifier: BSD-3-Clause
 * A milestone m lowers the rate of epoch m (from 0) and of all later ones.  So once n epochs have
 * begun, the milestones below n are past. */
#include "train/prolong.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/json.h"
#include "store/journal.h"
#include "train/parts.h"

static const char EPOCHS[] = "epochs", MILESTONES[] = "milestones";

/* Returns NULL if the schedule of a training can be prolonged, and otherwise the reason why not.  A
 * schedule by steps can: its rates of past epochs do not depend on the number of epochs. */
static const char *reason_against(const ot_train_opts *opts)
{
    const ot_schedule_kind *const s =
        (const ot_schedule_kind *)ot__part_of(ot__schedules(), opts->schedule, "step");
    return !s || s->prolongs
               ? NULL
               : "its schedule depends on the number of epochs, so the rates of the "
                 "epochs that are past would have been others; --schedule step can be "
                 "prolonged";
}

ot_status ot__prolong_options(ot_train_opts *opts)
{
    if (!opts->prolong || !opts->resume || opts->milestones.n != -1) return OT_OK;
    ot_train_opts before = { 0 };
    OT_TRY(ot_train_read(opts->resume, &before));
    opts->milestones = before.milestones;
    return OT_OK;
}

/* The milestones of `all` that are below `begun`. */
static json_t *past(const json_t *all, long long begun)
{
    size_t i;
    json_t *m, *some = json_array();
    json_array_foreach(all, i, m)
    {
        if (json_integer_value(m) < begun)
            ot__json_append(&some, json_integer(json_integer_value(m)));
    }
    return some;
}

static ot_status check_past(const char *path, const json_t *old, const json_t *new, long long begun)
{
    json_t *const a = past(old, begun), *const b = past(new, begun);
    char *const x = a ? json_dumps(a, JSON_COMPACT) : NULL;
    char *const y = b ? json_dumps(b, JSON_COMPACT) : NULL;
    ot_status status = OT_OK;
    if (!x || !y)
        status = ot__fail(OT_ENOMEM, "%s: out of memory for the milestones", path);
    else if (!json_equal(a, b))
        status = ot__fail(OT_EINVAL,
                          "%s: its %lld epochs were trained with the milestones %.80s, and the new "
                          "ones that are past are %.80s; they must be equal",
                          path, begun, x, y);
    free(x);
    free(y);
    json_decref(a);
    json_decref(b);
    return status;
}

ot_status ot__prolong(const char *path, const ot_train_opts *opts, const json_t *state,
                      json_t *then)
{
    if (!opts->prolong) return OT_OK;
    const long long had = ot__whole(then, EPOCHS);
    const long long begun = ot__whole(state, "epochs") + (ot__whole(state, "steps") > 0);
    const char *const reason = reason_against(opts);
    if (reason && opts->epochs > had)
        return ot__fail(OT_EINVAL, "%s: cannot be prolonged: %s", path, reason);
    if (opts->epochs < had)
        return ot__fail(OT_EINVAL,
                        "%s: was trained with epochs %lld, and is to go on with %d; it can be "
                        "prolonged, not shortened",
                        path, had, opts->epochs);
    json_t *now = ot__prolonged_json(opts);
    if (!now) return ot__fail(OT_ENOMEM, "%s: out of memory for the options", path);
    const ot_status status = check_past(path, json_object_get(then, MILESTONES),
                                        json_object_get(now, MILESTONES), begun);
    if (status == OT_OK) json_object_update(then, now);
    json_decref(now);
    return status;
}

json_t *ot__prolonged_json(const ot_train_opts *opts)
{
    json_t *milestones = json_array();
    for (int i = 0; i < opts->milestones.n; i++)
        ot__json_append(&milestones, json_integer(opts->milestones.value[i]));
    return json_pack("{s:i, s:o}", EPOCHS, opts->epochs, MILESTONES, milestones);
}
