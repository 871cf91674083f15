/* SPDX-License-Identifier: BSD-3-Clause
 * The table of the results that depend on options.  A result that an epoch does not have is NAN. */
#include "store/results.h"

#define FIELD(member) #member, offsetof(ot_epoch_result, member)

const ot__result ot__results[OT__RESULTS] = {
    /* key and field, accuracy, held out, average */
    { FIELD(validation_loss), false, true, false },
    { FIELD(validation_accuracy), true, true, false },
    { FIELD(average_loss), false, false, true },
    { FIELD(average_accuracy), true, false, true },
    { FIELD(average_validation_loss), false, true, true },
    { FIELD(average_validation_accuracy), true, true, true },
};

bool ot__result_is_used(const ot__result *r, const ot_train_opts *o)
{
    return (!r->held_out || o->validation > 0) && (!r->average || o->average > 0.0);
}

double ot__result_get(const ot__result *r, const ot_epoch_result *e)
{
    return *(const double *)((const char *)e + r->offset);
}

double *ot__result_at(const ot__result *r, ot_epoch_result *e)
{
    return (double *)((char *)e + r->offset);
}
