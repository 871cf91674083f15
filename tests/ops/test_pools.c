/* SPDX-License-Identifier: BSD-3-Clause
 * Numbers of windows of the pools, which of equal or undefined values is the maximum, and what
 * max_pool keeps.  Other values are in test_golden.c.  Also concat of the most operands. */
#include <math.h>
#include <stdio.h>

#include "autograd/program.h"
#include "ops/cases.h"
#include "ops/pair.h"

/* Numbers of windows along one dimension, from PyTorch's max_pool2d.  0: PyTorch refuses it. */
static const struct {
    int image, size, stride, pad, floor, ceil;
} counts[] = {
    { 32, 3, 2, 0, 15, 16 }, { 16, 3, 2, 0, 7, 8 }, { 5, 3, 2, 0, 2, 2 }, { 6, 3, 2, 1, 3, 4 },
    { 5, 2, 2, 1, 3, 3 },    { 4, 2, 3, 1, 2, 2 },  { 8, 2, 3, 1, 3, 3 }, { 2, 3, 2, 0, 0, 1 },
    { 1, 3, 2, 0, 0, 0 },    { 1, 2, 5, 1, 1, 1 },  { 7, 1, 3, 0, 3, 3 }, { 3, 4, 7, 2, 1, 1 },
};

START_TEST(the_number_of_windows_is_pytorchs)
{
    for (int ceil = 0; ceil < 2; ceil++) {
        const int want = ceil ? counts[_i].ceil : counts[_i].floor;
        ot_tape *t = ot_tape_new();
        const ot_var x = ot_input(t, "x", OT_SHAPE(2, counts[_i].image, 40, 3));
        const ot_var y =
            ot_max_pool(t, x, counts[_i].size, counts[_i].stride, counts[_i].pad, ceil);
        if (want)
            ck_assert_int_eq(ot_var_shape(t, y).dim[1], want);
        else
            ck_status(ot_tape_status(t), OT_ESHAPE);
        ot_tape_free(t);
    }
}
END_TEST

/* A 2x2 image of one channel, its maximum, and the pixel that gets the gradient. */
static const struct {
    float x[4], y;
    int at;
} maxima[] = {
    { { 1, 1, 1, 1 }, 1, 0 },
    { { 0, 2, 2, 1 }, 2, 1 },
    { { -INFINITY, -INFINITY, -INFINITY, -INFINITY }, -INFINITY, 0 },
    { { 1, NAN, INFINITY, 2 }, NAN, 1 },
    { { NAN, 3, NAN, 2 }, NAN, 2 },
    { { 0.0f, -0.0f, -1, -2 }, 0, 0 },
};

static double number(ot_dtype dtype, const void *x, int i)
{
    return dtype == OT_F64 ? ((const double *)x)[i] : (double)((const float *)x)[i];
}

START_TEST(the_first_of_equal_values_is_the_maximum_and_nan_is_larger_than_numbers)
{
    ot_tape *t = ot_tape_new();
    const ot_var x = ot_input(t, "x", OT_SHAPE(1, 2, 2, 1)), y = ot_max_pool(t, x, 2, 1, 0, false);
    for (ot_dtype dtype = OT_F32; dtype <= OT_F64; dtype++) {
        ot_program *p = NULL;
        const ot_compile_opts opts = { .dtype = dtype, .input_gradients = true };
        ck_ok(ot_compile(t, y, &opts, &p));
        for (int i = 0; i < 4; i++)
            if (dtype == OT_F64)
                ((double *)ot_program_input(p, x))[i] = (double)maxima[_i].x[i];
            else
                ((float *)ot_program_input(p, x))[i] = maxima[_i].x[i];
        ck_ok(ot_forward(p, 1));
        ck_ok(ot_backward(p, NULL, false));
        const double most = number(dtype, ot_program_value(p, y), 0);
        ck_assert(isnan(maxima[_i].y) ? isnan(most) : most == (double)maxima[_i].y);
        for (int i = 0; i < 4; i++)
            ck_assert(number(dtype, ot_program_grad(p, x), i) == (i == maxima[_i].at));
        ot_program_free(p);
    }
    ot_tape_free(t);
}
END_TEST

START_TEST(max_pool_saves_a_byte_for_each_element_of_its_result)
{
    ot_tape *t = ot_tape_new();
    const ot_var y = ot_max_pool(t, ot_input(t, "x", OT_SHAPE(4, 16, 16, 8)), 3, 2, 0, true);
    ot_program *p = NULL;
    ck_ok(ot_compile(t, y, &(ot_compile_opts){ .input_gradients = true }, &p));
    ck_assert_uint_eq(p->buffer[p->place[y.id].saved].bytes, 4 * 8 * 8 * 8);
    ck_assert_uint_eq(ot__program_record(p, y.id)->op->keeps, 0);
    ot_program_free(p);
    ot_tape_free(t);
}
END_TEST

enum { MOST = 128 };

START_TEST(concat_takes_128_operands)
{
    ot_tape *t = ot_tape_new();
    ot_var x[MOST + 1];
    for (int k = 0; k < MOST; k++) {
        char name[8];
        snprintf(name, sizeof name, "x%d", k);
        x[k] = k % 50 == 49 ? x[k - 7] : ot_input(t, name, OT_SHAPE(3, 2, 1 + k % 5));
    }
    x[MOST] = x[0];
    pair p = pair_new(t, ot_concat(t, MOST, x), 0, false);
    pair_run(&p, 0);
    pair_compare(&p, PAIR_TOLERANCE, "concat of 128 operands");
    ck_assert_int_eq(ot_concat(t, MOST + 1, x).id, 0);
    ck_status(ot_tape_status(t), OT_EINVAL);
    pair_free(&p);
}
END_TEST

TCase *pools_case(void)
{
    TCase *c = tcase_create("pools");
    tcase_add_loop_test(c, the_number_of_windows_is_pytorchs, 0, sizeof counts / sizeof counts[0]);
    tcase_add_loop_test(c, the_first_of_equal_values_is_the_maximum_and_nan_is_larger_than_numbers,
                        0, sizeof maxima / sizeof maxima[0]);
    tcase_add_test(c, max_pool_saves_a_byte_for_each_element_of_its_result);
    tcase_add_test(c, concat_takes_128_operands);
    return c;
}
