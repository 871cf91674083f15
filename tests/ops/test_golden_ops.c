/* SPDX-License-Identifier: BSD-3-Clause
 * Compares reference and portable kernels with numbers that PyTorch computed (golden_ops.h, written
 * by golden_ops.py): results and all gradients.  A case is its row there and its row below. */
#include <math.h>
#include <string.h>

#include "ops/cases.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

enum { MOST_OPERANDS = 3 };

typedef struct numbers {
    size_t n;
    const double *at;
} numbers;

static const struct {
    const char *name;
    numbers gy, y, x[MOST_OPERANDS], gx[MOST_OPERANDS];
} golden[] = {
#include "ops/golden_ops.h"
};

static const struct {
    ot_dtype dtype;
    double tolerance; /* relative to the largest number of a tensor */
} tiers[] = { { OT_F64, 1e-13 }, { OT_F32, 2e-6 } };

/* ---- how each case is recorded ---- */

static double cubic(double x)
{
    return x * x * x - x;
}

static double slope_of_cubic(double x)
{
    return 3 * x * x - 1;
}

static ot_var map(ot_tape *t, const ot_var x[])
{
    return ot_map(t, x[0], &(ot_function){ .value = cubic, .slope = slope_of_cubic });
}

#define OF_ONE(name)                                                                               \
    static ot_var name(ot_tape *t, const ot_var x[])                                               \
    {                                                                                              \
        return ot_##name(t, x[0]);                                                                 \
    }
#define OF_TWO(name)                                                                               \
    static ot_var name(ot_tape *t, const ot_var x[])                                               \
    {                                                                                              \
        return ot_##name(t, x[0], x[1]);                                                           \
    }
OF_ONE(relu6)
OF_ONE(sigmoid)
OF_ONE(silu)
OF_ONE(gelu)
OF_TWO(bias)
OF_TWO(position)
OF_TWO(gate)

static ot_var tanh_of(ot_tape *t, const ot_var x[])
{
    return ot_tanh(t, x[0]);
}

static ot_var fill(ot_tape *t, const ot_var x[])
{
    return ot_concat(t, 2, (const ot_var[]){ x[0], ot_fill(t, x[0], (ot_coef){ 0.75, x[1] }) });
}

static ot_var transpose(ot_tape *t, const ot_var x[])
{
    return ot_conv2d_transpose(t, x[0], x[1], 1, 1, 3, 2);
}

static ot_var transpose_odd(ot_tape *t, const ot_var x[])
{
    return ot_conv2d_transpose(t, x[0], x[1], 2, 1, 5, 3);
}

static ot_var transpose_even(ot_tape *t, const ot_var x[])
{
    return ot_conv2d_transpose(t, x[0], x[1], 2, 1, 6, 4);
}

static ot_var group_norm(ot_tape *t, const ot_var x[])
{
    return ot_group_norm(t, x[0], x[1], x[2], 2, 1e-3);
}

static ot_var layer_norm(ot_tape *t, const ot_var x[])
{
    return ot_layer_norm(t, x[0], x[1], x[2], 1e-3);
}

static ot_var pixel_norm(ot_tape *t, const ot_var x[])
{
    return ot_pixel_norm(t, x[0], x[1], x[2], 1e-4);
}

static ot_var attention(ot_tape *t, const ot_var x[])
{
    return ot_attention(t, x[0], 2);
}

/* Operand 0 is an input; the others are parameters if they have no batch. */
static const struct {
    const char *name;
    ot_var (*record)(ot_tape *t, const ot_var x[]);
    ot_shape x[MOST_OPERANDS];
    bool two_inputs;
} recipes[] = {
    { "relu6", relu6, { { 4, { 2, 2, 2, 3 } } }, false },
    { "sigmoid", sigmoid, { { 4, { 2, 2, 2, 3 } } }, false },
    { "tanh", tanh_of, { { 4, { 2, 2, 2, 3 } } }, false },
    { "silu", silu, { { 4, { 2, 2, 2, 3 } } }, false },
    { "gelu", gelu, { { 4, { 2, 2, 2, 3 } } }, false },
    { "bias", bias, { { 4, { 2, 2, 2, 3 } }, { 1, { 3 } } }, false },
    { "position", position, { { 4, { 2, 2, 2, 3 } }, { 3, { 2, 2, 3 } } }, false },
    { "fill", fill, { { 4, { 2, 2, 2, 3 } }, { 0, { 0 } } }, false },
    { "conv2d_transpose", transpose, { { 4, { 2, 3, 2, 3 } }, { 4, { 3, 2, 3, 3 } } }, false },
    { "conv2d_transpose_odd",
      transpose_odd,
      { { 4, { 2, 3, 2, 3 } }, { 4, { 3, 2, 3, 3 } } },
      false },
    { "conv2d_transpose_even",
      transpose_even,
      { { 4, { 2, 3, 2, 3 } }, { 4, { 3, 2, 3, 3 } } },
      false },
    { "group_norm", group_norm, { { 4, { 2, 2, 3, 4 } }, { 1, { 4 } }, { 1, { 4 } } }, false },
    { "layer_norm", layer_norm, { { 4, { 2, 2, 3, 4 } }, { 1, { 4 } }, { 1, { 4 } } }, false },
    { "pixel_norm", pixel_norm, { { 4, { 2, 2, 3, 4 } }, { 1, { 4 } }, { 1, { 4 } } }, false },
    { "gate", gate, { { 4, { 2, 2, 2, 3 } }, { 2, { 2, 3 } } }, true },
    { "map", map, { { 4, { 2, 2, 2, 3 } } }, false },
    { "attention", attention, { { 4, { 2, 2, 3, 12 } } }, false },
};

