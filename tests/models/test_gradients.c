/* SPDX-License-Identifier: BSD-3-Clause
 * Whole networks: the tape's gradients against central differences, and float32 against double, for
 * every scheme and every sub-net there is. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/rng.h"
#include "models/cases.h"
#include "schemes/parts.h"

/* The number of which the channels of f must be a multiple. */
static int multiple_of(const char *subnet)
{
    const ot_subnet_kind *const kind =
        subnet ? (const ot_subnet_kind *)ot__registry_look(ot__subnets(), subnet, strlen(subnet))
               : NULL;
    return kind && kind->multiple ? kind->multiple(kind->about.defaults) : 1;
}

/* Schemes that need an even number of channels, and sub-nets that need a multiple, get the next. */
static ot_net *small_net(const char *scheme, const char *subnet, int width, int image, int batch)
{
    ot_net *net = NULL;
    const ot_scheme *const s = ot_scheme_find(scheme);
    const int unit =
        multiple_of(subnet) * (s && ot_scheme_table(s)->flags & OT_SCHEME_EVEN ? 2 : 1);
    width = (width + unit - 1) / unit * unit;
    const ot_subnet_kind *const kind =
        subnet ? (const ot_subnet_kind *)ot__registry_look(ot__subnets(), subnet, strlen(subnet))
               : NULL;
    ck_ok(ot_net_new(&(ot_net_opts){ .blocks = scheme,
                                     .subnet = subnet,
                                     .norm = kind ? kind->norm : NULL,
                                     .width = width,
                                     .image = image,
                                     .classes = 3,
                                     .batch = batch },
                     &net));
    return net;
}

/* Checks that at least `ratio` times as many derivatives are compared as are left out. */
static void check_net(ot_net *net, bool evaluate, int ratio)
{
    ot_gradcheck_report r;
    const ot_gradcheck_opts opts = {
        .seed = 1, .evaluate = evaluate, .all_below = 8, .directions = 2
    };
    ck_ok(ot_gradcheck(ot_net_tape(net), ot_net_loss(net), NULL, &opts, &r));
    ck_assert_msg(r.passed, "%s: error %.2e in %s (read by %s): %.9g, numeric %.9g; dot %.2e",
                  ot_net_options(net)->blocks, r.worst_error, r.worst_tensor, r.worst_op,
                  r.worst_analytic, r.worst_numeric, r.dot_error);
    ck_assert_int_gt(r.checked, ratio * r.at_kink);
    ot_net_free(net);
}

START_TEST(gradients_of_every_scheme_match_central_differences)
{
    check_net(small_net(ot_scheme_name(ot_scheme_at(_i)), NULL, 3, 4, 3), false, 10);
}
END_TEST

/* The mlp has few derivatives that are not at a corner of its ReLU.  In timed, biases before a norm
 * with as many groups as channels have derivative 0, and differences are rounding. */
START_TEST(gradients_of_every_subnet_match_central_differences)
{
    const char *const name = ot__registry_at(ot__subnets(), _i)->name;
    check_net(small_net("midpoint", name, 3, 4, 3), false,
              strcmp(name, "timed") == 0 ? 4
              : strcmp(name, "mlp") == 0 ? 8
                                         : 10);
}
END_TEST

START_TEST(gradients_in_evaluation_mode_match_too)
{
    check_net(small_net("rk4", NULL, 3, 4, 3), true, 10);
}
END_TEST

/* The loss and the gradients of all parameters, on inputs that depend on the seed alone. */
static ot_params *run_net(const ot_net *net, ot_dtype dtype, ot_tier tier, double *loss)
{
    ot_program *p = NULL;
    ot_params *ps = NULL;
    const int batch = ot_net_options(net)->batch;
    ck_ok(ot_params_new(ot_net_tape(net), &ps));
    ot_params_init(ps, 4);
    ck_ok(ot_compile(ot_net_tape(net), ot_net_loss(net),
                     &(ot_compile_opts){ .dtype = dtype, .tier = tier, .params = ps }, &p));
    void *x = ot_program_input(p, ot_net_images(net));
    const ot_shape s = ot_var_shape(ot_net_tape(net), ot_net_images(net));
    for (int i = 0; i < s.dim[0] * s.dim[1] * s.dim[2] * s.dim[3]; i++) {
        const ot__draw d = ot__random(8, OT__RNG_GRADCHECK, (uint32_t)i, 0, 0, 0);
        const float value = (float)ot__normal(d.word[0], d.word[1]);
        if (dtype == OT_F64)
            ((double *)x)[i] = value;
        else
            ((float *)x)[i] = value;
    }
    int32_t *labels = ot_program_input(p, ot_net_labels(net));
    for (int i = 0; i < batch; i++)
        labels[i] = i % ot_net_options(net)->classes;
    ck_ok(ot_forward(p, batch));
    const void *value = ot_program_value(p, ot_net_loss(net));
    *loss = dtype == OT_F64 ? *(const double *)value : (double)*(const float *)value;
    ck_ok(ot_backward(p, NULL, false));
    ot_program_free(p);
    return ps;
}

