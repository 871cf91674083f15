/* SPDX-License-Identifier: BSD-3-Clause
 * The inside of a network. */
#ifndef OT_MODELS_NET_H
#define OT_MODELS_NET_H

#include "models/blocks.h"
#include "models/learnable.h"
#include "models/segments.h"
#include "schemes/block.h"

struct ot_net {
    ot_net_opts opts; /* with defaults filled in; its texts belong to the fields that follow */
    char blocks_text[OT__BLOCKS_TEXT_MOST], levels_text[OT__LEVELS_TEXT_MOST];
    char step_start_text[32];
    double step_start; /* where learned steps start */
    ot__blocks blocks;
    int n_levels;
    ot__level level[OT__MOST_LEVELS];
    ot__part stem, head;
    ot__recording recording; /* sub-net, branch, norm and way down */
    ot_tape *tape;           /* owned; NULL if the caller recorded the tape: */
    const ot_tape *borrowed; /* the caller's */
    ot_var images, labels, logits, loss;
    ot_var second_labels, label_weight; /* the null vars if there are none */
    ot_var level_result[OT__MOST_LEVELS];
    int n_blocks;             /* recorded so far */
    ot__learnable *learnable; /* by block */
    ot__segments segments;
    ot_block block; /* that is being recorded */
};

/* src/models/widths.c: finds the widths of all levels, which schemes that add channels and ways
 * down decide.  Blocks, levels and parts have been read.  OT_EINVAL. */
ot_status ot__net_find_widths(ot_net *net);
/* The group of blocks number i of a level, counted over its blocks; NULL after the last. */
const ot__group *ot__net_group(const ot_net *net, int level, int i);
/* Whether the shape changes where a level begins. */
bool ot__net_changes(const ot_net *net, int level);
/* Whether some level changes the shape, and each that does begins with a scheme that does so in its
 * own way, and not between blocks: ot_net_opts.down has no effect. */
bool ot__net_ignores_down(const ot_net *net);
/* Whether all schemes have layers of their own: ot_net_opts.subnet and branch have no effect. */
bool ot__net_ignores_subnet(const ot_net *net);

static inline const ot_down_kind *ot__net_down(const ot_net *net)
{
    return (const ot_down_kind *)net->recording.down.about;
}

static inline bool ot__net_controlled(const ot_net *net)
{
    return net->opts.step == OT_STEP_CONTROLLED;
}

/* Whether the network uses a part of this plugin, a number as for ot_plugin_at. */
bool ot__net_uses_plugin(const ot_net *net, int plugin);

/* src/models/checks.c: rejects sizes out of range, unknown values, and options that contradict each
 * other.  Blocks, levels and parts have been read, for ot__net_check also the widths; `given` is
 * without defaults.  OT_EINVAL. */
ot_status ot__net_check_levels(const ot_net *net);
ot_status ot__net_check(const ot_net *net, const ot_net_opts *given);
/* src/models/record.c: records the whole network; the tape keeps the first error. */
void ot__net_record(ot_net *net);
/* src/models/fuse.c: replaces the recorded tape by one with fused convolutions.  OT_EINVAL if there
 * is nothing to fuse, OT_ENOMEM. */
ot_status ot__net_rewrite_fused(ot_net *net);

#endif
