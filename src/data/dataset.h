/* SPDX-License-Identifier: BSD-3-Clause
 * The inside of a data set. */
#ifndef OT_DATA_DATASET_H
#define OT_DATA_DATASET_H

#include "base/registry.h"

enum { OT__MOST_SIDE = 1 << 14, OT__MOST_CLASSES = 100000, OT__NAME_SIZE = 32 };

/* One image, channels last.  Its bytes belong to somebody else. */
typedef struct ot__image {
    int height, width, channels;
    uint8_t *at;
} ot__image;

struct ot_dataset {
    int count, height, width, channels, classes;
    uint8_t *image; /* one image after another */
    int32_t *label;
    char (*class_name)[OT__NAME_SIZE];
    char fingerprint[33];
    ot_normalisation normalisation; /* channels 0: not known yet, as for test images of files */
    bool computed;     /* the normalisation is that of these images, because no other was given */
    ot__part source;   /* which source opened it; its table is NULL if the set is from memory */
    char *where;       /* what it was opened by; NULL: it is from memory */
    const char *place; /* the part of `where` that the source was given */
};

/* An empty set with memory for `most` images.  Of `form` it uses the size of an image and the count
 * of classes.  OT_EINVAL if they are out of range, OT_ENOMEM. */
ot_status ot__dataset_new(const ot_dataset_desc *form, int most, ot_dataset **out);

/* Checks, before memory is allocated, that there is enough for `bytes` of the data set `where` or,
 * if that is NULL, of a set from memory.  OT_ENOMEM. */
ot_status ot__dataset_check_memory(size_t bytes, const char *where);

/* Copies n characters as the name of a class.  False, with the name unchanged, unless they are 1 to
 * OT__NAME_SIZE - 1 characters of printable ASCII without a blank at either end. */
bool ot__class_name_copy(char name[OT__NAME_SIZE], const char *text, size_t n);
/* Names each class by its number. */
void ot__class_names_number(ot_dataset *d);

/* Bytes of an image. */
size_t ot__image_bytes(const ot_dataset *d);
/* Image i, whose bytes belong to the set. */
ot__image ot__dataset_at(const ot_dataset *d, int i);
/* The first channel of a pixel. */
static inline uint8_t *ot__pixel(const ot__image *image, int y, int x)
{
    return image->at + ((size_t)y * (size_t)image->width + (size_t)x) * (size_t)image->channels;
}

/* The labels as files and fingerprints have them: one byte each or, if there are more than 256
 * classes, four.  The caller frees *out.  OT_ENOMEM. */
ot_status ot__dataset_labels(const ot_dataset *d, void **out, size_t *size);

/* Sets the fingerprint of a set that is complete and, for training images, the normalisation.
 * OT_ENOMEM. */
ot_status ot__dataset_identify(ot_dataset *d, ot_split split);

/* The table of the source that opened the set; NULL for a set from memory. */
const ot_about *ot__dataset_source(const ot_dataset *d);

/* Mean and deviation of all pixels of a set. */
ot_normalisation ot__normalisation_of(const ot_dataset *d);

#endif
