/* SPDX-License-Identifier: BSD-3-Clause
 * Augmentation: what becomes of one image before the network sees it.  Every step works on bytes;
 * normalisation comes last. */
#ifndef OT_DATA_AUGMENT_H
#define OT_DATA_AUGMENT_H

#include "data/dataset.h"

/* OT_EINVAL unless the steps that opts asks for make sense. */
ot_status ot__augment_check(const ot_loader_opts *opts);

/* Image `index` as opts wants it in an epoch: a pure function of (seed, epoch, index). */
void ot__augment(const ot_loader_opts *opts, int epoch, int index, ot__image *image);

/* The number that stands for each byte, a channel: (v/255 - mean) / std. */
typedef struct ot__levels {
    float of[OT__CHANNELS][256];
} ot__levels;

ot__levels ot__levels_make(void);
void ot__normalise(const ot__levels *levels, const ot__image *image, float *x);
/* The byte that x stands for. */
uint8_t ot__denormalise(float x, int channel);

#endif
