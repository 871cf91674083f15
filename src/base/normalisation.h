/* SPDX-License-Identifier: BSD-3-Clause
 * How the bytes of images become the numbers that a network reads: checking such an
 * ot_normalisation, and keeping it as text in the metadata of files. */
#ifndef OT_BASE_NORMALISATION_H
#define OT_BASE_NORMALISATION_H

#include "base/private.h"
#include "base/status.h"

/* Metadata keys: one number per channel, separated by blanks. */
#define OT__KEY_MEAN "mean"
#define OT__KEY_DEVIATION "deviation"

enum { OT__NORMALISATION_TEXT = 24 * OT_MOST_CHANNELS }; /* bytes of a text, with its end */

/* Mean and standard deviation of CIFAR-10's training images, as they are usually rounded.  Earlier
 * versions used them for every data set. */
extern const ot_normalisation ot__normalisation_cifar10;

/* OT_EINVAL unless there are 1 to OT_MOST_CHANNELS channels, all numbers are finite, and all
 * deviations are positive. */
ot_status ot__normalisation_check(const ot_normalisation *n);

/* "0.4914 0.4822 0.4465": the fewest digits, at most 9, that give the same floats when they are
 * read.  The same text in every locale. */
OT_PRIVATE void ot__normalisation_write(int channels, const float value[],
                                        char text[OT__NORMALISATION_TEXT]);

/* From the texts of both keys.  OT_EFORMAT for anything else than such texts with equally many
 * numbers, OT_ENOMEM; path is for the message. */
ot_status ot__normalisation_read(const char *path, const char *mean, const char *deviation,
                                 ot_normalisation *out);

#endif
