/* SPDX-License-Identifier: BSD-3-Clause
 * Augmentation: what becomes of one image before the network sees it.  Every step works on bytes;
 * normalisation comes last. */
#ifndef OT_DATA_AUGMENT_H
#define OT_DATA_AUGMENT_H

#include "data/dataset.h"

/* OT_EINVAL unless the steps that opts asks for make sense. */
ot_status ot__augment_check(const ot_loader_opts *opts);

/* Image `index` as opts wants it in an epoch: a pure function of (seed, epoch, index).  opts have a
 * normalisation: what a cutout or a policy's border paints is its mean. */
void ot__augment(const ot_loader_opts *opts, int epoch, int index, ot__image *image);

/* The number that stands for each byte of a channel: (v/255 - mean) / deviation. */
typedef struct ot__levels {
    float of[OT__CHANNELS][256];
} ot__levels;

ot__levels ot__levels_make(const ot_normalisation *n);
void ot__normalise(const ot__levels *levels, const ot__image *image, float *x);
/* The byte that x stands for. */
uint8_t ot__denormalise(const ot_normalisation *n, float x, int channel);

/* Fill in the normalisation of the options: that of the data set if they have none.  OT_EINVAL for
 * one that is not of three channels, and as ot_dataset_normalisation. */
ot_status ot__loader_normalisation(const ot_dataset *d, ot_loader_opts *opts);

#endif
