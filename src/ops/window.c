/* SPDX-License-Identifier: BSD-3-Clause
 * The shape rule of pools.  The number of windows is PyTorch's: with `ceil` the last window may
 * hang over the end of the padded image, if it does not begin in the padding at this end. */
#include "ops/window.h"

/* The number of windows along an image of this height or width; at most 0 if none fits. */
static long windows_along(const ot__pool_attr *a, int image)
{
    const long room = image + 2l * a->pad - a->size, stride = a->stride;
    if (!a->ceil) return room < 0 ? 0 : room / stride + 1;
    if (room <= -stride) return 0;
    const long n = (room + stride - 1) / stride + 1;
    return (n - 1) * stride >= image + a->pad ? n - 1 : n;
}

ot_status ot__shape_pool(const ot_op *op, ot__shaping *s)
{
    const ot__pool_attr *a = s->attr;
    const ot_shape x = s->x[0];
    if (x.rank != 4)
        return ot__fail(OT_ESHAPE, "%s: x is %s; it must be (N,H,W,C)", op->name,
                        ot__shape_text(x));
    const long rows = windows_along(a, x.dim[1]), columns = windows_along(a, x.dim[2]);
    if (rows < 1 || columns < 1) {
        const long most = (x.dim[1] < x.dim[2] ? x.dim[1] : x.dim[2]) + 2l * a->pad +
                          (a->ceil ? a->stride - 1 : 0);
        return ot__fail(OT_ESHAPE,
                        "%s: x is %s and a window is %dx%d; with pad %d it must be at most %ldx%ld",
                        op->name, ot__shape_text(x), a->size, a->size, a->pad, most, most);
    }
    *s->y = OT_SHAPE(x.dim[0], (int)rows, (int)columns, x.dim[3]);
    *s->y_batched = s->batched[0];
    return OT_OK;
}
