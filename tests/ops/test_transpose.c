/* SPDX-License-Identifier: BSD-3-Clause
 * conv2d_transpose is the adjoint of conv2d, with every tier of kernels, and one tensor of weights
 * can serve both, as in the symmetric layers of Ruthotto and Haber (2020). */
#include <math.h>

#include "ops/cases.h"

enum { N = 3, SIDE = 7, CASES = 4 };

/* 16 channels have special kernels on some CPUs, 5 have not. */
static const struct {
    int channels, stride;
} cases[CASES] = { { 5, 1 }, { 16, 1 }, { 5, 2 }, { 16, 2 } };

static void fill(void *to, ot_dtype dtype, size_t n, int what)
{
    for (size_t i = 0; i < n; i++) {
        const float value = sinf((float)(i * 7 + (size_t)what) * 0.37f);
        if (dtype == OT_F64)
            ((double *)to)[i] = (double)value;
        else
            ((float *)to)[i] = value;
    }
}

static double number(const void *from, ot_dtype dtype, size_t i)
{
    return dtype == OT_F64 ? ((const double *)from)[i] : (double)((const float *)from)[i];
}

static ot_program *compile(const ot_tape *t, ot_var y, ot_dtype dtype, ot_var keep)
{
    ot_program *p = NULL;
    ck_ok(ot_compile(
        t, y,
        &(ot_compile_opts){ .dtype = dtype, .input_gradients = true, .keep = &keep, .n_keep = 1 },
        &p));
    return p;
}

START_TEST(the_transposed_convolution_is_the_adjoint)
{
    const int c = cases[_i].channels, stride = cases[_i].stride, small = (SIDE - 1) / stride + 1;
    for (ot_dtype dtype = OT_F32; dtype <= OT_F64; dtype++) {
        ot_tape *t = ot_tape_new();
        const ot_var y = ot_input(t, "y", OT_SHAPE(N, SIDE, SIDE, c));
        const ot_var x = ot_input(t, "x", OT_SHAPE(N, small, small, c));
        const ot_var w = ot_param(t, "w", OT_SHAPE(c, c, 3, 3), ot_init_he(9 * c));
        const ot_var a = ot_sum(t, ot_mul(t, ot_conv2d(t, y, w, stride, 1), x));
        const ot_var transposed = ot_conv2d_transpose(t, x, w, stride, 1, SIDE, SIDE);
        const ot_var b = ot_sum(t, ot_mul(t, y, transposed));
        const ot_var gap =
            ot_lincomb(t, 2, (ot_coef[]){ { .value = 1 }, { .value = -1 } }, (ot_var[]){ a, b });
        ot_program *p = compile(t, gap, dtype, a);
        fill(ot_program_input(p, y), dtype, (size_t)(N * SIDE * SIDE * c), 1);
        fill(ot_program_input(p, x), dtype, (size_t)(N * small * small * c), 2);
        ck_ok(ot_forward(p, N));
        const double size = fabs(number(ot_program_value(p, a), dtype, 0));
        ck_assert_double_le(fabs(number(ot_program_value(p, gap), dtype, 0)),
                            (dtype == OT_F64 ? 1e-13 : 1e-5) * (size + 100));
        ot_program_free(p);
        ot_tape_free(t);
    }
}
END_TEST

/* x - K' max(0, K x) + 0.5 K' K x.  The ReLU delivers the gradient of K x first, and the other K'
 * adds to it. */
static ot_var symmetric(ot_tape *t, ot_var x, int channels, int stride)
{
    const ot_var k = ot_param(t, "k", OT_SHAPE(channels, channels, 3, 3), ot_init_he(9 * channels));
    const ot_var u = ot_conv2d(t, x, k, stride, 1);
    const ot_var direct = ot_conv2d_transpose(t, u, k, stride, 1, SIDE, SIDE);
    const ot_var back = ot_conv2d_transpose(t, ot_relu(t, u), k, stride, 1, SIDE, SIDE);
    return ot_lincomb(t, 3, (ot_coef[]){ { .value = 1 }, { .value = -1 }, { .value = 0.5 } },
                      (ot_var[]){ x, back, direct });
}

static void expect_close(const void *got, const void *want, size_t n)
{
    double gap = 0, size = 0;
    for (size_t i = 0; i < n; i++) {
        const double a = number(got, OT_F32, i), b = number(want, OT_F64, i);
        gap += (a - b) * (a - b);
        size += b * b;
    }
    ck_assert_double_le(sqrt(gap), 2e-5 * sqrt(size));
}

START_TEST(one_tensor_of_weights_serves_a_convolution_and_its_adjoint)
{
    const int c = cases[_i].channels;
    const size_t n = (size_t)(N * SIDE * SIDE * c);
    ot_tape *t = ot_tape_new();
    const ot_var x = ot_input(t, "x", OT_SHAPE(N, SIDE, SIDE, c));
    const ot_var y = symmetric(t, x, c, cases[_i].stride);
    ot_program *p[2];
    for (ot_dtype dtype = OT_F32; dtype <= OT_F64; dtype++) {
        double seed[N * SIDE * SIDE * 16];
        p[dtype] = compile(t, y, dtype, y);
        fill(ot_program_input(p[dtype], x), dtype, n, 3);
        fill(seed, dtype, n, 4);
        ck_ok(ot_forward(p[dtype], N));
        ck_ok(ot_backward(p[dtype], seed, false));
    }
    expect_close(ot_program_value(p[OT_F32], y), ot_program_value(p[OT_F64], y), n);
    expect_close(ot_program_grad(p[OT_F32], x), ot_program_grad(p[OT_F64], x), n);
    expect_close(ot_params_grad(ot_program_params(p[OT_F32]), 0, OT_F32),
                 ot_params_grad(ot_program_params(p[OT_F64]), 0, OT_F64), (size_t)(9 * c * c));
    ot_program_free(p[OT_F32]);
    ot_program_free(p[OT_F64]);
    ot_tape_free(t);
}
END_TEST

TCase *transpose_case(void)
{
    TCase *c = tcase_create("transpose");
    tcase_add_loop_test(c, the_transposed_convolution_is_the_adjoint, 0, CASES);
    tcase_add_loop_test(c, one_tensor_of_weights_serves_a_convolution_and_its_adjoint, 0, CASES);
    return c;
}
