/* SPDX-License-Identifier: BSD-3-Clause
 * Gradients that float32 programs form as sums equal those that double programs compute with a
 * backward step for each record. */
#include <math.h>

#include "autograd/cases.h"
#include "autograd/program.h"
#include "base/rng.h"

enum { N = 2, SIDE = 8, C = 16 };

static ot_tape *t;

static void new_tape(void)
{
    t = ot_tape_new();
}

static void free_tape(void)
{
    ot_tape_free(t);
}

static ot_var input(const char *name)
{
    return ot_input(t, name, OT_SHAPE(N, SIDE, SIDE, C));
}

static ot_var weigh(double a, ot_var x, double b, ot_var y)
{
    const ot_coef coef[] = { { .value = a }, { .value = b } };
    return ot_lincomb(t, 2, coef, (const ot_var[]){ x, y });
}

static ot_var conv(const char *name, ot_var x)
{
    return ot_conv2d(t, x, ot_param(t, name, OT_SHAPE(C, C, 3, 3), ot_init_he(9 * C)), 1, 1);
}

/* Each returns the root; x and z are the inputs. */
static ot_var euler_step(ot_var x, ot_var z)
{
    (void)z;
    return weigh(1, x, 1, conv("w", ot_relu(t, x)));
}

static ot_var one_tensor_many_times(ot_var x, ot_var z)
{
    const ot_coef coef[] = { { .value = 1 }, { .value = 2 }, { .value = -0.5 }, { .value = 1 } };
    return ot_lincomb(t, 4, coef, (const ot_var[]){ x, z, x, x });
}

static ot_var combinations_of_combinations(ot_var x, ot_var z)
{
    const ot_var a = weigh(1, x, 0.5, z), b = weigh(1, a, -2, x), c = weigh(1, b, 1, a);
    return weigh(0.25, c, 1, b);
}

static ot_var read_eagerly_before(ot_var x, ot_var z)
{
    const ot_var early = ot_mul(t, x, z);
    return weigh(1, x, 3, early);
}

static ot_var read_eagerly_after(ot_var x, ot_var z)
{
    const ot_var y = weigh(1, x, 3, z);
    return ot_mul(t, y, ot_mul(t, x, y));
}

static ot_var read_eagerly_between(ot_var x, ot_var z)
{
    const ot_var a = weigh(1, x, 1, z), b = ot_mul(t, x, a);
    return weigh(2, b, 1, x);
}

static ot_var two_blocks_of_four_stages(ot_var x, ot_var z)
{
    ot_var y = weigh(1, x, 1, z);
    for (int block = 0; block < 2; block++) {
        const ot_var k1 = conv(block ? "a1" : "b1", ot_relu(t, y));
        const ot_var k2 = conv(block ? "a2" : "b2", ot_relu(t, weigh(1, y, 0.5, k1)));
        const ot_var k3 = conv(block ? "a3" : "b3", ot_relu(t, weigh(1, y, 0.5, k2)));
        const ot_coef coef[] = {
            { .value = 1 }, { .value = 0.25 }, { .value = 1 }, { .value = 2 }
        };
        y = ot_lincomb(t, 4, coef, (const ot_var[]){ y, k1, k2, k3 });
    }
    return y;
}

/* Each stage, and the result, reads all stages before it. */
static ot_var six_dense_stages(ot_var x, ot_var z)
{
    enum { STAGES = 6 };
    ot_var term[STAGES + 1] = { weigh(1, x, 1, z) };
    for (int i = 0; i <= STAGES; i++) {
        ot_coef coef[STAGES + 1] = { { .value = 1 } };
        for (int j = 1; j <= i; j++)
            coef[j].value = 0.5 / (i + j) - 0.15 * (j % 2);
        const ot_var sum = i ? ot_lincomb(t, i + 1, coef, term) : term[0];
        if (i == STAGES) return sum;
        term[i + 1] = conv((const char[]){ 'w', (char)('0' + i), 0 }, ot_relu(t, sum));
    }
    return x;
}

static ot_var (*const patterns[])(ot_var x, ot_var z) = {
    euler_step,         one_tensor_many_times, combinations_of_combinations, read_eagerly_before,
    read_eagerly_after, read_eagerly_between,  two_blocks_of_four_stages,    six_dense_stages,
};
enum { PATTERNS = sizeof patterns / sizeof patterns[0] };

static double number(uint32_t i, uint32_t what)
{
    const ot__draw d = ot__random(9, OT__RNG_GRADCHECK, i, what, 0, 0);
    return (double)(float)ot__normal(d.word[0], d.word[1]);
}

static double element(const void *x, size_t i, ot_dtype dtype)
{
    return dtype == OT_F64 ? ((const double *)x)[i] : (double)((const float *)x)[i];
}

static void run(ot_program *p, ot_var x, ot_var z, ot_dtype dtype)
{
    const ot_var in[] = { x, z };
    for (uint32_t k = 0; k < 2; k++) {
        void *to = ot_program_input(p, in[k]);
        for (uint32_t i = 0; to && i < N * SIDE * SIDE * C; i++) {
            if (dtype == OT_F64)
                ((double *)to)[i] = number(i, k);
            else
                ((float *)to)[i] = (float)number(i, k);
        }
    }
    ck_ok(ot_forward(p, N));
    ck_ok(ot_backward(p, NULL, false));
}

