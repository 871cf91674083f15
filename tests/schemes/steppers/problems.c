/* SPDX-License-Identifier: BSD-3-Clause */
#include "schemes/steppers/problems.h"

#include <math.h>
#include <string.h>

const int problem_sizes[PROBLEMS] = { 3, 2 };
const double problem_starts[PROBLEMS][PROBLEM_MOST] = { { 0.5, 1, 0.5 }, { 1.1, 1 } };

static void field(int system, const long double y[], long double dy[])
{
    if (system == 0) {
        dy[0] = -2 * y[1] * y[2];
        dy[1] = 1.25L * y[2] * y[0];
        dy[2] = -0.5L * y[0] * y[1];
    } else {
        dy[0] = y[0] - y[0] * y[1];
        dy[1] = y[0] * y[1] - y[1];
    }
}

void problem_solve(int system, double length, double result[])
{
    enum { STEPS = 20000 };
    const long double h = (long double)length / STEPS;
    long double y[PROBLEM_MOST], u[PROBLEM_MOST], k[4][PROBLEM_MOST];
    for (int i = 0; i < PROBLEM_MOST; i++)
        y[i] = problem_starts[system][i];
    for (int n = 0; n < STEPS; n++) {
        static const long double c[3] = { 0.5L, 0.5L, 1 };
        field(system, y, k[0]);
        for (int j = 0; j < 3; j++) {
            for (int i = 0; i < problem_sizes[system]; i++)
                u[i] = y[i] + c[j] * h * k[j][i];
            field(system, u, k[j + 1]);
        }
        for (int i = 0; i < problem_sizes[system]; i++)
            y[i] += h / 6 * (k[0][i] + 2 * k[1][i] + 2 * k[2][i] + k[3][i]);
    }
    for (int i = 0; i < problem_sizes[system]; i++)
        result[i] = (double)y[i];
}

/* The same right-hand sides as ops: l y + s (a y) (b y). */
typedef struct vars {
    ot_var l, s, a, b;
} vars;

static ot_var record_field(ot_tape *t, ot_var y, int i, void *user)
{
    (void)i;
    const vars *v = user;
    const ot_var none = { 0 };
    const ot_var product = ot_mul(t, ot_linear(t, y, v->a, none), ot_linear(t, y, v->b, none));
    return ot_lincomb(t, 2, (const ot_coef[]){ { .value = 1 }, { .value = 1 } },
                      (const ot_var[]){ ot_linear(t, y, v->l, none), ot_scale(t, product, v->s) });
}

void problem_set(ot_params *ps, const char *name, const double *values)
{
    const int i = ot_params_find(ps, name);
    memcpy(ot_params_edit(ps, i, OT_F64), values, ot_params_elements(ps, i) * sizeof *values);
}

problem problem_open(const ot_scheme *s, int system)
{
    static const struct {
        double l[9], s[3], a[9], b[9];
    } numbers[PROBLEMS] = {
        { { 0 }, { -2, 1.25, -0.5 }, { 0, 1, 0, 0, 0, 1, 1, 0, 0 }, { 0, 0, 1, 1, 0, 0, 0, 1, 0 } },
        { { 1, 0, 0, -1 }, { -1, 1 }, { 1, 0, 0, 1 }, { 0, 1, 1, 0 } },
    };
    const int n = problem_sizes[system];
    problem p = { .tape = ot_tape_new() };
    vars v = { .l = ot_param(p.tape, "l", OT_SHAPE(n, n), OT_ZEROS),
               .s = ot_param(p.tape, "s", OT_SHAPE(n), OT_ZEROS),
               .a = ot_param(p.tape, "a", OT_SHAPE(n, n), OT_ZEROS),
               .b = ot_param(p.tape, "b", OT_SHAPE(n, n), OT_ZEROS) };
    const ot_var x = ot_input(p.tape, "x", OT_SHAPE(1, n));
    ck_ok(ot_stepper_new(s, p.tape, x, record_field, &v, NULL, &p.stepper));
    ot_params *ps = ot_stepper_params(p.stepper);
    problem_set(ps, "l", numbers[system].l);
    problem_set(ps, "s", numbers[system].s);
    problem_set(ps, "a", numbers[system].a);
    problem_set(ps, "b", numbers[system].b);
    return p;
}

void problem_close(problem *p)
{
    ot_stepper_free(p->stepper);
    ot_tape_free(p->tape);
}

double problem_distance(int n, const double *x, const double *y)
{
    double sum = 0;
    for (int i = 0; i < n; i++)
        sum += (x[i] - y[i]) * (x[i] - y[i]);
    return sqrt(sum);
}
