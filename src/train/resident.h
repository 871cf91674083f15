/* SPDX-License-Identifier: BSD-3-Clause
 * Measures how much the resident memory of this process grows during a training.  The growth is the
 * peak minus what was resident at the start.  If the process had a higher peak before, the peak
 * does not move; then the largest size seen at a call of ot__resident_look counts instead. */
#ifndef OT_TRAIN_RESIDENT_H
#define OT_TRAIN_RESIDENT_H

#include <stddef.h>

typedef struct ot__resident {
    size_t start;       /* bytes that were resident at the start */
    size_t peak_before; /* peak of the process at the start */
    size_t largest;     /* largest number of bytes that was seen */
} ot__resident;

ot__resident ot__resident_start(void);
void ot__resident_look(ot__resident *r);
size_t ot__resident_growth(const ot__resident *r); /* bytes; 0 if the system does not report them */

#endif
