/* SPDX-License-Identifier: BSD-3-Clause
 * Calls of conv2d's kernels for conv2d_transpose, with x and y exchanged; for kernels of any
 * tier. */
#ifndef OT_OPS_KERNELS_CONV2D_TRANSPOSE_H
#define OT_OPS_KERNELS_CONV2D_TRANSPOSE_H

#include "autograd/op.h"

/* y <- A' x. */
void ot__transpose_forward(const ot__call *c, const ot__kernels *conv);
/* gx <- A gy, or gx + A gy if the call says so.  The forward kernel of conv must be able to add. */
void ot__transpose_image(const ot__call *c, const ot__kernels *conv);
/* gw, if it is wanted. */
void ot__transpose_weights(const ot__call *c, const ot__kernels *conv);

#endif
