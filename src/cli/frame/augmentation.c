/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/frame/augmentation.h"

const char *const cli_augmentation_names[] = {
    "none", "standard", "autoaugment", "autoaugment-dv", "autoaugment-tf", NULL,
};

ot_policy cli_augmentation_policy(int kind)
{
    static const ot_policy policies[] = {
        OT_POLICY_NONE,           OT_POLICY_NONE,           OT_POLICY_AUTOAUGMENT,
        OT_POLICY_AUTOAUGMENT_DV, OT_POLICY_AUTOAUGMENT_TF,
    };
    return policies[kind];
}
