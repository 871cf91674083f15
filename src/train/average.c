/* SPDX-License-Identifier: BSD-3-Clause
 * All values of one dtype are one block of memory, so the average is a block of the same size and
 * its loops know no tensors.  The elements between two tensors are 0 and stay 0.
 *
 * In float32 an element is computed in double and rounded once: rounded to float32, d and 1 - d
 * would not add up to 1, and with d near 1 the average would drift by a part of that in each step.
 * As torch.optim.swa_utils.AveragedModel (1.13) with avg_fn = d*a + (1-d)*w and use_buffers. */
#include "train/average.h"

#include <string.h>

#include "autograd/params.h"
#include "base/memory.h"
#include "base/parallel.h"

enum { PIECE = 16384 }; /* elements of a chunk */

size_t ot__average_bytes(const ot_params *params, ot_dtype dtype, double decay)
{
    return decay > 0.0 ? ot__params_bytes(params, dtype, false) : 0;
}

/* The block of the parameters' values, which are written by the caller or read. */
static void *block_of(const ot__average *a)
{
    return ot_params_edit(a->params, 0, a->dtype);
}

static size_t bytes_of(const ot__average *a)
{
    return ot__average_bytes(a->params, a->dtype, a->decay);
}

ot_status ot__average_new(ot_params *params, ot_dtype dtype, double decay, ot__average *a)
{
    *a = (ot__average){ .params = params, .dtype = dtype, .decay = decay };
    if (decay == 0.0) return OT_OK;
    const void *const w = block_of(a);
    a->values = ot__tensor_memory(bytes_of(a));
    if (!w || !a->values) return OT_ENOMEM;
    memcpy(a->values, w, bytes_of(a));
    return OT_OK;
}

void ot__average_free(ot__average *a)
{
    ot__free(a->values);
    *a = (ot__average){ 0 };
}

static void add_f32(float *a, const float *w, size_t n, double d)
{
    for (size_t i = 0; i < n; i++)
        a[i] = (float)(d * (double)a[i] + (1.0 - d) * (double)w[i]);
}

static void add_f64(double *a, const double *w, size_t n, double d)
{
    for (size_t i = 0; i < n; i++)
        a[i] = d * a[i] + (1.0 - d) * w[i];
}

void ot__average_add(ot__average *a, bool first)
{
    if (!a->values) return;
    const void *const w = block_of(a);
    const size_t n = bytes_of(a) / ot__dtype_size(a->dtype);
    if (first) {
        memcpy(a->values, w, bytes_of(a));
        return;
    }
    const int pieces = ot__chunks(n, PIECE);
    if (a->dtype == OT_F32) ot__float32_begin();
    OT__PARALLEL_FOR
    for (int i = 0; i < pieces; i++) {
        const size_t from = (size_t)i * PIECE, m = n - from < PIECE ? n - from : PIECE;
        if (a->dtype == OT_F64)
            add_f64((double *)a->values + from, (const double *)w + from, m, a->decay);
        else
            add_f32((float *)a->values + from, (const float *)w + from, m, a->decay);
    }
    if (a->dtype == OT_F32) ot__float32_end();
}

void ot__average_swap(ot__average *a)
{
    if (!a->values) return;
    char *const x = a->values, *const y = block_of(a);
    const size_t n = bytes_of(a);
    char held[4096];
    for (size_t from = 0; from < n; from += sizeof held) {
        const size_t m = n - from < sizeof held ? n - from : sizeof held;
        memcpy(held, x + from, m);
        memcpy(x + from, y + from, m);
        memcpy(y + from, held, m);
    }
    a->swapped = !a->swapped;
}

ot_status ot__average_list(const ot__average *a, void ***value)
{
    const int n = ot_params_count(a->params);
    const char *const w = block_of(a);
    *value = ot__new((size_t)n, sizeof **value);
    if (!*value) return OT_ENOMEM;
    for (int i = 0; i < n; i++) {
        const char *const at = ot__params_at(a->params, i, a->dtype);
        (*value)[i] = (char *)a->values + (at - w);
    }
    return OT_OK;
}
