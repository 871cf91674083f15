/* SPDX-License-Identifier: BSD-3-Clause
 * The inside of a data set, and the sources that make one. */
#ifndef OT_DATA_DATASET_H
#define OT_DATA_DATASET_H

#include "base/status.h"

enum { OT__SIDE = 32, OT__CHANNELS = 3, OT__CLASSES = 10, OT__NAME_SIZE = 32 };

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
    ot_normalisation normalisation; /* channels 0: not known yet, as for test images of a folder */
    char *where;                    /* what it was opened by; NULL: it is from memory */
    char *folder;                   /* for test images: the folder that may have training images,
                                       whose normalisation is used; otherwise NULL */
};

/* An empty set with memory for `most` images.  OT_ENOMEM. */
ot_status ot__dataset_new(int most, ot_dataset **out);

/* Reads the training or test files in a directory in the CIFAR-10 binary format. */
ot_status ot__cifar_open(const char *directory, ot_split split, ot_dataset **out);

/* Makes `count` images with the built-in generator: a pure function of seed and split. */
ot_status ot__shapes_new(uint64_t seed, ot_split split, int count, ot_dataset **out);

/* Sets the fingerprint of a set that is complete and, for training images, the normalisation.
 * OT_ENOMEM. */
ot_status ot__dataset_identify(ot_dataset *d, ot_split split);

/* Mean and deviation of all pixels of `count` images. */
ot_normalisation ot__normalisation_of(const ot__image *image, int count);

#endif
