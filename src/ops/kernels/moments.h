/* SPDX-License-Identifier: BSD-3-Clause
 * Moments per channel: number of pixels, mean, and sum of squared differences from the mean.  The
 * sums over a few pixels are in float, after one of the pixels has been subtracted from all.  They
 * are as accurate as the pixels, even if |mean| is much larger than the standard deviation.  These
 * sums are merged in double. */
#ifndef OT_OPS_KERNELS_MOMENTS_H
#define OT_OPS_KERNELS_MOMENTS_H

#include <stddef.h>

/* The moments of some channels over one set of pixels. */
typedef struct ot__moments {
    double n;        /* pixels */
    double *mean;    /* per channel */
    double *squares; /* per channel: sum of squared differences from the mean */
} ot__moments;

/* Merges the moments of n other pixels into m, for `width` channels (Chan, Golub and LeVeque
 * 1979). */
void ot__merge_moments(ot__moments *m, size_t width, double n, const double *mean,
                       const double *squares);
/* Merges n <= OT__PIXELS pixels of width <= OT__CHANNELS channels into m; a pixel begins `stride`
 * numbers after the one before it. */
void ot__merge_pixels(ot__moments *m, size_t n, size_t stride, size_t width, const float *x);

/* Begins a slot of sums (ot__sums_slot): no pixels. */
void ot__clear_slot(double *slot, size_t channels);
/* Merges the moments of some pixels of a result into a slot.  `sums` holds (3, channels) floats: a
 * number f near the pixels, sum (y - f), sum (y - f)^2. */
void ot__merge_into_slot(double *slot, size_t pixels, size_t channels, const float *sums);
/* Adds the sums of some pixels of a gradient to a slot.  `sums` holds (3, channels) floats: unused
 * numbers, and the two sums of the gradient. */
void ot__add_to_slot(double *slot, size_t pixels, size_t channels, const float *sums);

#endif
