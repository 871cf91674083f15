/* SPDX-License-Identifier: BSD-3-Clause
 * Sums over pixels, one a channel.  Some channels are summed at a time, so that the sums stay in
 * the first-level cache; a few pixels in float, and those sums in double: fast, and as exact as
 * the numbers summed. */
#ifndef OT_OPS_KERNELS_CHANNELS_H
#define OT_OPS_KERNELS_CHANNELS_H

#include <stddef.h>

enum {
    OT__CHANNELS = 64, /* at a time */
    OT__PIXELS = 64,   /* whose sum is a float */
};

/* How many of them from channel `at` on. */
static inline size_t ot__channels_at(size_t channels, size_t at)
{
    return channels - at < OT__CHANNELS ? channels - at : OT__CHANNELS;
}

#endif
