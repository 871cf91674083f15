/* SPDX-License-Identifier: BSD-3-Clause
 * What a kernel leaves in a slot of sums (autograd/op.h) from its float sums over few pixels. */
#ifndef OT_OPS_KERNELS_MOMENTS_H
#define OT_OPS_KERNELS_MOMENTS_H

#include <stddef.h>

/* From (3, channels): a number f near the pixels, sum (y - f), sum (y - f)^2. */
void ot__leave_moments(double *slot, size_t pixels, size_t channels, const float *sums);
/* From (3, channels): unused, and the two sums of a gradient. */
void ot__leave_sums(double *slot, size_t pixels, size_t channels, const float *sums);

#endif
