/* SPDX-License-Identifier: BSD-3-Clause
 * AutoAugment (Cubuk et al., CVPR 2019): of a list of pairs of operations one is drawn for each
 * image; each of the two is applied with its probability. */
#ifndef OT_DATA_POLICY_H
#define OT_DATA_POLICY_H

#include "base/rng.h"
#include "data/dataset.h"

typedef struct ot__choice {
    uint8_t op, tenths, level; /* with probability tenths/10, with magnitude 0 to 9 */
} ot__choice;

typedef struct ot__sub_policy {
    ot__choice choice[2];
} ot__sub_policy;

/* The mean of CIFAR-10's training images, to the nearest byte: about 0 after normalising. */
extern const uint8_t ot__mean_pixel[OT__CHANNELS];

int ot__policy_count(ot_policy policy); /* of its sub-policies; 0 for OT_POLICY_NONE */
const ot__sub_policy *ot__policy_row(ot_policy policy, int i);
/* Word 0 draws the sub-policy, words 1 and 2 whether its operations are applied, the halves of
 * word 3, the lower one first, their signs. */
void ot__policy_apply(ot_policy policy, ot__draw draw, ot__image *image);

#endif
