/* SPDX-License-Identifier: BSD-3-Clause
 * Augmentation: the random changes of an image before the network reads it.  Every step works on
 * bytes; normalisation comes last. */
#ifndef OT_DATA_AUGMENT_H
#define OT_DATA_AUGMENT_H

#include "data/dataset.h"

/* OT_EINVAL if an option of the augmentation is out of range, or if the policy does not know images
 * of the set's size. */
ot_status ot__augment_check(const ot_dataset *d, const ot_loader_opts *opts);

/* The options with OT_POLICY_OFF replaced, as ot__policy_resolve does. */
ot_loader_opts ot__augment_used(const ot_loader_opts *opts);

/* Augments image `index` of an epoch as opts say: a pure function of (seed, epoch, index).  opts
 * must have a normalisation, because cutouts and borders may be filled with its mean. */
void ot__augment(const ot_loader_opts *opts, int epoch, int index, const ot__image *image);

/* The normalised number for each byte v of a channel: (v/255 - mean) / deviation. */
typedef struct ot__levels {
    float of[OT_MOST_CHANNELS][256];
} ot__levels;

ot__levels ot__levels_make(const ot_normalisation *n);
/* Writes the normalised numbers of an image to x, in the order of its bytes, which may be the last
 * bytes of x. */
void ot__normalise(const ot__levels *levels, const ot__image *image, float *x);
/* The byte whose normalised number is nearest to x. */
uint8_t ot__denormalise(const ot_normalisation *n, float x, int channel);

/* Fills in the normalisation of the options with that of the data set, unless they have one.
 * OT_EINVAL if it has other channels; other errors as ot_dataset_normalisation. */
ot_status ot__loader_normalisation(const ot_dataset *d, ot_loader_opts *opts);

#endif
