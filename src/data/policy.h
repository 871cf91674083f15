/* SPDX-License-Identifier: BSD-3-Clause
 * AutoAugment (Cubuk et al., CVPR 2019).  A policy is a list of sub-policies, which are pairs of
 * operations.  For each image one sub-policy is drawn, and each of its two operations is applied
 * with its probability. */
#ifndef OT_DATA_POLICY_H
#define OT_DATA_POLICY_H

#include "base/rng.h"
#include "data/image32.h"

typedef struct ot__choice {
    uint8_t op;
    uint8_t tenths; /* the operation is applied with probability tenths/10 */
    uint8_t level;  /* of its magnitude, 0 to 9 */
} ot__choice;

typedef struct ot__sub_policy {
    ot__choice choice[2];
} ot__sub_policy;

/* The mean of CIFAR-10's training images, rounded to bytes. */
extern const uint8_t ot__mean_pixel[OT__CHANNELS];

/* Replaces OT_POLICY_OFF by what it means: no policy, no crop, no flip.  Leaves other policies as
 * they are. */
void ot__policy_resolve(ot_policy *policy, int *crop_pad, bool *flip);
/* The number of sub-policies; 0 for OT_POLICY_NONE. */
int ot__policy_count(ot_policy policy);
const ot__sub_policy *ot__policy_row(ot_policy policy, int i);
/* Applies a policy to an image.  Word 0 of the draw chooses the sub-policy, words 1 and 2 decide
 * whether its operations are applied.  The lower half of word 3 has the sign of the first operation
 * and the upper half that of the second, each in its highest bit; Cutout takes its place from the
 * other bits. */
void ot__policy_apply(ot_policy policy, ot__draw draw, ot__image32 *image);

#endif
