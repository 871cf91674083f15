/* SPDX-License-Identifier: BSD-3-Clause
 * Tests steps of every scheme whose size and coefficients are vars.  Values are compared with the
 * formula for f(x) = Mx, computed here, and derivatives with central differences. */
#include <math.h>
#include <string.h>

#include "schemes/cases.h"
#include "schemes/scheme.h"

enum { N = 3, STAGES_MOST = 64, A_MOST = STAGES_MOST * (STAGES_MOST - 1) / 2 };

/* Which numbers of a step are vars. */
typedef struct kind {
    const char *name;
    bool h, h_output, per_channel, tableau;
} kind;

static const kind kinds[] = {
    { "h", .h = true },
    { "h of the output", .h = true, .h_output = true },
    { "h per channel", .h = true, .per_channel = true },
    { "h per channel of the output", .h = true, .h_output = true, .per_channel = true },
    { "tableau", .tableau = true },
    { "tableau and h", .tableau = true, .h = true },
    { "tableau and h per channel", .tableau = true, .h = true, .per_channel = true },
};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

static const double M[N][N] = { { 0.5, -1.0, 0.25 }, { 1.5, 0.75, -0.5 }, { -0.25, 1.25, -1.0 } };
static const double X[N] = { 1.0, -2.0, 0.5 };

/* ---- recording ---- */

typedef struct vars {
    ot_var h, a[A_MOST], b[STAGES_MOST];
} vars;

static ot_var scalar(ot_tape *t, char letter, int i, int j, double value)
{
    char name[32];
    snprintf(name, sizeof name, "%c.%d.%d", letter, i, j);
    return ot_param(t, name, OT_SCALAR, (ot_init){ .kind = OT_INIT_CONSTANT, .value = value });
}

static ot_step_opts make_vars(const ot_scheme *s, ot_tape *t, const kind *k, vars *v)
{
    memset(v, 0, sizeof *v);
    if (k->h) v->h = ot_param(t, "h", k->per_channel ? OT_SHAPE(N) : OT_SCALAR, OT_ONES);
    for (int i = 0; k->tableau && i < ot_scheme_stages(s); i++) {
        v->b[i] = scalar(t, 'b', i, 0, ot_scheme_b(s, i));
        for (int j = 0; j < i; j++)
            v->a[i * (i - 1) / 2 + j] = scalar(t, 'a', i, j, ot_scheme_a(s, i, j));
    }
    return (ot_step_opts){ .h = v->h,
                           .h_output = k->h_output,
                           .a = k->tableau ? v->a : NULL,
                           .b = k->tableau ? v->b : NULL };
}

static ot_var linear_map(ot_tape *t, ot_var x, int i, void *user)
{
    (void)i;
    return ot_linear(t, x, *(const ot_var *)user, (ot_var){ 0 });
}

/* ---- the formula ---- */

typedef struct numbers {
    long double h[N], a[A_MOST], b[STAGES_MOST];
} numbers;

static void reference_step(const ot_scheme *s, const kind *k, const numbers *z, long double y[N])
{
    long double stage[STAGES_MOST][N];
    for (int c = 0; c < N; c++)
        y[c] = X[c];
    for (int i = 0; i < ot_scheme_stages(s); i++) {
        long double u[N];
        for (int c = 0; c < N; c++) {
            u[c] = X[c];
            for (int j = 0; j < i; j++)
                u[c] += (k->h_output ? 1 : z->h[c]) * z->a[i * (i - 1) / 2 + j] * stage[j][c];
        }
        for (int c = 0; c < N; c++) {
            stage[i][c] = 0;
            for (int d = 0; d < N; d++)
                stage[i][c] += M[c][d] * u[d];
            y[c] += z->h[c] * z->b[i] * stage[i][c];
        }
    }
}

/* Chooses numbers that differ from the tableau's, except that they are 0 where the tableau's
 * are. */
