/* SPDX-License-Identifier: BSD-3-Clause
 * Tests the optimiser: its steps equal PyTorch's, have the same bits at any number of threads, and
 * are refused if they would not be finite. */
#include <math.h>
#include <string.h>

#include "autograd/params.h"
#include "train/cases.h"
#include "train/sgd.h"

/* A tensor of n elements, a statistic, and a second tensor of 3. */
static ot_params *some(int n, ot_dtype dtype)
{
    ot_tape *t = ot_tape_new();
    ot_params *ps = NULL;
    ot_param(t, "first", OT_SHAPE(n), OT_ZEROS);
    ot_stat(t, "running", OT_SHAPE(3), OT_ONES);
    ot_param(t, "second", OT_SHAPE(3), OT_ONES);
    ck_ok(ot_params_new(t, &ps));
    ck_ok(ot__params_need(ps, dtype, true));
    ot_tape_free(t); /* parameters keep what they need of it */
    return ps;
}

static double get(const void *values, ot_dtype dtype, size_t i)
{
    return dtype == OT_F64 ? ((const double *)values)[i] : (double)((const float *)values)[i];
}

static void set(void *values, ot_dtype dtype, size_t i, double x)
{
    if (dtype == OT_F64)
        ((double *)values)[i] = x;
    else
        ((float *)values)[i] = (float)x;
}

/* The values of torch.optim.SGD, computed by sgd_golden.py. */
static const double golden[5][4] = {
    { 0.89900000000000002, -2.298, 0.67449999999999999, 0.30000000000000004 },
    { 0.7263809, -2.9919823999999999, 0.98538047500000003, 0.86070000000000013 },
    { 0.51753440791151895, -4.4087704457909762, 1.3670900539738775, 1.5903888510000002 },
    { 0.30227084428674184, -7.5231966009250604, 1.7223680634289633, 2.2925847583104901 },
    { 0.099094599849573695, -15.878505653561851, 1.9437407292831079, 2.696674002727864 },
};

START_TEST(five_steps_are_those_of_pytorch)
{
    static const double start[] = { 1.0, -2.0, 0.5, 0.0 };
    const ot_dtype dtype = _i;
    const double tolerance = dtype == OT_F64 ? 1e-15 : 2e-6; /* a few roundings */
    ot_params *ps = some(4, dtype);
    ot_sgd *sgd = NULL;
    ck_ok(ot_sgd_new(ps, dtype, 0.9, 0.01, &sgd));
    for (size_t i = 0; i < 4; i++)
        set(ot_params_edit(ps, 0, dtype), dtype, i, start[i]);
    for (int step = 0; step < 5; step++) {
        for (size_t i = 0; i < 4; i++) {
            const double w = get(ot_params_value(ps, 0, dtype), dtype, i);
            set(ot_params_grad(ps, 0, dtype), dtype, i, w * w - (double)i);
        }
        ot_sgd_step(sgd, 0.1);
        for (size_t i = 0; i < 4; i++) {
            const double w = get(ot_params_value(ps, 0, dtype), dtype, i);
            ck_assert_double_le(fabs(w / golden[step][i] - 1.0), tolerance);
        }
    }
    ot_sgd_free(sgd);
    ot_params_free(ps);
}
END_TEST

enum { LARGE = 50001 }; /* several pieces, of which the last has an odd size */

static double gradient(int step, size_t i)
{
    return sin(0.7 * (double)i + step);
}

static void train_large(ot_params *ps, ot_dtype dtype, int steps)
{
    ot_sgd *sgd = NULL;
    ck_ok(ot_sgd_new(ps, dtype, 0.9, 0.01, &sgd));
    for (int step = 0; step < steps; step++) {
        for (size_t i = 0; i < LARGE; i++)
            set(ot_params_grad(ps, 0, dtype), dtype, i, gradient(step, i));
        for (size_t i = 0; i < 3; i++)
            set(ot_params_grad(ps, 2, dtype), dtype, i, gradient(step, i + LARGE));
        ot_sgd_step(sgd, 0.1);
    }
    ot_sgd_free(sgd);
}

static double by_hand(double w, size_t i, int steps)
{
    double v = 0.0;
    for (int step = 0; step < steps; step++) {
        v = 0.9 * v + gradient(step, i) + 0.01 * w;
        w -= 0.1 * v;
    }
    return w;
}

