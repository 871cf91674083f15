/* SPDX-License-Identifier: BSD-3-Clause
 * Block sizes for sums over pixels, one sum per channel.  At most OT__CHANNELS channels are summed
 * at a time, so that the sums stay in the first-level cache.  At most OT__PIXELS pixels are summed
 * in float, and these sums are added in double: fast, and as accurate as the pixels. */
#ifndef OT_OPS_KERNELS_CHANNELS_H
#define OT_OPS_KERNELS_CHANNELS_H

#include <stddef.h>

enum {
    OT__CHANNELS = 64,
    OT__PIXELS = 64,
};

/* Number of channels in the block that begins with channel `at`. */
static inline size_t ot__channels_at(size_t channels, size_t at)
{
    return channels - at < OT__CHANNELS ? channels - at : OT__CHANNELS;
}

#endif
