/* SPDX-License-Identifier: BSD-3-Clause
 * Kernels that read operand 0 as a view compute the same as the reference does on the stored values
 * of the view.  The loop runs over all examples of all ops with such kernels. */
#include <math.h>
#include <stdio.h>

#include "ops/cases.h"
#include "ops/ops.h"
#include "ops/pair.h"
#include "ops/single.h"
#include "ops/tensors.h"

/* Replaces operand 0, in double, by the values of the view. */
static void map_operand(single *s, const map *by)
{
    double *x = s->x[0];
    const size_t n = ot__elements(s->xs[0]), channels = by->m.n;
    for (size_t i = 0; i < n; i++) {
        const size_t c = i % channels;
        const double value = by->a.d[c] * (x[i] - by->m.d[c]) + by->e.d[c];
        x[i] = by->relu && value < 0 ? 0 : value;
    }
}

static void compare(const float *a, const double *b, size_t n, const char *where)
{
    double gap = 0, size = 0;
    for (size_t i = 0; i < n; i++) {
        gap += ((double)a[i] - b[i]) * ((double)a[i] - b[i]);
        size += b[i] * b[i];
    }
    ck_assert_msg(sqrt(gap) <= KERNEL_TOLERANCE * sqrt(size),
                  "%s with a view as its operand: error %.3g of %.3g", where, sqrt(gap),
                  sqrt(size));
}

static void check_view(const ot_tape *t, ot_var y, int batch, bool relu)
{
    single *f = single_new(t, y, OT_F32, batch), *d = single_new(t, y, OT_F64, batch);
    const ot_op *op = f->r->op;
    map by = map_new(f->xs[0].dim[f->xs[0].rank - 1], 20, relu);
    const ot__view view = map_view(&by, NULL);
    single_fill(f, 0);
    single_fill(d, 0);
    map_operand(d, &by);
    single_run(f, &op->portable, &view, false);
    single_run(d, &op->reference, NULL, false);
    char where[80];
    snprintf(where, sizeof where, "result of %s", op->name);
    compare(f->y, d->y, ot__elements(f->ys), where);
    for (int k = 0; k < f->r->n_in; k++) {
        snprintf(where, sizeof where, "gradient of operand %d of %s", k, op->name);
        if (f->gx[k]) compare(f->gx[k], d->gx[k], ot__elements(f->xs[k]), where);
    }
    map_free(&by);
    single_free(f);
    single_free(d);
}

static bool reads_views(const ot_tape *t, ot_var y)
{
    const ot__record *r = &ot__node_of(t, y)->record;
    const ot__record *x = &ot__node_of(t, r->in[0])->record;
    return r->op->portable.reads_view && x->shape.rank >= 2;
}

START_TEST(kernels_read_operand_0_as_a_view)
{
    for (int variant = 0; variant < examples_of(_i); variant++) {
        ot_tape *t = ot_tape_new();
        const ot_var y = ot_op_example(_i, t, variant);
        for (int relu = 0; relu < 2; relu++)
            if (reads_views(t, y)) check_view(t, y, 3, relu);
        ot_tape_free(t);
    }
}
END_TEST

TCase *reading_case(void)
{
    TCase *c = tcase_create("reading");
    tcase_add_loop_test(c, kernels_read_operand_0_as_a_view, 0, ot_op_count());
    return c;
}
