/* SPDX-License-Identifier: BSD-3-Clause
 * Ops with their parameters, named as PyTorch names them. */
#ifndef OT_MODELS_LAYERS_H
#define OT_MODELS_LAYERS_H

#include "models/weights.h"

/* "name.weight" (out, C, 3, 3), He-initialised; pad 1, no bias. */
ot_var ot__layer_conv3x3(ot_tape *t, ot__weights *w, const char *name, ot_var x, int out,
                         int stride);
/* "name.weight", "name.bias", "name.running_mean", "name.running_var", all (C). */
ot_var ot__layer_batch_norm(ot_tape *t, ot__weights *w, const char *name, ot_var x);
/* "name.weight" (out, I), He-initialised, "name.bias" (out), zero. */
ot_var ot__layer_linear(ot_tape *t, ot__weights *w, const char *name, ot_var x, int out);

#endif
