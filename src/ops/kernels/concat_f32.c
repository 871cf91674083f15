/* SPDX-License-Identifier: BSD-3-Clause
 * concat in float32.  Threads share the pixels: the rows along the last dimension. */
#include "base/parallel.h"
#include "ops/kernels/block.h"
#include "ops/kernels/kernels.h"
#include "ops/kernels/read_view.h"

static size_t channels_of(ot_shape s)
{
    return (size_t)s.dim[s.rank - 1];
}

void ot__concat_forward_f32(const ot__call *call)
{
    const size_t width = channels_of(call->ys);
    const ptrdiff_t pixels = (ptrdiff_t)(ot__elements(call->ys) / width);
    OT__PARALLEL_FOR
    for (ptrdiff_t p = 0; p < pixels; p++) {
        float *y = (float *)call->y + (size_t)p * width;
        for (int k = 0; k < call->n_in; k++) {
            const size_t n = channels_of(call->xs[k]);
            ot__read_view(k == 0 ? call->view : NULL, 0, n,
                          (const float *)call->x[k] + (size_t)p * n, y);
            y += n;
        }
    }
}

void ot__concat_backward_f32(const ot__call *call)
{
    const size_t width = channels_of(call->ys);
    const ptrdiff_t pixels = (ptrdiff_t)(ot__elements(call->ys) / width);
    OT__PARALLEL_FOR
    for (ptrdiff_t p = 0; p < pixels; p++) {
        const float *gy = (const float *)call->gy + (size_t)p * width;
        for (int k = 0; k < call->n_in; k++) {
            const size_t n = channels_of(call->xs[k]);
            float *gx = call->gx[k];
            if (gx) ot__deliver_scaled(n, gx + (size_t)p * n, call->add[k], 1, gy);
            gy += n;
        }
    }
}
