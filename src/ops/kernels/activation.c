/* SPDX-License-Identifier: BSD-3-Clause
 * Loops of activations over blocks of elements; if operand 0 is a view, over pixels. */
#include "ops/kernels/activation.h"

#include "ops/kernels/channels.h"
#include "ops/kernels/read_view.h"

static void activate_view(const ot__call *c, ot__values f)
{
    const size_t channels = (size_t)ot__channels(c->ys);
    OT__PARALLEL_FOR
    for (ptrdiff_t p = 0; p < (ptrdiff_t)(ot__elements(c->ys) / channels); p++) {
        float *y = (float *)c->y + (size_t)p * channels;
        ot__read_view(c->view, 0, channels, (const float *)c->x[0] + (size_t)p * channels, y);
        f(channels, y, y);
    }
}

void ot__activate(const ot__call *c, ot__values f)
{
    if (c->view) {
        activate_view(c, f);
        return;
    }
    const size_t n = ot__elements(c->ys);
    OT__PARALLEL_FOR
    for (ptrdiff_t b = 0; b < ot__blocks(n); b++) {
        const ot__block part = ot__block_of(n, b);
        f(part.n, (const float *)c->x[0] + part.at, (float *)c->y + part.at);
    }
}

static void backward_through_view(const ot__call *c, ot__slopes f)
{
    const size_t channels = (size_t)ot__channels(c->ys);
    OT__PARALLEL_FOR
    for (ptrdiff_t p = 0; p < (ptrdiff_t)(ot__elements(c->ys) / channels); p++)
        for (size_t i = 0; i < channels; i += OT__CHANNELS) {
            float x[OT__CHANNELS];
            const size_t at = (size_t)p * channels + i, width = ot__channels_at(channels, i);
            ot__read_view(c->view, i, width, (const float *)c->x[0] + at, x);
            f(width, x, (const float *)c->gy + at, c->add[0], (float *)c->gx[0] + at);
        }
}

void ot__activate_backward(const ot__call *c, bool of_y, ot__slopes f)
{
    if (!of_y && c->view) {
        backward_through_view(c, f);
        return;
    }
    const size_t n = ot__elements(c->ys);
    const float *u = of_y ? c->y : c->x[0];
    OT__PARALLEL_FOR
    for (ptrdiff_t b = 0; b < ot__blocks(n); b++) {
        const ot__block part = ot__block_of(n, b);
        f(part.n, u + part.at, (const float *)c->gy + part.at, c->add[0],
          (float *)c->gx[0] + part.at);
    }
}