START_TEST(every_element_of_every_trained_tensor_moves_and_no_other)
{
    const ot_dtype dtype = _i;
    const double tolerance = dtype == OT_F64 ? 1e-14 : 1e-6;
    ot_params *ps = some(LARGE, dtype);
    train_large(ps, dtype, 3);
    for (size_t i = 0; i < LARGE; i++)
        ck_assert_double_eq_tol(get(ot_params_value(ps, 0, dtype), dtype, i), by_hand(0.0, i, 3),
                                tolerance);
    for (size_t i = 0; i < 3; i++) {
        ck_assert(get(ot_params_value(ps, 1, dtype), dtype, i) == 1.0);
        ck_assert_double_eq_tol(get(ot_params_value(ps, 2, dtype), dtype, i),
                                by_hand(1.0, i + LARGE, 3), tolerance);
    }
    ot_params_free(ps);
}
END_TEST

START_TEST(any_number_of_threads_gives_the_same_bits)
{
    ot_params *ps[3];
    for (int k = 0; k < 3; k++) {
        ck_ok(ot_set_threads(k + 1));
        ps[k] = some(LARGE, OT_F32);
        train_large(ps[k], OT_F32, 3);
    }
    for (int k = 1; k < 3; k++)
        ck_assert_int_eq(memcmp(ot_params_value(ps[0], 0, OT_F32),
                                ot_params_value(ps[k], 0, OT_F32), LARGE * sizeof(float)),
                         0);
    for (int k = 0; k < 3; k++)
        ot_params_free(ps[k]);
}
END_TEST

/* One bad element in the last piece: its gradient is not finite, or its step overflows. */
START_TEST(a_step_that_would_not_be_finite_is_foreseen)
{
    static const struct {
        double w, g, lr;
        bool finite;
    } step[] = { { 1, 1, 0.1, true },    { 1, NAN, 0.1, false },     { 1, INFINITY, 0.1, false },
                 { 1, 1, 1e308, false }, { 1, 1e308, 1e-300, true }, { 1e308, -1, 1e308, false } };
    ot_params *ps = some(LARGE, OT_F64);
    ot_sgd *sgd = NULL;
    ck_ok(ot_sgd_new(ps, OT_F64, 0.9, 0.0, &sgd));
    for (size_t k = 0; k < sizeof step / sizeof step[0]; k++) {
        double *w = ot_params_edit(ps, 2, OT_F64), *g = ot_params_grad(ps, 2, OT_F64);
        w[2] = step[k].w;
        g[2] = step[k].g;
        if (step[k].lr > 1.0) g[2] = copysign(10.0, step[k].g); /* times lr overflows */
        ck_assert_msg(ot__sgd_stays_finite(sgd, step[k].lr) == step[k].finite, "step %zu", k);
        ck_assert_msg(w[2] == step[k].w, "step %zu was taken", k);
    }
    ot_sgd_free(sgd);
    ot_params_free(ps);
}
END_TEST

START_TEST(what_cannot_be_optimised_is_refused)
{
    ot_params *ps = some(4, OT_F32);
    ot_sgd *sgd = NULL;
    ck_status(ot_sgd_new(ps, OT_F32, 1.0, 0.0, &sgd), OT_EINVAL);
    ck_status(ot_sgd_new(ps, OT_F32, -0.1, 0.0, &sgd), OT_EINVAL);
    ck_status(ot_sgd_new(ps, OT_F32, NAN, 0.0, &sgd), OT_EINVAL);
    ck_status(ot_sgd_new(ps, OT_F32, 0.9, -1e-4, &sgd), OT_EINVAL);
    ck_status(ot_sgd_new(ps, OT_F32, 0.9, INFINITY, &sgd), OT_EINVAL);
    ck_status(ot_sgd_new(ps, OT_F64, 0.9, 0.0, &sgd), OT_EINVAL); /* has gradients in float only */
    ot_params_free(ps);
}
END_TEST

TCase *sgd_case(void)
{
    TCase *c = tcase_create("sgd");
    tcase_add_loop_test(c, five_steps_are_those_of_pytorch, OT_F32, OT_F64 + 1);
    tcase_add_loop_test(c, every_element_of_every_trained_tensor_moves_and_no_other, OT_F32,
                        OT_F64 + 1);
    tcase_add_test(c, any_number_of_threads_gives_the_same_bits);
    tcase_add_test(c, a_step_that_would_not_be_finite_is_foreseen);
    tcase_add_test(c, what_cannot_be_optimised_is_refused);
    return c;
}
