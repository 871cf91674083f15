/* SPDX-License-Identifier: BSD-3-Clause
 * Hard cases for batch norm: a mean far from 0, and a single pixel. */
#include <math.h>

#include "ops/cases.h"
#include "ops/pair.h"

static pair norm(ot_shape shape, bool evaluate)
{
    ot_tape *t = ot_tape_new();
    const ot_var x = ot_input(t, "x", shape);
    const ot_shape channels = OT_SHAPE(shape.dim[shape.rank - 1]);
    const ot_var gamma = ot_param(t, "gamma", channels, OT_ONES);
    const ot_var beta = ot_param(t, "beta", channels, OT_ZEROS);
    const ot_var mean = ot_stat(t, "mean", channels, OT_ZEROS);
    const ot_var var = ot_stat(t, "var", channels, OT_ONES);
    return pair_new(t, ot_batch_norm(t, x, gamma, beta, mean, var, 0.1, 1e-5), 0, evaluate);
}

START_TEST(a_mean_of_ten_thousand_costs_no_accuracy)
{
    pair p = norm(OT_SHAPE(13, 17, 11, 70), false); /* 3 chunks, 2 blocks of channels */
    pair_fill(&p, 1e4);
    pair_run(&p, 0);
    pair_compare(&p, PAIR_TOLERANCE, "mean 1e4, standard deviation 1");
    pair_free(&p);
}
END_TEST

START_TEST(one_pixel_gives_beta_and_an_unbiased_variance_of_zero)
{
    pair p = norm(OT_SHAPE(1, 3), false);
    pair_run(&p, 0);
    for (int i = 0; i < 3; i++) {
        ot_params *ps = ot_program_params(p.f64);
        const double *y = ot_program_value(p.f64, p.root), *beta = ot_params_value(ps, 1, OT_F64);
        ck_assert_double_eq(y[i], beta[i]);
    }
    /* gamma, beta, mean, var */
    const double before = 1;
    double *var = ot_params_edit(ot_program_params(p.f64), 3, OT_F64);
    float *var32 = ot_params_edit(ot_program_params(p.f32), 3, OT_F32);
    var[0] = before;
    var32[0] = (float)before;
    pair_run(&p, 0);
    ck_assert_double_eq_tol(var[0], 0.9 * before, 1e-15);
    ck_assert_float_eq_tol(var32[0], 0.9f, 1e-7f);
    pair_free(&p);
}
END_TEST

TCase *batch_norm_case(void)
{
    TCase *c = tcase_create("batch_norm");
    tcase_add_test(c, a_mean_of_ten_thousand_costs_no_accuracy);
    tcase_add_test(c, one_pixel_gives_beta_and_an_unbiased_variance_of_zero);
    return c;
}
