/* SPDX-License-Identifier: BSD-3-Clause
 * The inside of a data set. */
#ifndef OT_DATA_DATASET_H
#define OT_DATA_DATASET_H

#include "base/status.h"

enum { OT__SIDE = 32, OT__CHANNELS = 3, OT__CLASSES = 10, OT__NAME_SIZE = 32 };

typedef struct ot__source ot__source;

/* One image, channels last. */
typedef struct ot__image {
    uint8_t at[OT__SIDE][OT__SIDE][OT__CHANNELS];
} ot__image;

struct ot_dataset {
    int count;
    ot__image *image;
    uint8_t *label;
    char class_name[OT__CLASSES][OT__NAME_SIZE];
    char fingerprint[33];
    ot_normalisation normalisation; /* channels 0: not known yet, as for test images of files */
    const ot__source *source;       /* which source opened it; NULL: it is from memory */
    char *where;                    /* what it was opened by; NULL: it is from memory */
};

/* An empty set with memory for `most` images.  OT_ENOMEM. */
ot_status ot__dataset_new(int most, ot_dataset **out);

/* Sets the fingerprint of a set that is complete and, for training images, the normalisation.
 * OT_ENOMEM. */
ot_status ot__dataset_identify(ot_dataset *d, ot_split split);

/* Mean and deviation of all pixels of `count` images. */
ot_normalisation ot__normalisation_of(const ot__image *image, int count);

#endif