static numbers choose(const ot_scheme *s, const kind *k, double h)
{
    numbers z;
    for (int c = 0; c < N; c++)
        z.h[c] = !k->h ? 1 : k->per_channel ? h + 0.25 * c : h;
    for (int i = 0; i < ot_scheme_stages(s); i++) {
        z.b[i] = ot_scheme_b(s, i) * (k->tableau ? 1 + 0.125 * (i % 3) : 1);
        for (int j = 0; j < i; j++)
            z.a[i * (i - 1) / 2 + j] =
                ot_scheme_a(s, i, j) * (k->tableau ? 1 - 0.0625 * ((i + j) % 4) : 1);
    }
    return z;
}

static void set_number(ot_params *ps, const char *format, int i, int j, double value)
{
    char name[32];
    snprintf(name, sizeof name, format, i, j);
    *(double *)ot_params_edit(ps, ot_params_find(ps, name), OT_F64) = value;
}

static void set_numbers(const ot_scheme *s, const kind *k, const numbers *z, ot_params *ps)
{
    if (k->h) {
        double *h = ot_params_edit(ps, ot_params_find(ps, "h"), OT_F64);
        for (int c = 0; c < (k->per_channel ? N : 1); c++)
            h[c] = (double)z->h[c];
    }
    for (int i = 0; k->tableau && i < ot_scheme_stages(s); i++) {
        set_number(ps, "b.%d.%d", i, 0, (double)z->b[i]);
        for (int j = 0; j < i; j++)
            set_number(ps, "a.%d.%d", i, j, (double)z->a[i * (i - 1) / 2 + j]);
    }
}

static void run_step(const ot_scheme *s, const kind *k, const numbers *z, double y[N])
{
    vars v;
    ot_tape *t = ot_tape_new();
    ot_var m = ot_param(t, "M", OT_SHAPE(N, N), OT_ZEROS);
    const ot_var x = ot_input(t, "x", OT_SHAPE(1, N));
    const ot_step_opts opts = make_vars(s, t, k, &v);
    const ot_var out = ot_scheme_step_with(s, t, x, linear_map, &m, &opts);
    ot_program *p = NULL;
    ck_ok(ot_compile(t, out, &(ot_compile_opts){ .dtype = OT_F64 }, &p));
    ot_params *ps = ot_program_params(p);
    memcpy(ot_params_edit(ps, ot_params_find(ps, "M"), OT_F64), M, sizeof M);
    set_numbers(s, k, z, ps);
    memcpy(ot_program_input(p, x), X, sizeof X);
    ck_ok(ot_forward(p, 1));
    memcpy(y, ot_program_value(p, out), N * sizeof *y);
    ot_program_free(p);
    ot_tape_free(t);
}

START_TEST(values_are_those_of_the_formula)
{
    const ot_scheme *s = ot_scheme_at(_i / KINDS);
    const kind *k = &kinds[_i % KINDS];
    const numbers z = choose(s, k, 0.5);
    long double expected[N];
    double y[N];
    reference_step(s, k, &z, expected);
    run_step(s, k, &z, y);
    for (int c = 0; c < N; c++)
        ck_assert_msg(fabsl(y[c] - expected[c]) <= 1e-11L * (1 + fabsl(expected[c])),
                      "%s, %s: y[%d] is %.17g instead of %.17Lg", ot_scheme_name(s), k->name, c,
                      y[c], expected[c]);
}
END_TEST

START_TEST(a_step_of_size_one_has_the_bits_of_the_fixed_step)
{
    static const kind fixed = { 0 };
    const ot_scheme *s = ot_scheme_at(_i / KINDS);
    kind k = kinds[_i % KINDS];
    const numbers z = choose(s, &fixed, 1), one = choose(s, &fixed, 1);
    double y[N], expected[N];
    run_step(s, &k, &z, y);
    run_step(s, &fixed, &one, expected);
    ck_assert_mem_eq(y, expected, sizeof y);
}
END_TEST