/* ---- the comparison ---- */

static void put(int tier, void *to, const numbers *from)
{
    ck_assert_ptr_nonnull(to);
    for (size_t i = 0; i < from->n; i++) {
        if (tiers[tier].dtype == OT_F64)
            ((double *)to)[i] = from->at[i];
        else
            ((float *)to)[i] = (float)from->at[i];
    }
}

static void expect(int tier, const char *name, const char *what, const void *got,
                   const numbers *want)
{
    double most = 0;
    ck_assert_ptr_nonnull(got);
    for (size_t i = 0; i < want->n; i++)
        most = fmax(most, fabs(want->at[i]));
    for (size_t i = 0; i < want->n; i++) {
        const double x = tiers[tier].dtype == OT_F64 ? ((const double *)got)[i]
                                                     : (double)((const float *)got)[i];
        ck_assert_msg(fabs(x - want->at[i]) <= tiers[tier].tolerance * most,
                      "%s: %s[%zu] is %.15g, PyTorch has %.15g", name, what, i, x, want->at[i]);
    }
}

START_TEST(ops_and_their_gradients_are_pytorchs)
{
    static const char *const names[] = { "x", "w", "b" };
    const int tier = _i % (int)COUNT(tiers), i = _i / (int)COUNT(tiers);
    const ot_dtype dtype = tiers[tier].dtype;
    const ot_compile_opts opts = { .dtype = dtype,
                                   .input_gradients = true,
                                   .tier = OT_TIER_PORTABLE };
    ck_assert_str_eq(golden[i].name, recipes[i].name);
    ot_tape *t = ot_tape_new();
    ot_var x[MOST_OPERANDS];
    for (int k = 0; k < MOST_OPERANDS && golden[i].x[k].n; k++)
        x[k] = k == 0 || recipes[i].two_inputs ? ot_input(t, names[k], recipes[i].x[k])
                                               : ot_param(t, names[k], recipes[i].x[k], OT_ZEROS);
    const ot_var y = recipes[i].record(t, x);
    ot_program *p = NULL;
    ck_ok(ot_compile(t, y, &opts, &p));
    ot_params *ps = ot_program_params(p);
    for (int k = 0; k < MOST_OPERANDS && golden[i].x[k].n; k++) {
        const int at = ot_params_find(ps, names[k]);
        put(tier, at >= 0 ? ot_params_edit(ps, at, dtype) : ot_program_input(p, x[k]),
            &golden[i].x[k]);
    }
    ck_ok(ot_forward(p, 2));
    expect(tier, golden[i].name, "y", ot_program_value(p, y), &golden[i].y);
    double seed[256];
    ck_assert_uint_le(golden[i].gy.n, COUNT(seed));
    put(tier, seed, &golden[i].gy);
    ck_ok(ot_backward(p, seed, false));
    for (int k = 0; k < MOST_OPERANDS && golden[i].x[k].n; k++) {
        const int at = ot_params_find(ps, names[k]);
        expect(tier, golden[i].name, names[k],
               at >= 0 ? ot_params_grad(ps, at, dtype) : ot_program_grad(p, x[k]),
               &golden[i].gx[k]);
    }
    ot_program_free(p);
    ot_tape_free(t);
}
END_TEST

TCase *golden_ops_case(void)
{
    TCase *c = tcase_create("golden_ops");
    _Static_assert(COUNT(golden) == COUNT(recipes), "each row of golden_ops.h has a recipe");
    tcase_add_loop_test(c, ops_and_their_gradients_are_pytorchs, 0,
                        (int)(COUNT(tiers) * COUNT(golden)));
    return c;
}
