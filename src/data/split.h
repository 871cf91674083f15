/* SPDX-License-Identifier: BSD-3-Clause
 * The choice of the images that are held out of a training set for validation.  It is a pure
 * function of the seed and the count of images, so no file has to store it. */
#ifndef OT_DATA_SPLIT_H
#define OT_DATA_SPLIT_H

#include "base/status.h"

/* OT_EINVAL unless 0 <= validation < n, where n is the count of images of the set. */
ot_status ot__split_check(int n, int validation);

/* How many images a loader with these options delivers. */
int ot__split_count(int n, int validation, bool held_out);

/* Lists those images in ascending order, in new memory: *index[i] is the place of image i in the
 * set.  NULL, without memory, if all images are delivered.  OT_ENOMEM. */
ot_status ot__split_new(uint64_t seed, int n, int validation, bool held_out, int32_t **index);

#endif