static void same(const char *what, size_t n, const void *want, const void *got)
{
    double difference = 0, squares = 0;
    for (size_t i = 0; i < n; i++) {
        const double a = element(want, i, OT_F64), b = element(got, i, OT_F32);
        difference += (a - b) * (a - b);
        squares += a * a;
    }
    ck_assert_msg(squares > 0 && difference <= 1e-11 * squares, "%s: %g of %g", what, difference,
                  squares);
}

static void compare(const ot_var *keep, int n_keep, ot_var x, ot_var z, ot_var root)
{
    static const ot_dtype dtypes[] = { OT_F32, OT_F64 };
    ot_params *ps = NULL;
    ot_program *p[2];
    ck_ok(ot_params_new(t, &ps));
    ot_params_init(ps, 3);
    for (int i = 0; i < 2; i++) {
        const ot_compile_opts opts = { .dtype = dtypes[i],
                                       .input_gradients = true,
                                       .params = ps,
                                       .keep = keep,
                                       .n_keep = n_keep };
        ck_ok(ot_compile(t, root, &opts, &p[i]));
        run(p[i], x, z, dtypes[i]);
    }
    const size_t n = ot__elements(ot_var_shape(t, x));
    same("gradient of x", n, ot_program_grad(p[1], x), ot_program_grad(p[0], x));
    for (int i = 0; i < n_keep; i++)
        same("gradient of a kept var", n, ot_program_grad(p[1], keep[i]),
             ot_program_grad(p[0], keep[i]));
    for (int i = 0; i < ot_params_count(ps); i++)
        same(ot_params_name(ps, i), ot_params_elements(ps, i), ot_params_grad(ps, i, OT_F64),
             ot_params_grad(ps, i, OT_F32));
    for (int i = 0; i < 2; i++)
        ot_program_free(p[i]);
    ot_params_free(ps);
}

START_TEST(gradient_sums_equal_the_gradients_of_backward_steps)
{
    const ot_var x = input("x"), z = input("z");
    compare(NULL, 0, x, z, patterns[_i](x, z));
}
END_TEST

START_TEST(gradients_of_kept_vars_can_still_be_read)
{
    const ot_var x = input("x"), z = input("z"), root = patterns[_i](x, z);
    ot_var keep[64];
    int n = 0;
    for (int id = 1; id <= ot_tape_length(t); id++)
        if (t->node[id].record.op) keep[n++] = (ot_var){ id };
    compare(keep, n, x, z, root);
}
END_TEST

START_TEST(an_euler_step_has_no_call_for_its_sum_and_shares_its_gradient)
{
    ot_program *p = NULL;
    const ot_var in = input("x"), x = ot_mul(t, in, in), y = euler_step(x, x);
    ck_ok(ot_compile(t, ot_mul(t, y, y), &(ot_compile_opts){ .input_gradients = true }, &p));
    const int k = y.id - 1; /* the conv's result */
    ck_assert_int_eq(p->place[k].gy, p->place[y.id].gy);
    int sums = 0;
    for (int s = p->n_forward; s < p->n_steps; s++) {
        ck_assert(p->step[s].terms || p->step[s].id != y.id);
        sums += p->step[s].terms > 0;
    }
    ck_assert_int_eq(sums, 1); /* the gradient of x, which overwrites that of y */
    ck_assert_uint_eq(p->buffer[p->place[x.id].gy].at, p->buffer[p->place[y.id].gy].at);
    ot_program_free(p);
}
END_TEST

/* The gradients are sums of 1 to 6 terms: those of one or two terms are combined on reading, and
 * the others are formed in pairs. */
START_TEST(dense_stages_get_their_gradients_in_pairs_each_in_one_sweep)
{
    ot_program *p = NULL;
    if (ot_machine().tier != OT_TIER_BEST) OT_SKIP("no convolution here reads two gradients");
    ck_ok(ot_compile(t, six_dense_stages(input("x"), input("z")), NULL, &p));
    int sweeps = 0, sums = 0;
    for (int s = p->n_forward; s < p->n_steps; s++) {
        const ot__step *step = &p->step[s];
        if (!step->terms) continue;
        sums++;
        sweeps += !step->position;
        ck_assert(!step->position || p->gradient.of[step->id].source[0] == step->id);
    }
    ck_assert_int_eq(sums, 4);
    ck_assert_int_eq(sweeps, 2);
    ot_program_free(p);
}
END_TEST

START_TEST(the_cost_of_an_input_s_gradient_is_known)
{
    ot_program *p = NULL;
    const ot_var x = input("x"), z = input("z");
    const ot_var y =
        ot_lincomb(t, 2, (ot_coef[]){ { .value = 2 }, { .value = 3 } }, (ot_var[]){ x, z });
    ck_ok(ot_compile(t, y, &(ot_compile_opts){ .input_gradients = true }, &p));
    ck_assert(ot_program_describe(p).flops_backward > 0);
    ot_program_free(p);
}
END_TEST

TCase *gradient_sums_case(void)
{
    TCase *c = tcase_create("gradient sums");
    tcase_add_checked_fixture(c, new_tape, free_tape);
    tcase_add_test(c, dense_stages_get_their_gradients_in_pairs_each_in_one_sweep);
    tcase_add_loop_test(c, gradient_sums_equal_the_gradients_of_backward_steps, 0, PATTERNS);
    tcase_add_loop_test(c, gradients_of_kept_vars_can_still_be_read, 0, PATTERNS);
    tcase_add_test(c, an_euler_step_has_no_call_for_its_sum_and_shares_its_gradient);
    tcase_add_test(c, the_cost_of_an_input_s_gradient_is_known);
    return c;
}
