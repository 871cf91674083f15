/* SPDX-License-Identifier: BSD-3-Clause
 * The number of trained numbers of a network at its own size, and the number of channels that its
 * linear layer reads. */
#include "models/properties/property.h"

static ot_status parameters(ot__checking *c)
{
    ot_net *net = NULL;
    OT_TRY(ot__checking_net(c, c->check->options, 0, &net));
    ot__checking_report(c, "trained numbers", (double)ot_net_describe(net).params,
                        c->check->expected, 0);
    ot_net_free(net);
    return OT_OK;
}

static ot_status channels(ot__checking *c)
{
    ot_net *net = NULL;
    ot_params *ps = NULL;
    OT_TRY(ot__checking_net(c, c->check->options, 0, &net));
    const ot_status status = ot_params_new(ot_net_tape(net), &ps);
    const int i = ot_params_find(ps, "head.fc.weight");
    if (i >= 0)
        ot__checking_report(c, "channels before the linear layer", ot_params_shape(ps, i).dim[1],
                            c->check->expected, 0);
    ot_params_free(ps);
    ot_net_free(net);
    return status;
}

const ot__property ot__property_parameters = { .name = "parameters", .run = parameters };
const ot__property ot__property_channels = { .name = "channels", .run = channels };
