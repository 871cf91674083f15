/* SPDX-License-Identifier: BSD-3-Clause
 * Tests the portable float32 kernels on every example of every op.  They must agree with the
 * reference at several batches, give the same bits at any number of threads, add or overwrite
 * gradients as the call says, and work in place if the op allows it. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "autograd/program.h"
#include "ops/cases.h"
#include "ops/ops.h"
#include "ops/pair.h"

enum { LARGE = 300 }; /* a batch of several chunks, even of small images */

static pair open_example(int op, int variant, int batch, bool evaluate)
{
    ot_tape *t = ot_tape_new();
    const ot_var y = ot_op_example(op, t, variant);
    ck_ok(ot_tape_status(t));
    return pair_new(t, y, batch, evaluate);
}

static void compare_example(int op, int variant, int batch, bool evaluate)
{
    pair p = open_example(op, variant, batch, evaluate);
    const int most = p.f32->batch;
    const int batches[] = { most, (most + 1) / 2, most };
    for (int i = 0; i < 3; i++) {
        char what[80];
        snprintf(what, sizeof what, "%s example %d%s, batch %d of %d", ot_op_name(op), variant,
                 evaluate ? " in evaluation" : "", batches[i], most);
        pair_run(&p, batches[i]);
        pair_compare(&p, PAIR_TOLERANCE, what);
    }
    pair_free(&p);
}

START_TEST(float32_kernels_agree_with_the_reference_at_every_batch)
{
    for (int variant = 0; variant < examples_of(_i); variant++)
        for (int evaluate = 0; evaluate < 2; evaluate++) {
            compare_example(_i, variant, 0, evaluate);
            compare_example(_i, variant, LARGE, evaluate);
        }
}
END_TEST

static void check_threads(int op, int variant, bool evaluate, bool images_cancel)
{
    enum { MOST_THREADS = 4 };
    size_t n = 0;
    float *first = NULL;
    ck_ok(ot_set_threads(MOST_THREADS));
    pair p = open_example(op, variant, LARGE, evaluate);
    p.images_cancel = images_cancel;
    for (int threads = 1; threads <= MOST_THREADS; threads++) {
        ck_ok(ot_set_threads(threads));
        pair_fill(&p, 0);
        pair_run(&p, 0);
        float *now = pair_results(&p, &n);
        if (!first) first = now;
        ck_assert_msg(memcmp(first, now, n * sizeof *now) == 0,
                      "%s example %d: other bits with %d threads than with 1", ot_op_name(op),
                      variant, threads);
        if (now != first) free(now);
    }
    free(first);
    pair_free(&p);
}

START_TEST(any_number_of_threads_gives_the_same_bits)
{
    for (int variant = 0; variant < examples_of(_i); variant++)
        for (int evaluate = 0; evaluate < 2; evaluate++) {
            check_threads(_i, variant, evaluate, false);
            check_threads(_i, variant, evaluate, true);
        }
}
END_TEST

/* ---- overwriting and adding, one backward call at a time ---- */

/* The step of the example's result, which is its last op. */
static const ot__step *forward_step(const ot_program *p)
{
    return &p->step[p->n_forward - 1];
}

static const ot__step *backward_step(const ot_program *p)
{
    return &p->step[p->n_forward];
}

static size_t elements_of_operand(const ot__step *s, int k)
{
    return ot__elements(s->xs[k]);
}

static double element(const ot_program *p, const void *tensor, size_t i)
{
    return p->dtype == OT_F64 ? ((const double *)tensor)[i] : (double)((const float *)tensor)[i];
}

/* Calls backward after every wanted gx was allocated and filled with `fill`.  The caller frees
 * gx. */
static void call_backward(const ot_program *p, const ot__step *s, const void *gy, double fill,
                          bool add, void *gx[])
{
    bool adds[OT__MOST_OPERANDS];
    ot__call c = s->call;
    for (int k = 0; k < c.n_in; k++) {
        adds[k] = add;
        gx[k] = NULL;
        if (!s->call.gx[k]) continue;
        const size_t n = elements_of_operand(s, k);
        gx[k] = malloc(n * sizeof(double));
        for (size_t i = 0; i < n; i++) {
            if (p->dtype == OT_F64)
                ((double *)gx[k])[i] = fill;
            else
                ((float *)gx[k])[i] = (float)fill;
        }
    }
    c.gy = gy;
    c.gx = gx;
    c.add = adds;
    s->kernels->backward(&c);
}

