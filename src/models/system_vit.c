/* SPDX-License-Identifier: BSD-3-Clause
 * ViT-Tiny for CIFAR-10: 12 layers of 192 channels and 3 heads, as in DeiT, on patches of 4 x 4
 * pixels.  There is no class token, and q, k and v have no biases. */
#include "odetape.h"

static const char *const options[][2] = {
    { "net", "euler x24" },
    { "width", "192" },
    { "stem", "patch" },
    { "head", "norm-pool" },
    { "norm", "layer(eps=1e-6)" },
    { "subnet", "vit(heads=3)" },
    { NULL, NULL },
};

const ot_system ot_system_vit_tiny_cifar = {
    .name = "vit-tiny-cifar",
    .summary = "ViT-Tiny on patches of 4 x 4 pixels",
    .reference = "Dosovitskiy et al. 2021, Touvron et al. 2021",
    .options = options,
};