START_TEST(a_step_of_size_zero_is_the_identity)
{
    const ot_scheme *s = ot_scheme_at(_i / KINDS);
    const kind *k = &kinds[_i % KINDS];
    double y[N];
    if (!k->h) return;
    numbers z = choose(s, k, 0);
    for (int c = 0; c < N; c++)
        z.h[c] = 0;
    run_step(s, k, &z, y);
    for (int c = 0; c < N; c++)
        ck_assert_double_eq(y[c], X[c]);
}
END_TEST

/* ---- derivatives ---- */

/* A smooth sub-net with its own weights in each stage. */
static ot_var quadratic(ot_tape *t, ot_var x, int i, void *user)
{
    (void)i, (void)user;
    const ot_var u =
        ot_linear(t, x, ot_param(t, "u", OT_SHAPE(N, N), ot_init_he(8 * N)), (ot_var){ 0 });
    const ot_var v =
        ot_linear(t, x, ot_param(t, "v", OT_SHAPE(N, N), ot_init_he(8 * N)), (ot_var){ 0 });
    return ot_lincomb(t, 2, (const ot_coef[]){ { .value = 1 }, { .value = 0.25 } },
                      (const ot_var[]){ u, ot_mul(t, u, v) });
}

START_TEST(derivatives_match_central_differences)
{
    const ot_scheme *s = ot_scheme_at(_i / KINDS);
    const kind *k = &kinds[_i % KINDS];
    vars v;
    ot_gradcheck_report r;
    ot_tape *t = ot_tape_new();
    const ot_var x = ot_input(t, "x", OT_SHAPE(2, N));
    const ot_step_opts opts = make_vars(s, t, k, &v);
    const ot_var y = ot_scheme_step_with(s, t, x, quadratic, NULL, &opts);
    const ot_gradcheck_opts how = { .seed = 2, .all_below = 8, .directions = 2 };
    ck_assert_msg(ot_tape_status(t) == OT_OK, "%s", ot_tape_message(t));
    ot_params *ps = NULL; /* the tableau's values; with random ones the step would overflow */
    ck_ok(ot_params_new(t, &ps));
    ot_params_init(ps, 3);
    ck_ok(ot_gradcheck(t, y, ps, &how, &r));
    ck_assert_msg(r.passed, "%s, %s: error %.2e in %s: %.9g, numeric %.9g; dot %.2e",
                  ot_scheme_name(s), k->name, r.worst_error, r.worst_tensor, r.worst_analytic,
                  r.worst_numeric, r.dot_error);
    ot_params_free(ps);
    ot_tape_free(t);
}
END_TEST

START_TEST(a_step_that_is_no_scalar_and_not_of_the_channels_is_refused)
{
    static const struct {
        ot_shape h;
        const char *words;
    } bad[] = { { { 1, { 4 } }, "s must be (3)" }, { { 2, { 1, 3 } }, "s must be (3)" } };
    ot_tape *t = ot_tape_new();
    ot_var m = ot_param(t, "M", OT_SHAPE(N, N), OT_ZEROS);
    const ot_step_opts opts = { .h = ot_param(t, "h", bad[_i].h, OT_ONES) };
    const ot_var x = ot_input(t, "x", OT_SHAPE(1, N));
    ck_assert_int_eq(ot_scheme_step_with(ot_scheme_find("rk4"), t, x, linear_map, &m, &opts).id, 0);
    ck_assert_int_eq(ot_tape_status(t), OT_ESHAPE);
    ck_assert_msg(strstr(ot_tape_message(t), bad[_i].words), "%s", ot_tape_message(t));
    ot_tape_free(t);
}
END_TEST

TCase *steps_case(void)
{
    TCase *c = tcase_create("steps");
    const int all = ot__builtin_count * KINDS;
    tcase_add_loop_test(c, values_are_those_of_the_formula, 0, all);
    tcase_add_loop_test(c, a_step_of_size_one_has_the_bits_of_the_fixed_step, 0, all);
    tcase_add_loop_test(c, a_step_of_size_zero_is_the_identity, 0, all);
    tcase_add_loop_test(c, derivatives_match_central_differences, 0, all);
    tcase_add_loop_test(c, a_step_that_is_no_scalar_and_not_of_the_channels_is_refused, 0, 2);
    return c;
}
