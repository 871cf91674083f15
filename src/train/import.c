/* SPDX-License-Identifier: BSD-3-Clause
 * Weights that other software has trained, as the values of a network.  Layouts agree with
 * PyTorch's: convolutions are (O,I,kh,kw) and linear layers (O,I) on both sides.  A linear layer
 * reads a mean over pixels, so no order of pixels and channels is in its weights. */
#include "autograd/params.h"
#include "base/check.h"
#include "models/naming.h"
#include "models/parts.h"
#include "store/safetensors.h"

/* Whose names are translated. */
typedef struct naming {
    const ot_naming *by;
    const ot_net *net;
} naming;

static int find(const void *user, const ot_params *ps, const char *theirs)
{
    const naming *const n = user;
    char ours[OT__NAMING_MOST];
    const ot__named found = ot__naming_translate(n->by, n->net, theirs, ours);
    if (found == OT__LEFT_OUT) return OT__LEAVE_OUT;
    return found == OT__NAMED ? ot_params_find(ps, ours) : -1;
}

ot_status ot_net_import(const ot_net *net, ot_params *ps, const char *path, const char *name,
                        ot_fit *fit)
{
    ot__part part;
    OT_TRY(ot__check_given("import", "the network", net));
    OT_TRY(ot__params_check("import", ps, ot_net_tape(net)));
    OT_TRY(ot__check_given("import", "the path", path));
    OT_TRY(ot__check_given("import", "the naming", name));
    OT_TRY(ot__part_read(ot__namings(), name, &part));
    const naming n = { .by = (const ot_naming *)part.about, .net = net };
    const ot__translation names = { .name = part.about->name, .find = find, .user = &n };
    ot__part_free(&part);
    return ot__params_import(ps, path, &names, fit);
}
