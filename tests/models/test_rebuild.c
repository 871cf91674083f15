/* SPDX-License-Identifier: BSD-3-Clause
 * Networks whose states are solved for in the backward half instead of kept. */
#include <math.h>
#include <string.h>

#include "autograd/program.h"
#include "models/cases.h"
#include "models/passes.h"
#include "schemes/parts.h"

enum { DTYPES = 2, BATCH = 4, ALIGNMENT = 64 };

static ot_status compile(const pass *p, bool rebuild, ot_program **out)
{
    const ot_compile_opts opts = { .dtype = p->dtype, .params = p->params, .rebuild = rebuild };
    return ot_compile(ot_net_tape(p->net), ot_net_loss(p->net), &opts, out);
}

static const char *const reversible[] = { "revnet", "leapfrog", "hamiltonian" };
enum { REVERSIBLE = sizeof reversible / sizeof reversible[0] };

static ot_net_opts net_of(const char *blocks, const char *norm)
{
    return (ot_net_opts){
        .blocks = blocks, .norm = norm, .width = 16, .image = 8, .classes = 3, .batch = BATCH
    };
}

static void run(pass *p, ot_program *program)
{
    ot_params_init(p->params, 3);
    ot_program_free(p->program);
    p->program = program;
    pass_fill(p);
    pass_forward(p);
    pass_backward(p);
}

static double entry(const pass *p, int i, size_t e)
{
    const void *const x = ot_params_grad(p->params, i, p->dtype);
    return p->dtype == OT_F64 ? ((const double *)x)[e] : (double)((const float *)x)[e];
}

/* The largest difference of two gradients of a tensor, relative to the largest entry. */
static double difference(const pass *a, const pass *b, int i)
{
    double most = 0, largest = 0;
    for (size_t e = 0; e < ot_params_elements(a->params, i); e++) {
        ck_assert(isfinite(entry(a, i, e)) && isfinite(entry(b, i, e)));
        most = fmax(most, fabs(entry(a, i, e) - entry(b, i, e)));
        largest = fmax(largest, fabs(entry(a, i, e)));
    }
    return most / fmax(largest, 1e-30);
}

/* Statistics have the bits of the run that keeps its values: they are updated once. */
static void same_numbers(const pass *a, const pass *b, const char *what, double tolerance)
{
    for (int i = 0; i < ot_params_count(a->params); i++) {
        const char *const name = ot_params_name(a->params, i);
        const size_t size = a->dtype == OT_F64 ? sizeof(double) : sizeof(float);
        if (ot_params_trained(a->params, i))
            ck_assert_msg(difference(a, b, i) <= tolerance, "%s: %s: %g", what, name,
                          difference(a, b, i));
        else
            ck_assert_msg(memcmp(ot_params_value(a->params, i, a->dtype),
                                 ot_params_value(b->params, i, b->dtype),
                                 size * ot_params_elements(a->params, i)) == 0,
                          "%s: %s", what, name);
    }
}

static const char *norm_at(int i)
{
    return ot__registry_at(ot__norms(), i)->name;
}

/* Returns whether the network can rebuild its states. */
static bool rebuilds(const ot_net_opts *o, ot_dtype dtype, double tolerance)
{
    pass kept = pass_new(o, dtype, 3), rebuilt = pass_new(o, dtype, 3);
    ot_program *all = NULL, *program = NULL;
    const ot_status status = compile(&rebuilt, true, &program);
    if (status == OT_OK) {
        ck_ok(compile(&kept, false, &all));
        run(&kept, all);
        run(&rebuilt, program);
        same_numbers(&kept, &rebuilt, o->blocks, tolerance);
        ck_assert_uint_lt(ot_program_describe(program).arena_bytes,
                          ot_program_describe(all).arena_bytes);
    } else {
        ck_status(status, OT_EINVAL);
        ck_assert_msg(strstr(ot_message(), "no value that can be solved for"), "%s", ot_message());
    }
    pass_free(&kept);
    pass_free(&rebuilt);
    return status == OT_OK;
}

START_TEST(every_scheme_rebuilds_its_states_or_says_that_it_has_none)
{
    const ot_scheme *const s = ot_scheme_at(_i / DTYPES);
    const ot_dtype dtype = _i % DTYPES ? OT_F64 : OT_F32;
    char blocks[64];
    bool expected = false;
    for (int i = 0; i < REVERSIBLE; i++)
        expected |= strcmp(reversible[i], ot_scheme_name(s)) == 0;
    snprintf(blocks, sizeof blocks, "%s x5", ot_scheme_name(s));
    const ot_net_opts o = net_of(blocks, NULL);
    ck_assert_int_eq(rebuilds(&o, dtype, dtype == OT_F64 ? 1e-11 : 1e-4), expected);
}
END_TEST

START_TEST(every_norm_can_be_computed_again_from_rebuilt_states)
{
    char blocks[64];
    const ot_net_opts o = net_of(blocks, norm_at(_i / REVERSIBLE));
    snprintf(blocks, sizeof blocks, "%s x3", reversible[_i % REVERSIBLE]);
    ck_assert(rebuilds(&o, OT_F64, 1e-10));
    ck_assert(rebuilds(&o, OT_F32, 1e-4));
}
END_TEST

