/* SPDX-License-Identifier: BSD-3-Clause
 * Operands have smaller ids than results, so one sweep from the logits down marks what they
 * need. */
#include "export/walk.h"

#include "base/memory.h"

static ot_status check_leaf(const char *who, const ot__walk *w, int id)
{
    const ot__node *const n = ot__walk_node(w, id);
    if (!n->leaf || ot__is_tensor(n) || id == w->images) return OT_OK;
    return ot__fail(OT_EINVAL, "%s: the logits need '%s', an input other than the images", who,
                    n->name);
}

static ot_status mark(const char *who, ot__walk *w)
{
    w->needed[w->logits] = true;
    for (int id = w->logits; id > 0; id--) {
        if (!w->needed[id]) continue;
        const ot__record *const r = &ot__walk_node(w, id)->record;
        OT_TRY(check_leaf(who, w, id));
        for (int k = 0; k < r->n_in; k++) {
            w->needed[r->in[k].id] = true;
            w->readers[r->in[k].id]++;
        }
    }
    return OT_OK;
}

ot_status ot__walk_open(const char *who, const ot_net *net, ot__walk *w)
{
    *w = (ot__walk){ .net = net,
                     .tape = ot_net_tape(net),
                     .images = ot_net_images(net).id,
                     .logits = ot_net_logits(net).id };
    if (ot__net_segments(net)->n > 1)
        return ot__fail(OT_EINVAL,
                        "%s: the network has controlled steps, whose number depends on the images; "
                        "only networks with fixed or learned steps can be exported",
                        who);
    w->needed = ot__new(w->tape->n, sizeof *w->needed);
    w->readers = ot__new(w->tape->n, sizeof *w->readers);
    return w->needed && w->readers ? mark(who, w) : OT_ENOMEM;
}

void ot__walk_free(ot__walk *w)
{
    ot__free(w->needed);
    ot__free(w->readers);
}
