/* SPDX-License-Identifier: BSD-3-Clause
 * The elementary functions of float32 kernels (ops/kernels/smooth.h) against those of the C library
 * in double, activations at extreme arguments, and attention with large logits. */
#include <math.h>

#include "ops/cases.h"
#include "ops/kernels/smooth.h"

static double sigmoid(double x)
{
    return 1 / (1 + exp(-x));
}

static float float_exp(float x)
{
    return ot__exp(x);
}

static float float_sigmoid(float x)
{
    return ot__sigmoid(x);
}

static float float_tanh(float x)
{
    return ot__tanh(x);
}

static float float_erf(float x)
{
    return ot__erf(x);
}

static const struct {
    const char *name;
    float (*f)(float x);
    double (*exact)(double x);
    double least, most;
    double relative, absolute; /* the errors that are allowed, added */
} functions[] = {
    { "exp", float_exp, exp, -87, 88, 2e-7, 0 },
    { "sigmoid", float_sigmoid, sigmoid, -80, 80, 4e-7, 0 },
    { "tanh", float_tanh, tanh, -20, 20, 4e-7, 0 },
    { "erf", float_erf, erf, -10, 10, 0, 5e-7 },
};

START_TEST(functions_of_floats_are_those_of_doubles_up_to_rounding)
{
    const int n = 200000;
    for (int i = 0; i <= n; i++) {
        const double span = functions[_i].most - functions[_i].least;
        const float x = (float)(functions[_i].least + span * i / n);
        const double want = functions[_i].exact((double)x), got = (double)functions[_i].f(x);
        const double allowed = functions[_i].relative * fabs(want) + functions[_i].absolute;
        ck_assert_msg(fabs(got - want) <= allowed, "%s(%.9g) is %.9g, not %.9g", functions[_i].name,
                      (double)x, got, want);
    }
    ck_assert(isnan(functions[_i].f(NAN)));
}
END_TEST

/* ---- extreme arguments ---- */

/* A program for y of x, after a run with the given x. */
static ot_program *run(ot_tape *t, ot_var x, ot_var y, ot_dtype dtype, size_t n, const double *at)
{
    ot_program *p = NULL;
    ck_ok(ot_compile(t, y, &(ot_compile_opts){ .dtype = dtype, .input_gradients = true }, &p));
    void *to = ot_program_input(p, x);
    for (size_t i = 0; i < n; i++) {
        if (dtype == OT_F64)
            ((double *)to)[i] = at[i];
        else
            ((float *)to)[i] = (float)at[i];
    }
    ck_ok(ot_forward(p, 1));
    return p;
}

static double element(const void *tensor, ot_dtype dtype, size_t i)
{
    return dtype == OT_F64 ? ((const double *)tensor)[i] : (double)((const float *)tensor)[i];
}

static const struct {
    const char *name;
    ot_var (*record)(ot_tape *t, ot_var x);
    double low, high; /* the limits far to the left and to the right, times x if linear */
    bool linear;
} activations[] = {
    { "relu", ot_relu, 0, 1, true },        { "relu6", ot_relu6, 0, 6, false },
    { "sigmoid", ot_sigmoid, 0, 1, false }, { "tanh", ot_tanh, -1, 1, false },
    { "silu", ot_silu, 0, 1, true },        { "gelu", ot_gelu, 0, 1, true },
};

START_TEST(activations_have_their_limits_and_keep_nan)
{
    static const double x[] = { -1e4, 1e4, NAN };
    for (ot_dtype dtype = OT_F32; dtype <= OT_F64; dtype++) {
        ot_tape *t = ot_tape_new();
        const ot_var in = ot_input(t, "x", OT_SHAPE(1, 3)), y = activations[_i].record(t, in);
        ot_program *p = run(t, in, y, dtype, 3, x);
        const double low = element(ot_program_value(p, y), dtype, 0);
        const double high = element(ot_program_value(p, y), dtype, 1);
        ck_assert_msg(fabs(low - activations[_i].low) <= 1e-6, "%s(-1e4) is %g",
                      activations[_i].name, low);
        ck_assert_msg(fabs(high - activations[_i].high * (activations[_i].linear ? 1e4 : 1)) <=
                          1e-6,
                      "%s(1e4) is %g", activations[_i].name, high);
        ck_assert(isnan(element(ot_program_value(p, y), dtype, 2)));
        ot_program_free(p);
        ot_tape_free(t);
    }
}
END_TEST

