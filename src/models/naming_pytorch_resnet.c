/* SPDX-License-Identifier: BSD-3-Clause
 * The names of residual networks in PyTorch, as the common implementations for CIFAR-10 and
 * torchvision have them.  A state that DataParallel saved has the prefix "module.". */
#include "odetape.h"

static const ot_naming_rule rules[] = {
    { "*.num_batches_tracked", NULL }, /* read by PyTorch only if a norm has no momentum */
    { "conv1.*", "stem.conv.*" },
    { "bn1.*", "stem.bn.*" },
    { "layer{level}.{index}.shortcut.0.*", "blocks.{block}.down.conv.*" },
    { "layer{level}.{index}.shortcut.1.*", "blocks.{block}.down.bn.*" },
    { "layer{level}.{index}.downsample.0.*", "blocks.{block}.down.conv.*" },
    { "layer{level}.{index}.downsample.1.*", "blocks.{block}.down.bn.*" },
    { "layer{level}.{index}.*", "blocks.{block}.stages.0.*" },
    { "bn.*", "head.bn.*" },
    { "linear.*", "head.fc.*" },
    { "fc.*", "head.fc.*" },
    { NULL, NULL },
};

const ot_naming ot_naming_pytorch_resnet = {
    .about = { .name = "pytorch-resnet",
               .equation = "conv1, bn1, layer1.0.conv1, ..., linear",
               .reference = "akamaster/pytorch_resnet_cifar10, torchvision" },
    .prefix = "module.",
    .rules = rules,
};