START_TEST(deep_networks_have_the_same_gradients_in_double)
{
    char blocks[64];
    const ot_net_opts o = net_of(blocks, NULL);
    snprintf(blocks, sizeof blocks, "%s x54", reversible[_i]);
    ck_assert(rebuilds(&o, OT_F64, 1e-9));
}
END_TEST

/* The states before a change of shape are kept, and those after it are solved for. */
START_TEST(levels_rebuild_their_own_states)
{
    const ot_net_opts o = { .blocks = _i ? "leapfrog x3" : "revnet x3",
                            .levels = "16,32:2,64:2",
                            .image = 16,
                            .classes = 3,
                            .batch = BATCH };
    ck_assert(rebuilds(&o, OT_F64, 1e-10));
}
END_TEST

/* ---- memory ---- */

/* Bytes of the arena, and in *numbers those per channel that forward leaves for backward: the norms
 * that are computed on reading leave such numbers.  What others leave per image is computed again
 * with the value. */
static size_t arena(const char *blocks, const char *norm, size_t *numbers)
{
    const ot_net_opts o = net_of(blocks, norm);
    pass p = pass_new(&o, OT_F32, 3);
    ck_ok(compile(&p, true, &p.program));
    *numbers = 0;
    for (int id = 1; id < p.program->n_nodes; id++) {
        const int saved = p.program->place[id].saved;
        if (saved >= 0 && ot__program_record(p.program, id)->op->view)
            *numbers += p.program->buffer[saved].bytes + ALIGNMENT;
    }
    const size_t bytes = ot_program_describe(p.program).arena_bytes;
    pass_free(&p);
    return bytes;
}

START_TEST(memory_does_not_grow_with_the_number_of_blocks)
{
    char few[32], many[32];
    size_t few_numbers, many_numbers;
    const char *const norm = norm_at(_i / REVERSIBLE);
    snprintf(few, sizeof few, "%s x10", reversible[_i % REVERSIBLE]);
    snprintf(many, sizeof many, "%s x40", reversible[_i % REVERSIBLE]);
    const size_t least = arena(few, norm, &few_numbers), most = arena(many, norm, &many_numbers);
    ck_assert_uint_ge(most, least);
    ck_assert_uint_le(most - least, many_numbers - few_numbers);
}
END_TEST

/* ---- how exactly ---- */

START_TEST(the_reconstruction_error_is_measured)
{
    char blocks[64];
    const ot_net_opts o = net_of(blocks, NULL);
    snprintf(blocks, sizeof blocks, "%s x5", reversible[_i / DTYPES]);
    pass p = pass_new(&o, _i % DTYPES ? OT_F64 : OT_F32, 3);
    ot_program *program = NULL;
    ck_ok(compile(&p, true, &program));
    run(&p, program);
    ck_assert_double_eq(ot_program_rebuild_error(p.program), 0);
    ck_ok(ot_program_measure_rebuild(p.program, true));
    pass_forward(&p);
    pass_backward(&p);
    ck_assert_double_gt(ot_program_rebuild_error(p.program), 0);
    ck_assert_double_lt(ot_program_rebuild_error(p.program), p.dtype == OT_F64 ? 1e-13 : 1e-4);
    ck_ok(ot_program_measure_rebuild(p.program, false));
    ck_assert_double_eq(ot_program_rebuild_error(p.program), 0);
    pass_free(&p);
}
END_TEST

/* Blocks whose evaluations are 0 are the identity. */
START_TEST(states_of_the_identity_are_rebuilt_exactly)
{
    const ot_net_opts o = net_of("revnet x4", NULL);
    pass p = pass_new(&o, OT_F32, 3);
    ck_ok(compile(&p, true, &p.program));
    ck_ok(ot_program_measure_rebuild(p.program, true));
    ot_params_init(p.params, 3);
    for (int i = 0; i < ot_params_count(p.params); i++)
        if (strstr(ot_params_name(p.params, i), "conv") &&
            strncmp(ot_params_name(p.params, i), "blocks.", 7) == 0)
            memset(ot_params_edit(p.params, i, OT_F32), 0,
                   ot_params_elements(p.params, i) * sizeof(float));
    pass_fill(&p);
    pass_forward(&p);
    pass_backward(&p);
    ck_assert_double_eq(ot_program_rebuild_error(p.program), 0);
    pass_free(&p);
}
END_TEST

/* ---- the order of replays ---- */

/* z reads x after m has been differentiated, so m, which leaves numbers per image, runs again after
 * its own backward step. */
static ot_var pooled(ot_tape *t, ot_var in)
{
    const ot_coef ones[] = { { .value = 1 }, { .value = 1 } };
    const ot_var w = ot_param(t, "w", OT_SHAPE(2, 2, 3, 3), ot_init_he(18));
    const ot_var x = ot_conv2d(t, in, w, 1, 1), z = ot_silu(t, x),
                 m = ot_max_pool(t, in, 3, 1, 1, false);
    const ot_var y = ot_lincomb(t, 2, ones, (ot_var[]){ x, m });
    ot_solvable(t, x, y);
    return ot_sum(t, ot_lincomb(t, 2, ones, (ot_var[]){ y, z }));
}