/* ---- attention ---- */

enum { PIXELS = 70, CHANNELS = 2, NUMBERS = PIXELS * 3 * CHANNELS };

START_TEST(attention_without_queries_averages_the_values)
{
    double x[NUMBERS], mean[CHANNELS] = { 0 };
    for (size_t p = 0; p < PIXELS; p++)
        for (size_t c = 0; c < 3 * CHANNELS; c++)
            x[p * 3 * CHANNELS + c] = c < CHANNELS ? 0 : sin((double)(p * 7 + c));
    for (size_t p = 0; p < PIXELS; p++)
        for (size_t c = 0; c < CHANNELS; c++)
            mean[c] += x[p * 3 * CHANNELS + 2 * CHANNELS + c] / PIXELS;
    for (ot_dtype dtype = OT_F32; dtype <= OT_F64; dtype++) {
        ot_tape *t = ot_tape_new();
        const ot_var in = ot_input(t, "qkv", OT_SHAPE(1, PIXELS, 3 * CHANNELS));
        const ot_var y = ot_attention(t, in, 1);
        ot_program *p = run(t, in, y, dtype, NUMBERS, x);
        for (size_t i = 0; i < PIXELS * CHANNELS; i++)
            ck_assert_double_eq_tol(element(ot_program_value(p, y), dtype, i), mean[i % CHANNELS],
                                    dtype == OT_F64 ? 1e-14 : 1e-6);
        ot_program_free(p);
        ot_tape_free(t);
    }
}
END_TEST

START_TEST(attention_is_finite_with_logits_of_ten_thousand)
{
    double x[NUMBERS], ones[PIXELS * CHANNELS];
    float floats[PIXELS * CHANNELS];
    for (size_t i = 0; i < NUMBERS; i++)
        x[i] = (i % (3 * CHANNELS) < 2 * CHANNELS ? 100 : 1) * (i * 37 % 11 < 5 ? 1 : -1);
    for (size_t i = 0; i < PIXELS * CHANNELS; i++)
        floats[i] = (float)(ones[i] = 1);
    for (ot_dtype dtype = OT_F32; dtype <= OT_F64; dtype++) {
        ot_tape *t = ot_tape_new();
        const ot_var in = ot_input(t, "qkv", OT_SHAPE(1, PIXELS, 3 * CHANNELS));
        const ot_var y = ot_attention(t, in, 1);
        ot_program *p = run(t, in, y, dtype, NUMBERS, x);
        ck_ok(ot_backward(p, dtype == OT_F64 ? (void *)ones : floats, false));
        for (size_t i = 0; i < PIXELS * CHANNELS; i++)
            ck_assert(fabs(element(ot_program_value(p, y), dtype, i)) <= 1.00001);
        for (size_t i = 0; i < NUMBERS; i++)
            ck_assert(isfinite(element(ot_program_grad(p, in), dtype, i)));
        ot_program_free(p);
        ot_tape_free(t);
    }
}
END_TEST

TCase *smooth_case(void)
{
    TCase *c = tcase_create("smooth");
    tcase_add_loop_test(c, functions_of_floats_are_those_of_doubles_up_to_rounding, 0,
                        sizeof functions / sizeof functions[0]);
    tcase_add_loop_test(c, activations_have_their_limits_and_keep_nan, 0,
                        sizeof activations / sizeof activations[0]);
    tcase_add_test(c, attention_without_queries_averages_the_values);
    tcase_add_test(c, attention_is_finite_with_logits_of_ten_thousand);
    return c;
}
