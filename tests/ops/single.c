/* SPDX-License-Identifier: BSD-3-Clause
 * Runs one record outside a program; see single.h. */
#include "ops/single.h"

#include <math.h>

#include "base/memory.h"
#include "base/number.h"
#include "base/rng.h"

bool single_has(uint64_t set, int k)
{
    return k < 63 && (set & OT__OPERAND(k));
}

static bool is_written(const single *s, int k)
{
    return single_has(s->r->op->writes, k);
}

static bool is_labels(const single *s, int k)
{
    return single_has(s->r->op->labels, k);
}

static void *numbers(const single *s, size_t n)
{
    return ot__new(n, ot__dtype_size(s->dtype));
}

single *single_new(const ot_tape *t, ot_var y, ot_dtype dtype, int batch)
{
    single *s = ot__new(1, sizeof *s);
    const ot__record *r = &ot__node_of(t, y)->record;
    *s = (single){ .r = r, .dtype = dtype, .batch = batch };
    s->ys = ot__with_batch(r->shape, r->batched, batch);
    s->y = numbers(s, ot__elements(s->ys));
    s->gy = numbers(s, ot__elements(s->ys));
    for (int k = 0; k < r->n_in; k++) {
        const ot__record *operand = &ot__node_of(t, r->in[k])->record;
        s->batched[k] = operand->batched;
        s->xs[k] = ot__with_batch(operand->shape, operand->batched, batch);
        s->x[k] = numbers(s, ot__elements(s->xs[k]));
        if (!is_labels(s, k) && !is_written(s, k)) s->gx[k] = numbers(s, ot__elements(s->xs[k]));
    }
    return s;
}

void single_free(single *s)
{
    for (int k = 0; k < s->r->n_in; k++) {
        ot__free(s->x[k]);
        ot__free(s->gx[k]);
    }
    ot__free(s->y);
    ot__free(s->gy);
    ot__free(s);
}

/* `what` is the index of an operand, or -1 for gy. */
static void fill(const single *s, int what, void *to, ot_shape shape, size_t from)
{
    const size_t n = ot__elements(shape);
    for (size_t i = 0; i < n; i++) {
        const ot__draw d =
            ot__random(11, OT__RNG_GRADCHECK, (uint32_t)(from + i), (uint32_t)(what + 1), 0, 0);
        const float z = (float)ot__normal(d.word[0], d.word[1]);
        const float value = is_written(s, what) ? 0.5f + fabsf(z) : z; /* a variance is positive */
        if (is_labels(s, what))
            ((int32_t *)to)[i] = z > 0;
        else if (s->dtype == OT_F64)
            ((double *)to)[i] = (double)value;
        else
            ((float *)to)[i] = value;
    }
}

void single_fill(single *s, int first)
{
    const size_t before = (size_t)first, batch = (size_t)s->batch;
    for (int k = 0; k < s->r->n_in; k++)
        fill(s, k, s->x[k], s->xs[k],
             s->batched[k] ? before * (ot__elements(s->xs[k]) / batch) : 0);
    fill(s, -1, s->gy, s->ys, s->r->batched ? before * (ot__elements(s->ys) / batch) : 0);
}

void single_run(single *s, const ot__kernels *kernels, const ot__view *view, bool evaluate)
{
    const ot_op *op = s->r->op;
    const bool add[OT__MOST_OPERANDS] = { false };
    const size_t n_saved = op->saved ? op->saved(s->r, s->xs, s->batch) : 0;
    const size_t n_scratch =
        kernels->scratch ? kernels->scratch(s->r, s->xs, s->batch, ot_machine().threads) : 0;
    ot__call c = { .attr = s->r->attr,
                   .evaluate = evaluate,
                   .n_in = s->r->n_in,
                   .xs = s->xs,
                   .ys = s->ys,
                   .x = (const void **)s->x,
                   .view = view,
                   .y = s->y,
                   .saved = numbers(s, n_saved + 1),
                   .scratch = ot__tensor_memory(n_scratch + 64) };
    kernels->forward(&c);
    c.gy = s->gy;
    c.gx = s->gx;
    c.add = add;
    kernels->backward(&c);
    ot__free(c.saved);
    ot__free(c.scratch);
}
