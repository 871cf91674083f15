/* SPDX-License-Identifier: BSD-3-Clause
 * Chooses the kernels of conv2d on this CPU:
 *
 *   Winograd's algorithm   3x3, stride 1, pad 1, if both numbers of channels fill vectors
 *   direct kernels         few input channels
 *   NULL                   otherwise: the portable kernels */
#include "ops/attr.h"
#include "ops/kernels/direct.h"
#include "ops/kernels/kernels.h"
#include "ops/kernels/winograd/winograd.h"

/* Rounds up to whole pages, so that the workspaces of all threads begin at the same offset in a
 * page.  Otherwise stores to one may wait for stores to another whose addresses look alike, which
 * makes a training step 1 % slower (Zen 5). */
static size_t whole_pages(size_t floats)
{
    enum { PAGE = 4096 / sizeof(float) };
    return (floats + PAGE - 1) / PAGE * PAGE;
}

static ot__winograd sizes_of(const ot__share *share, ot_shape x, int outputs)
{
    const ot__tiling g = ot__tiling_of(share, x, outputs);
    const size_t matrix = (size_t)x.dim[3] * (size_t)outputs, u_size = OT__PLACES * matrix;
    const size_t in = OT__PLACES * ot__place_size(&g, x.dim[3]);
    const size_t out = OT__PLACES * ot__place_size(&g, outputs);
    const size_t sums = 3 * (size_t)(x.dim[3] > outputs ? x.dim[3] : outputs);
    return (ot__winograd){ .tiling = g,
                           .inputs = x.dim[3],
                           .outputs = outputs,
                           .u_size = u_size,
                           .workspace_size = whole_pages(2 * out + in + u_size + sums),
                           .gw_size = OT__TAPS * matrix };
}

ot__winograd ot__winograd_of(const ot__call *c)
{
    ot__winograd p = sizes_of(c->share, c->xs[0], c->ys.dim[3]);
    p.u = c->scratch;
    p.gw = p.u + p.u_size;
    p.workspace = p.gw + OT__MOST_CHUNKS * p.gw_size;
    return p;
}

static size_t scratch(const ot__record *r, const ot_shape *x, int batch, int threads)
{
    const ot__winograd p = sizes_of(NULL, x[0], r->shape.dim[3]);
    (void)batch;
    return (p.u_size + OT__MOST_CHUNKS * p.gw_size + (size_t)threads * p.workspace_size) *
           sizeof(float);
}

static bool always(const ot__record *r)
{
    (void)r;
    return true;
}

#define WINOGRAD_WITH(f, b)                                                                        \
    {                                                                                              \
        .forward = f, .backward = b, .scratch = scratch, .overwrites = true, .forward_adds = true, \
        .reads_view = true, .reads_gy_view = true, .leaves_sums = always                           \
    }
#define WINOGRAD(isa)                                                                              \
    [OT__ISA_##isa] = WINOGRAD_WITH(ot__winograd_forward_##isa, ot__winograd_backward_##isa),
static const ot__kernels winograd[] = { OT__ISAS(WINOGRAD)[OT__ISA_none] =
                                            WINOGRAD_WITH(NULL, NULL) };

static size_t direct_scratch(const ot__record *r, const ot_shape *x, int batch, int threads)
{
    const ot__direct d =
        ot__direct_sizes(ot__conv2d_windows(r->attr, x, r->shape), r->shape.dim[3]);
    const size_t floats = d.weights * (1 + OT__MOST_CHUNKS) + d.image * (size_t)threads;
    const size_t portable = ot__conv2d_scratch_f32(r, x, batch, threads); /* for gx */
    return floats * sizeof(float) > portable ? floats * sizeof(float) : portable;
}

/* The portable product computes gx. */
#define DIRECT_WITH(f, b)                                                                          \
    {                                                                                              \
        .forward = f, .backward = b, .scratch = direct_scratch, .product = ot__conv2d_product_f32, \
        .overwrites = true, .reads_view = true                                                     \
    }
#define DIRECT(isa)                                                                                \
    [OT__ISA_##isa] = DIRECT_WITH(ot__direct_forward_##isa, ot__direct_backward_##isa),
static const ot__kernels direct[] = { OT__ISAS(DIRECT)[OT__ISA_none] = DIRECT_WITH(NULL, NULL) };

/* w[4] is (outputs, inputs, kh, kw). */
static bool takes_winograd(const ot__conv2d_attr *a, const int w[4])
{
    const bool three = w[2] == 3 && w[3] == 3 && a->stride == 1 && a->pad == 1;
    return three && w[0] % OT__LANES == 0 && w[1] % OT__LANES == 0;
}

static bool takes_direct(const int w[4])
{
    const int length = w[1] * w[3];
    return w[0] % OT__DIRECT_LANES == 0 && length <= OT__DIRECT_ROW &&
           length % OT__DIRECT_STEP == 0;
}

const ot__kernels *ot__conv2d_best(const ot__record *r, const ot_shape *x)
{
    const ot__isa isa = ot__best_isa();
    if (isa == OT__ISA_none) return NULL;
    if (takes_winograd(r->attr, x[1].dim)) return &winograd[isa];
    return takes_direct(x[1].dim) ? &direct[isa] : NULL;
}
