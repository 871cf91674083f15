/* SPDX-License-Identifier: BSD-3-Clause
 * Programs in which a bias or a batch norm, and a ReLU after it, are computed on reading, and those
 * in which another activation reads them.  Values and gradients must be those of the double
 * reference, which stores every tensor. */
#include <math.h>
#include <string.h>

#include "ops/cases.h"
#include "ops/pair.h"

typedef ot_var (*activation)(ot_tape *t, ot_var x);

static ot_var identity(ot_tape *t, ot_var x)
{
    (void)t;
    return x;
}

static const activation activations[] = { identity, ot_relu, ot_relu6, ot_sigmoid,
                                          ot_tanh,  ot_silu, ot_gelu };
enum { ACTIVATIONS = sizeof activations / sizeof activations[0], WIDTHS = 2 };
static const int widths[WIDTHS] = { 3, 16 }; /* portable and special kernels of conv2d */

/* The largest relative l2 error.  Terms of the gradient of a bias cancel, and Winograd's algorithm
 * rounds each of them with an error of about 1e-6. */
#define TOLERANCE 3e-5

static ot_var conv(ot_tape *t, const char *name, ot_var x, int from, int to)
{
    const ot_var w = ot_param(t, name, OT_SHAPE(to, from, 3, 3), ot_init_he(9 * from));
    return ot_conv2d(t, x, w, 1, 1);
}

static ot_var norm(ot_tape *t, ot_var x, int width)
{
    const ot_shape c = OT_SHAPE(width);
    return ot_batch_norm(t, x, ot_param(t, "g", c, OT_ONES), ot_param(t, "e", c, OT_ZEROS),
                         ot_stat(t, "m", c, OT_ZEROS), ot_stat(t, "v", c, OT_ONES), 0.1, 1e-5);
}

/* conv, bias or batch norm, activation, conv. */
static ot_var record(ot_tape *t, activation f, int width, bool biased)
{
    const ot_var x = ot_input(t, "x", OT_SHAPE(3, 5, 6, 3)), u = conv(t, "w1", x, 3, width);
    const ot_var z =
        biased ? ot_bias(t, u, ot_param(t, "b", OT_SHAPE(width), OT_ZEROS)) : norm(t, u, width);
    return conv(t, "w2", f(t, z), width, width);
}

/* A float32 program that computes on reading what it can. */
static ot_program *lean(const ot_tape *t, ot_var y)
{
    ot_program *p = NULL;
    ck_ok(ot_compile(t, y, &(ot_compile_opts){ .input_gradients = true }, &p));
    return p;
}

/* Copies inputs and parameters of the pair's float32 program. */
static void fill(ot_program *p, const pair *from)
{
    ot_params *ps = ot_program_params(p), *other = ot_program_params(from->f32);
    for (int i = 0; i < ot_params_count(ps); i++)
        memcpy(ot_params_edit(ps, i, OT_F32), ot_params_value(other, i, OT_F32),
               ot_params_elements(ps, i) * sizeof(float));
    memcpy(ot_program_input(p, (ot_var){ 1 }), ot_program_input(from->f32, (ot_var){ 1 }),
           3 * 5 * 6 * 3 * sizeof(float));
}

static void expect_close(const float *got, const double *want, size_t n, const char *what)
{
    double gap = 0, size = 0;
    for (size_t i = 0; i < n; i++) {
        gap += ((double)got[i] - want[i]) * ((double)got[i] - want[i]);
        size += want[i] * want[i];
    }
    ck_assert_msg(sqrt(gap) <= TOLERANCE * sqrt(size), "%s: error %.3g of %.3g", what, sqrt(gap),
                  sqrt(size));
}

START_TEST(what_is_computed_on_reading_is_what_would_be_stored)
{
    const activation f = activations[_i % ACTIVATIONS];
    const int width = widths[_i / ACTIVATIONS % WIDTHS];
    const bool biased = _i / ACTIVATIONS / WIDTHS;
    ot_tape *t = ot_tape_new();
    const ot_var y = record(t, f, width, biased);
    pair all = pair_new(t, y, 0, false); /* owns the tape */
    ot_program *p = lean(t, y);
    fill(p, &all);
    const size_t n = (size_t)(3 * 5 * 6 * width);
    float seed[3 * 5 * 6 * 16];
    double seed64[3 * 5 * 6 * 16];
    for (size_t i = 0; i < n; i++)
        seed64[i] = (double)(seed[i] = sinf((float)i));
    ck_ok(ot_forward(p, 3));
    ck_ok(ot_backward(p, seed, false));
    ck_ok(ot_forward(all.f64, 3));
    ck_ok(ot_backward(all.f64, seed64, false));
    expect_close(ot_program_value(p, y), ot_program_value(all.f64, y), n, "value");
    ot_params *ps = ot_program_params(p), *ps64 = ot_program_params(all.f64);
    for (int i = 0; i < ot_params_count(ps); i++)
        if (ot_params_trained(ps, i))
            expect_close(ot_params_grad(ps, i, OT_F32), ot_params_grad(ps64, i, OT_F64),
                         ot_params_elements(ps, i), ot_params_name(ps, i));
    expect_close(ot_program_grad(p, (ot_var){ 1 }), ot_program_grad(all.f64, (ot_var){ 1 }),
                 3 * 5 * 6 * 3, "gradient of x");
    ot_program_free(p);
    pair_free(&all);
}
END_TEST

TCase *on_read_case(void)
{
    TCase *c = tcase_create("on_read");
    tcase_add_loop_test(c, what_is_computed_on_reading_is_what_would_be_stored, 0,
                        2 * WIDTHS * ACTIVATIONS);
    return c;
}