START_TEST(what_runs_again_after_its_backward_step_leaves_its_numbers_alone)
{
    double gradient[2][2 * 6 * 6 * 2];
    for (int rebuild = 0; rebuild < 2; rebuild++) {
        ot_tape *t = ot_tape_new();
        ot_program *p = NULL;
        const ot_var in = ot_input(t, "in", OT_SHAPE(2, 6, 6, 2)), y = pooled(t, in);
        const ot_compile_opts opts = { .dtype = OT_F64,
                                       .input_gradients = true,
                                       .rebuild = rebuild == 1 };
        ck_ok(ot_compile(t, y, &opts, &p));
        ot_params_init(ot_program_params(p), 1);
        for (int i = 0; i < 2 * 6 * 6 * 2; i++)
            ((double *)ot_program_input(p, in))[i] = sin(1.3 * i);
        ck_ok(ot_forward(p, 2));
        ck_ok(ot_backward(p, NULL, false));
        memcpy(gradient[rebuild], ot_program_grad(p, in), sizeof gradient[0]);
        ot_program_free(p);
        ot_tape_free(t);
    }
    for (int i = 0; i < 2 * 6 * 6 * 2; i++)
        ck_assert_double_eq_tol(gradient[0][i], gradient[1][i], 1e-12);
}
END_TEST

/* ---- what cannot be solved for ---- */

/* x + c k, of which x is declared to be solvable. */
static ot_var sum(ot_tape *t, ot_var x, ot_coef c, ot_var k)
{
    const ot_var y = ot_lincomb(t, 2, (ot_coef[]){ { .value = 1 }, c }, (ot_var[]){ x, k });
    ot_solvable(t, x, y);
    return y;
}

/* Two sums of x and c sigmoid(the input or, of itself, x). */
static void refuses(ot_coef c, bool of_itself, const char *part)
{
    ot_tape *t = ot_tape_new();
    ot_program *p = NULL;
    const ot_var in = ot_input(t, "in", OT_SHAPE(2, 3)), x = ot_relu(t, in);
    const ot_var h = ot_param(t, "h", OT_SCALAR, OT_ONES);
    if (c.factor.id) c.factor = h;
    const ot_var y = sum(t, x, c, ot_sigmoid(t, of_itself ? x : in));
    const ot_var z = sum(t, y, c, ot_sigmoid(t, of_itself ? y : in));
    const ot_var loss = ot_sum(t, ot_mul(t, z, ot_sigmoid(t, x)));
    const ot_compile_opts opts = { .dtype = OT_F64, .rebuild = true, .input_gradients = true };
    if (part) {
        ck_status(ot_compile(t, loss, &opts, &p), OT_EINVAL);
        ck_assert_msg(strstr(ot_message(), part) != NULL, "%s", ot_message());
    } else {
        ck_ok(ot_compile(t, loss, &opts, &p));
    }
    ot_program_free(p);
    ot_tape_free(t);
}

START_TEST(sums_with_learned_or_zero_coefficients_are_refused)
{
    refuses((ot_coef){ .value = 0.5 }, false, NULL);
    refuses((ot_coef){ .value = 0 }, false, "learned or zero");
    refuses((ot_coef){ .value = 1, .factor = { 1 } }, false, "learned or zero");
}
END_TEST

START_TEST(a_value_that_is_needed_to_compute_itself_is_refused)
{
    refuses((ot_coef){ .value = 1 }, true, "are computed from it");
}
END_TEST

TCase *rebuild_case(void)
{
    TCase *c = tcase_create("rebuild");
    tcase_add_loop_test(c, every_scheme_rebuilds_its_states_or_says_that_it_has_none, 0,
                        DTYPES * ot_scheme_count());
    tcase_add_loop_test(c, deep_networks_have_the_same_gradients_in_double, 0, REVERSIBLE);
    tcase_add_loop_test(c, every_norm_can_be_computed_again_from_rebuilt_states, 0,
                        REVERSIBLE * ot__registry_count(ot__norms()));
    tcase_add_loop_test(c, levels_rebuild_their_own_states, 0, 2);
    tcase_add_loop_test(c, memory_does_not_grow_with_the_number_of_blocks, 0,
                        REVERSIBLE * ot__registry_count(ot__norms()));
    tcase_add_loop_test(c, the_reconstruction_error_is_measured, 0, DTYPES * REVERSIBLE);
    tcase_add_test(c, states_of_the_identity_are_rebuilt_exactly);
    tcase_add_test(c, what_runs_again_after_its_backward_step_leaves_its_numbers_alone);
    tcase_add_test(c, sums_with_learned_or_zero_coefficients_are_refused);
    tcase_add_test(c, a_value_that_is_needed_to_compute_itself_is_refused);
    return c;
}