/* The relative l2 distance of all gradients of a float32 program from those of the double
 * program. */
static double gradient_error(const ot_net *net, ot_tier tier)
{
    double loss64, loss32, difference = 0, squares = 0;
    ot_params *reference = run_net(net, OT_F64, OT_TIER_DEFAULT, &loss64);
    ot_params *fast = run_net(net, OT_F32, tier, &loss32);
    for (int i = 0; i < ot_params_count(fast); i++) {
        const float *f = ot_params_grad(fast, i, OT_F32);
        const double *d = ot_params_grad(reference, i, OT_F64);
        for (size_t j = 0; ot_params_trained(fast, i) && j < ot_params_elements(fast, i); j++) {
            difference += (f[j] - d[j]) * (f[j] - d[j]);
            squares += d[j] * d[j];
        }
    }
    ck_assert_double_gt(squares, 0);
    ck_assert_double_eq_tol(loss32, loss64, 1e-5 * loss64);
    ot_params_free(reference);
    ot_params_free(fast);
    return sqrt(difference / squares);
}

START_TEST(float32_gradients_match_the_double_tape)
{
    ot_net *net = small_net(ot_scheme_name(ot_scheme_at(_i)), NULL, 8, 10, 4);
    const double error = gradient_error(net, OT_TIER_DEFAULT);
    ck_assert_msg(error <= 1e-4, "%s: %.2e", ot_net_options(net)->blocks, error);
    ot_net_free(net);
}
END_TEST

/* Networks of equal cost, at a width that all kernels take.  Row 12 of Verner's tableau has a gain
 * of 2307; the same bound holds nevertheless, because batch norm removes gains. */
static const char *const equals[] = { "euler x8", "midpoint x4", "rk4 x2", "verner89 x1" };
static const struct {
    const char *cpu, *name; /* cpu: ODETAPE_CPU, which is read once per process */
    ot_tier tier;
} kernels[] = { { "", "portable", OT_TIER_PORTABLE },
                { "", "the best", OT_TIER_DEFAULT },
                { "avx2", "those without AVX-512", OT_TIER_DEFAULT },
                { "baseline", "those without vectors", OT_TIER_DEFAULT } };
enum { EQUALS = sizeof equals / sizeof equals[0], KERNELS = sizeof kernels / sizeof kernels[0] };

START_TEST(gradients_of_all_kernels_match_the_double_tape)
{
    const int k = _i % KERNELS;
    const char *fork = getenv("CK_FORK");
    if (!fork || strcmp(fork, "no") != 0)
        ck_assert_int_eq(setenv("ODETAPE_CPU", kernels[k].cpu, 1), 0);
    if (ot_machine_check() != OT_OK) OT_SKIP("this CPU has no AVX2");
    ot_net *net = small_net(equals[_i / KERNELS], NULL, 16, 13, 5);
    const double error = gradient_error(net, kernels[k].tier);
    ck_assert_msg(error <= 1e-4, "%s with %s kernels: %.2e", equals[_i / KERNELS], kernels[k].name,
                  error);
    ot_net_free(net);
}
END_TEST

START_TEST(gradients_have_the_same_bits_at_any_number_of_threads)
{
    static const int threads[] = { 1, 2, 3, 4, 8 };
    ot_net *net = small_net("rk4, euler", NULL, 16, 9, 11);
    double loss, first_loss = 0;
    ot_params *first = NULL;
    for (size_t k = 0; k < sizeof threads / sizeof threads[0]; k++) {
        ck_ok(ot_set_threads(threads[k]));
        ot_params *ps = run_net(net, OT_F32, OT_TIER_DEFAULT, &loss);
        if (!first) {
            first = ps;
            first_loss = loss;
            continue;
        }
        ck_assert(loss == first_loss);
        for (int i = 0; i < ot_params_count(ps); i++) {
            const size_t bytes = ot_params_elements(ps, i) * sizeof(float);
            ck_assert_mem_eq(ot_params_grad(ps, i, OT_F32), ot_params_grad(first, i, OT_F32),
                             bytes);
            ck_assert_mem_eq(ot_params_value(ps, i, OT_F32), ot_params_value(first, i, OT_F32),
                             bytes);
        }
        ot_params_free(ps);
    }
    ot_params_free(first);
    ot_net_free(net);
}
END_TEST

TCase *gradients_case(void)
{
    TCase *c = tcase_create("gradients");
    const int schemes = ot_scheme_count();
    tcase_add_loop_test(c, gradients_of_every_scheme_match_central_differences, 0, schemes);
    tcase_add_loop_test(c, gradients_of_every_subnet_match_central_differences, 0,
                        ot__registry_count(ot__subnets()));
    tcase_add_test(c, gradients_in_evaluation_mode_match_too);
    tcase_add_loop_test(c, float32_gradients_match_the_double_tape, 0, schemes);
    tcase_add_loop_test(c, gradients_of_all_kernels_match_the_double_tape, 0, EQUALS * KERNELS);
    tcase_add_test(c, gradients_have_the_same_bits_at_any_number_of_threads);
    return c;
}
