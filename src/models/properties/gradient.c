/* SPDX-License-Identifier: BSD-3-Clause
 * The gradients of a small version of a network match central differences. */
#include <math.h>

#include "models/properties/property.h"

static ot_status run(ot__checking *c)
{
    enum { BLOCKS = 2 };
    static const ot_gradcheck_opts opts = { .seed = 1, .all_below = 4, .directions = 1 };
    ot_gradcheck_report r;
    ot_net *net = NULL;
    OT_TRY(ot__checking_net(c, c->check->options, BLOCKS, &net));
    const ot_status status = ot_gradcheck(ot_net_tape(net), ot_net_loss(net), NULL, &opts, &r);
    if (status == OT_OK) {
        ot__checking_report(c, "relative error against central differences",
                            r.decided ? r.worst_error : NAN, 0, c->check->bound);
        ot__checking_report(c, "relative |<Jv, w> - <v, J'w>|", r.dot_error, 0, c->check->bound);
    }
    ot_net_free(net);
    return status;
}

const ot__property ot__property_gradient = { .name = "gradient", .run = run };
