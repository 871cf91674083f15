/* SPDX-License-Identifier: BSD-3-Clause
 * Hard cases for softmax cross-entropy: labels that are not a class, and large logits. */
#include <math.h>

#include "ops/cases.h"
#include "ops/pair.h"

enum { ROWS = 3, CLASSES = 4 };

static pair loss(ot_var *x, ot_var *labels)
{
    ot_tape *t = ot_tape_new();
    *x = ot_input(t, "x", OT_SHAPE(ROWS, CLASSES));
    *labels = ot_labels(t, "labels", ROWS);
    return pair_new(t, ot_softmax_xent(t, *x, *labels), 0, false);
}

START_TEST(a_label_that_is_no_class_makes_the_loss_and_its_row_nan)
{
    static const int32_t bad[] = { CLASSES, -1, INT32_MAX, INT32_MIN };
    ot_var x, labels;
    pair p = loss(&x, &labels);
    ((int32_t *)ot_program_input(p.f32, labels))[1] = bad[_i];
    ((int32_t *)ot_program_input(p.f64, labels))[1] = bad[_i];
    pair_run(&p, 0);
    ck_assert(isnan(*(const float *)ot_program_value(p.f32, p.root)));
    ck_assert(isnan(*(const double *)ot_program_value(p.f64, p.root)));
    const float *gx32 = ot_program_grad(p.f32, x);
    const double *gx64 = ot_program_grad(p.f64, x);
    for (int i = 0; i < ROWS * CLASSES; i++) {
        ck_assert_int_eq(isnan(gx32[i]) != 0, i / CLASSES == 1);
        ck_assert_int_eq(isnan(gx64[i]) != 0, i / CLASSES == 1);
    }
    pair_free(&p);
}
END_TEST

START_TEST(large_logits_do_not_overflow)
{
    ot_var x, labels;
    pair p = loss(&x, &labels);
    for (int i = 0; i < ROWS * CLASSES; i++) {
        ((float *)ot_program_input(p.f32, x))[i] = i % CLASSES == 2 ? 1000 : -1000;
        ((double *)ot_program_input(p.f64, x))[i] = i % CLASSES == 2 ? 1000 : -1000;
    }
    for (int i = 0; i < ROWS; i++)
        ((int32_t *)ot_program_input(p.f32, labels))[i] =
            ((int32_t *)ot_program_input(p.f64, labels))[i] = i == 0 ? 1 : 2;
    pair_run(&p, 0);
    ck_assert_double_eq_tol(*(const double *)ot_program_value(p.f64, p.root), 2000.0 / 3, 1e-9);
    pair_compare(&p, PAIR_TOLERANCE, "logits of 1000");
    pair_free(&p);
}
END_TEST

TCase *softmax_xent_case(void)
{
    TCase *c = tcase_create("softmax_xent");
    tcase_add_loop_test(c, a_label_that_is_no_class_makes_the_loss_and_its_row_nan, 0, 4);
    tcase_add_test(c, large_logits_do_not_overflow);
    return c;
}
