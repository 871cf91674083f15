/* SPDX-License-Identifier: BSD-3-Clause
 * The widths of the levels.  A description gives them as numbers, or leaves them to the way down,
 * as DenseNet does: a level adds channels block by block, and the transition to the next level
 * keeps a part of them. */
#include "models/net.h"
#include "schemes/scheme.h"

enum { MOST_CHANNELS = 65536 };

static ot_status check(int level, int channels)
{
    if (channels >= 1 && channels <= MOST_CHANNELS) return OT_OK;
    return ot__fail(OT_EINVAL, "net: level %d would have %d channels; there must be 1 to %d", level,
                    channels, (int)MOST_CHANNELS);
}

/* The channels after the last block of a level. */
static ot_status find_leaves(ot_net *net, int level)
{
    int channels = net->level[level].width;
    const ot__group *group;
    OT_TRY(check(level, channels));
    for (int i = 0; (group = ot__net_group(net, level, i)) != NULL; i++) {
        channels = ot__scheme_channels(group->scheme, channels);
        OT_TRY(check(level, channels));
    }
    net->level[level].leaves = channels;
    return OT_OK;
}

ot_status ot__net_find_widths(ot_net *net)
{
    const ot_down_kind *const down = ot__net_down(net);
    const void *const attributes = net->recording.down.attributes;
    for (int l = 0; l < net->n_levels; l++) {
        if (net->level[l].derived) {
            const int before = net->level[l - 1].leaves;
            net->level[l].width = down->channels ? down->channels(attributes, before) : before;
        }
        OT_TRY(find_leaves(net, l));
    }
    return OT_OK;
}
