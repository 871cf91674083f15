/* SPDX-License-Identifier: BSD-3-Clause
 * Finds the tensor of a network that a name of other software means. */
#ifndef OT_MODELS_NAMING_H
#define OT_MODELS_NAMING_H

#include "models/net.h"

/* Writes the network's name for `theirs` to `ours`.  The network need not have such a tensor.
 * OT__NAMED; OT__UNNAMED if no rule fits, or the network has no such level or block; OT__LEFT_OUT
 * if the rule leaves such tensors out. */
typedef enum ot__named { OT__UNNAMED, OT__LEFT_OUT, OT__NAMED } ot__named;
enum { OT__NAMING_MOST = 256 };
ot__named ot__naming_translate(const ot_naming *naming, const ot_net *net, const char *theirs,
                               char ours[OT__NAMING_MOST]);

#endif
