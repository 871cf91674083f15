/* SPDX-License-Identifier: BSD-3-Clause
 * What a data set is inside, and where one comes from. */
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
    char *folder;                   /* where the training images are; NULL: nowhere else */
};

/* An empty set with room for `most` images. */
ot_status ot__dataset_new(int most, ot_dataset **out);

/* The training or test files of a directory in the CIFAR-10 binary format. */
ot_status ot__cifar_open(const char *directory, ot_split split, ot_dataset **out);

/* `count` images of the built-in generator, the same for the same seed and split. */
ot_status ot__shapes_new(uint64_t seed, ot_split split, int count, ot_dataset **out);

/* Set the fingerprint and, for training images, the normalisation of a set that is complete.
 * OT_ENOMEM. */
ot_status ot__dataset_identify(ot_dataset *d, ot_split split);

/* Mean and deviation of the pixels of some images. */
ot_normalisation ot__normalisation_of(const ot__image *image, int count);

#endif
