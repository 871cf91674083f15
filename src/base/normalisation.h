/* SPDX-License-Identifier: BSD-3-Clause
 * Checks an ot_normalisation, which says how the bytes of images become the numbers that a network
 * reads, and writes it to and reads it from the metadata of files. */
#ifndef OT_BASE_NORMALISATION_H
#define OT_BASE_NORMALISATION_H

#include "base/private.h"
#include "base/status.h"

/* Metadata keys: one number per channel, separated by blanks. */
#define OT__KEY_MEAN "mean"
#define OT__KEY_DEVIATION "deviation"

enum { OT__NORMALISATION_TEXT = 24 * OT_MOST_CHANNELS }; /* most bytes of a text, with its zero */

/* Mean and standard deviation of CIFAR-10's training images, rounded as usual.  Earlier versions
 * used them for every data set. */
extern const ot_normalisation ot__normalisation_cifar10;

/* OT_EINVAL unless there are 1 to OT_MOST_CHANNELS channels, all numbers are finite, and all
 * deviations are positive. */
ot_status ot__normalisation_check(const ot_normalisation *n);

/* Writes "0.4914 0.4822 0.4465": each number with the fewest digits, at most 9, that give the same
 * float when they are read.  The text is the same in every locale. */
OT_PRIVATE void ot__normalisation_write(int channels, const float value[],
                                        char text[OT__NORMALISATION_TEXT]);

/* Reads a normalisation from the texts of both keys.  OT_EFORMAT unless both are such texts with
 * equally many numbers, OT_ENOMEM.  path is for the message. */
ot_status ot__normalisation_read(const char *path, const char *mean, const char *deviation,
                                 ot_normalisation *out);

#endif
