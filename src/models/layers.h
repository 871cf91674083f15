/* SPDX-License-Identifier: BSD-3-Clause
 * Layers: ops with their parameters, which have PyTorch's names.  w says where the parameters come
 * from; NULL: the layer has its own. */
#ifndef OT_MODELS_LAYERS_H
#define OT_MODELS_LAYERS_H

#include "models/weights.h"

/* A convolution with padding 1 and no bias: "name.weight" (out, C, 3, 3), initialised as He et al.
 * 2015. */
ot_var ot__layer_conv3x3(ot_tape *t, ot__weights *w, const char *name, ot_var x, int out,
                         int stride);
/* A batch norm: "name.weight", "name.bias", "name.running_mean", "name.running_var", all (C). */
ot_var ot__layer_batch_norm(ot_tape *t, ot__weights *w, const char *name, ot_var x);
/* A linear layer: "name.weight" (out, I), initialised as He et al. 2015, and "name.bias" (out),
 * initially zero. */
ot_var ot__layer_linear(ot_tape *t, ot__weights *w, const char *name, ot_var x, int out);

#endif
