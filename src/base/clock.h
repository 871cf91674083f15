/* SPDX-License-Identifier: BSD-3-Clause
 * The clock that durations are measured with. */
#ifndef OT_BASE_CLOCK_H
#define OT_BASE_CLOCK_H

#include <time.h>

/* Seconds since some fixed moment.  Setting the time of the machine does not change this clock. */
static inline double ot__now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

#endif