static void check_adding(const ot_program *p, const char *name)
{
    const ot__step *s = backward_step(p);
    const double tolerance = p->dtype == OT_F64 ? 1e-13 : 1e-5, fill = 3;
    void *put[OT__MOST_OPERANDS], *added[OT__MOST_OPERANDS];
    const void *gy = s->call.gy;
    if (s->terms) return; /* a sum of gradients: see tests/autograd/compile/test_gradient_sums.c */
    ck_assert_msg(s->kernels->overwrites, "%s: kernels are expected to overwrite", name);
    call_backward(p, s, gy, NAN, false, put);
    call_backward(p, s, gy, fill, true, added);
    for (int k = 0; k < s->call.n_in; k++) {
        for (size_t i = 0; put[k] && i < elements_of_operand(s, k); i++) {
            const double a = element(p, put[k], i), b = element(p, added[k], i) - fill;
            ck_assert_msg(
                fabs(a - b) <= tolerance * (fill + fabs(a)),
                "%s: gradient of operand %d, element %zu: %g when overwritten, %g when added", name,
                k, i, a, b);
        }
        free(put[k]);
        free(added[k]);
    }
}

START_TEST(gradients_are_overwritten_or_added_as_the_call_says)
{
    for (int variant = 0; variant < examples_of(_i); variant++)
        for (int evaluate = 0; evaluate < 2; evaluate++) {
            pair p = open_example(_i, variant, 0, evaluate);
            pair_run(&p, 0);
            check_adding(p.f32, ot_op_name(_i));
            check_adding(p.f64, ot_op_name(_i));
            pair_free(&p);
        }
}
END_TEST

/* ---- results written over operands ---- */

static size_t bytes_of(const ot_program *p, ot_shape s)
{
    return ot__elements(s) * (p->dtype == OT_F64 ? sizeof(double) : sizeof(float));
}

/* Lets y overlap each operand of its shape in turn. */
static void check_forward_in_place(const ot_program *p, const char *name)
{
    const ot__step *s = forward_step(p);
    const size_t bytes = bytes_of(p, s->call.ys);
    for (int k = 0; k < s->call.n_in; k++) {
        if (!ot__same_shape(s->xs[k], s->call.ys)) continue;
        const void *x[OT__MOST_OPERANDS];
        ot__call c = s->call;
        memcpy(x, c.x, sizeof *x * (size_t)c.n_in);
        x[k] = c.y = malloc(bytes);
        memcpy(c.y, s->call.x[k], bytes);
        c.x = x;
        s->kernels->forward(&c);
        ck_assert_msg(memcmp(c.y, s->call.y, bytes) == 0, "%s: y over operand %d is wrong", name,
                      k);
        free(c.y);
    }
}

/* Lets the gx of each operand of its shape overlap gy in turn.  All gradients must stay right. */
static void check_backward_in_place(const ot_program *p, const char *name)
{
    const ot__step *s = backward_step(p);
    const size_t bytes = bytes_of(p, s->call.ys);
    const bool add[OT__MOST_OPERANDS] = { false };
    void *want[OT__MOST_OPERANDS], *gx[OT__MOST_OPERANDS];
    if (s->terms) return;
    call_backward(p, s, s->call.gy, NAN, false, want);
    for (int k = 0; k < s->call.n_in; k++) {
        if (!want[k] || !ot__same_shape(s->xs[k], s->call.ys)) continue;
        ot__call c = s->call;
        memcpy(gx, c.gx, sizeof *gx * (size_t)c.n_in);
        c.gx = gx;
        c.add = add;
        c.gy = gx[k] = malloc(bytes);
        memcpy(gx[k], s->call.gy, bytes);
        s->kernels->backward(&c);
        for (int j = 0; j < c.n_in; j++)
            ck_assert_msg(!want[j] || !memcmp(gx[j], want[j], bytes_of(p, s->xs[j])),
                          "%s: gx[%d] over gy makes gx[%d] wrong", name, k, j);
        free(gx[k]);
    }
    for (int k = 0; k < s->call.n_in; k++)
        free(want[k]);
}

START_TEST(results_may_lie_over_operands_where_the_op_says_so)
{
    const ot_op *op = ot__op_at(_i);
    for (int variant = 0; variant < examples_of(_i); variant++) {
        pair p = open_example(_i, variant, LARGE, false);
        pair_run(&p, 0);
        ot_program *programs[] = { p.f32, p.f64 };
        for (int i = 0; i < 2; i++) {
            if (op->in_place_forward) check_forward_in_place(programs[i], op->name);
            if (op->in_place_backward) check_backward_in_place(programs[i], op->name);
        }
        pair_free(&p);
    }
}
END_TEST

TCase *float32_case(void)
{
    TCase *c = tcase_create("float32");
    tcase_set_tags(c, "slow"); /* every kernel with every number of threads */
    tcase_add_loop_test(c, float32_kernels_agree_with_the_reference_at_every_batch, 0,
                        ot_op_count());
    tcase_add_loop_test(c, any_number_of_threads_gives_the_same_bits, 0, ot_op_count());
    tcase_add_loop_test(c, gradients_are_overwritten_or_added_as_the_call_says, 0, ot_op_count());
    tcase_add_loop_test(c, results_may_lie_over_operands_where_the_op_says_so, 0, ot_op_count());
    return c;
}
