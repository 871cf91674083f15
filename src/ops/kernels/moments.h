/* SPDX-License-Identifier: BSD-3-Clause
 * Moments a channel: float sums over few pixels, shifted by a number that is as far from their mean
 * as their spread allows, so as exact as the pixels; merged in double. */
#ifndef OT_OPS_KERNELS_MOMENTS_H
#define OT_OPS_KERNELS_MOMENTS_H

#include <stddef.h>

/* Pixels, their mean, and their sum of squared differences from it. */
typedef struct ot__moments {
    double n, *mean, *squares;
} ot__moments;

/* Take another set of n pixels into m (Chan, Golub, LeVeque 1979). */
void ot__merge_moments(ot__moments *m, size_t width, double n, const double *mean,
                       const double *squares);
/* Take at most OT__PIXELS pixels of at most OT__CHANNELS channels into m; `stride` numbers from one
 * pixel to the next. */
void ot__take_pixels(ot__moments *m, size_t n, size_t stride, size_t width, const float *x);

/* What a kernel leaves in a slot of sums (autograd/op.h), from (3, channels) floats: a number f
 * near the pixels, sum (y - f), sum (y - f)^2; */
void ot__leave_moments(double *slot, size_t pixels, size_t channels, const float *sums);
/* from (3, channels): unused, and the two sums of a gradient. */
void ot__leave_sums(double *slot, size_t pixels, size_t channels, const float *sums);

#endif
