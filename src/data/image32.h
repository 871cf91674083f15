/* SPDX-License-Identifier: BSD-3-Clause
 * Images of the size that the formats of CIFAR, the built-in set and the policies of AutoAugment
 * have. */
#ifndef OT_DATA_IMAGE32_H
#define OT_DATA_IMAGE32_H

#include "data/dataset.h"

enum { OT__SIDE = 32, OT__CHANNELS = 3 };

/* Channels last. */
typedef struct ot__image32 {
    uint8_t at[OT__SIDE][OT__SIDE][OT__CHANNELS];
} ot__image32;

static inline bool ot__is_image32(int height, int width, int channels)
{
    return height == OT__SIDE && width == OT__SIDE && channels == OT__CHANNELS;
}

#endif
