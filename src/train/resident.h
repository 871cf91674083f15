/* SPDX-License-Identifier: BSD-3-Clause
 * Memory of this process as the system counts it.  The growth of a training is its peak over what
 * was resident before; when something earlier held more, so that the peak did not move, it is the
 * largest size that was seen after a batch. */
#ifndef OT_TRAIN_RESIDENT_H
#define OT_TRAIN_RESIDENT_H

#include <stddef.h>

typedef struct ot__resident {
    size_t start, peak_before, largest;
} ot__resident;

ot__resident ot__resident_start(void);
void ot__resident_look(ot__resident *r);
size_t ot__resident_growth(const ot__resident *r); /* 0 where the system does not tell */

#endif
