/* SPDX-License-Identifier: BSD-3-Clause */
#include "api/misuse.h"

static ot_tape *tape, *other;
static ot_var x, root, foreign;
static ot_params *params, *others;
static ot_program *program;

/* sum(x w'), and another tape with a parameter of another shape. */
static void record(void)
{
    tape = ot_tape_new();
    x = ot_input(tape, "x", OT_SHAPE(2, 3));
    const ot_var w = ot_param(tape, "w", OT_SHAPE(5, 3), OT_ONES);
    root = ot_sum(tape, ot_linear(tape, x, w, (ot_var){ 0 }));
    other = ot_tape_new();
    foreign = ot_param(other, "w", OT_SHAPE(1), OT_ONES);
    ck_ok(ot_params_new(tape, &params));
    ck_ok(ot_params_new(other, &others));
    ck_ok(ot_compile(tape, root, NULL, &program));
}

static void discard(void)
{
    ot_program_free(program);
    ot_params_free(others);
    ot_params_free(params);
    ot_tape_free(other);
    ot_tape_free(tape);
}

static ot_status compile(ot_compile_opts o)
{
    ot_program *p = NULL;
    const ot_status status = ot_compile(tape, root, &o, &p);
    ot_program_free(p);
    return status;
}

static void count_points(const ot_memory_point *point, void *n)
{
    GIVES(point->peak_bytes > 0 && point->flops_replayed >= 0);
    ++*(int *)n;
}

START_TEST(a_curve_needs_what_a_program_needs)
{
    int n = 0;
    REFUSES(ot_compile_curve(NULL, root, NULL, count_points, &n), "tape");
    REFUSES(ot_compile_curve(tape, (ot_var){ 0 }, NULL, count_points, &n), "root");
    REFUSES(ot_compile_curve(tape, root, NULL, NULL, &n), "NULL");
    GIVES(n == 0);
    ck_ok(ot_compile_curve(tape, root, NULL, count_points, &n));
    GIVES(n > 1);
}
END_TEST

START_TEST(parameters_belong_to_their_tape)
{
    ot_params *ps = NULL;
    REFUSES(ot_params_new(NULL, &ps), "tape");
    REFUSES(ot_params_new(tape, NULL), "NULL");
    REFUSES(compile((ot_compile_opts){ .params = others }), "another tape");
    ot_param(tape, "late", OT_SHAPE(4), OT_ONES);
    REFUSES(compile((ot_compile_opts){ .params = params }), "now");
}
END_TEST

START_TEST(parameters_give_neutral_values_for_what_is_not_there)
{
    SURVIVES(ot_params_free(NULL));
    SURVIVES(ot_params_init(NULL, 1));
    SURVIVES(ot_params_zero_grad(NULL));
    GIVES(ot_params_normalisation(NULL).channels == 0);
    REFUSES(ot_params_set_normalisation(NULL, NULL), "NULL");
    REFUSES(ot_params_set_normalisation(params, &(ot_normalisation){ .channels = 9 }), "channels");
    REFUSES(ot_params_set_normalisation(params, &(ot_normalisation){ .channels = 1 }), "deviation");
    GIVES(ot_params_count(NULL) == 0);
    GIVES(ot_params_total(NULL) == 0);
    GIVES(ot_params_find(NULL, "w") == -1);
    GIVES(ot_params_find(params, NULL) == -1);
    GIVES(ot_params_name(params, -1) == NULL && ot_params_name(NULL, 0) == NULL);
    GIVES(ot_params_shape(params, 7).rank == -1);
    GIVES(!ot_params_trained(params, 7));
    GIVES(!ot_params_frozen(params, 7) && !ot_params_frozen(NULL, 0));
    REFUSES(ot_params_freeze(NULL, "*"), "NULL");
    GIVES(ot_params_rule(params, 7).lr == 1 && ot_params_rule(NULL, 0).lr == 1);
    GIVES(ot_params_elements(params, -1) == 0);
    GIVES(ot_params_value(params, 7, OT_F32) == NULL);
    GIVES(ot_params_value(params, 0, (ot_dtype)5) == NULL);
    GIVES(ot_params_edit(params, 0, (ot_dtype)5) == NULL);
    GIVES(ot_params_grad(params, 0, (ot_dtype)-1) == NULL);
}
END_TEST

START_TEST(compiling_refuses_options_out_of_range)
{
    ot_program *p = NULL;
    REFUSES(ot_compile(NULL, root, NULL, &p), "tape");
    REFUSES(ot_compile(tape, root, NULL, NULL), "NULL");
    REFUSES(ot_compile(tape, (ot_var){ 0 }, NULL, &p), "root");
    REFUSES(ot_compile(tape, (ot_var){ 999 }, NULL, &p), "root");
    REFUSES(ot_compile(tape, x, NULL, &p), "leaf");
    REFUSES(compile((ot_compile_opts){ .dtype = (ot_dtype)5 }), "dtype");
    REFUSES(compile((ot_compile_opts){ .tier = (ot_tier)9 }), "tier");
    REFUSES(compile((ot_compile_opts){ .batch = -1 }), "batch");
    REFUSES(compile((ot_compile_opts){ .n_keep = -1 }), "keep");
    REFUSES(compile((ot_compile_opts){ .n_keep = 1 }), "keep");
    REFUSES(compile((ot_compile_opts){ .n_keep = 1, .keep = &(ot_var){ 999 } }), "keep");
}
END_TEST

START_TEST(running_refuses_what_is_out_of_order)
{
    SURVIVES(ot_program_free(NULL));
    GIVES(ot_program_params(NULL) == NULL);
    GIVES(ot_program_input(NULL, x) == NULL && ot_program_input(program, root) == NULL);
    GIVES(ot_program_input(program, (ot_var){ -1 }) == NULL);
    GIVES(ot_program_value(program, (ot_var){ 999 }) == NULL && !ot_program_value(NULL, root));
    GIVES(ot_program_grad(program, (ot_var){ 999 }) == NULL && !ot_program_grad(NULL, root));
    GIVES(ot_program_describe(NULL).calls == 0);
    REFUSES(ot_backward(program, NULL, false), "forward");
    REFUSES(ot_forward(program, 0), "1");
    REFUSES(ot_forward(program, 3), "2");
    REFUSES(ot_forward(NULL, 1), "program");
    REFUSES(ot_backward(NULL, NULL, false), "program");
    REFUSES(ot_program_list(NULL, OT_LIST_TEXT, stderr), "program");
    REFUSES(ot_program_list(program, OT_LIST_TEXT, NULL), "NULL");
    REFUSES(ot_program_list(program, (ot_list_format)9, stderr), "format");
    REFUSES(ot_program_plan(NULL, OT_LIST_WIDE, false, stderr), "program");
    REFUSES(ot_program_plan(program, OT_LIST_WIDE, false, NULL), "NULL");
    REFUSES(ot_program_measure(NULL, true), "program");
    REFUSES(ot_program_measure_rebuild(NULL, true), "program");
    REFUSES(ot_program_measure_rebuild(program, true), "compile it with rebuild");
    GIVES(ot_program_rebuild_error(NULL) == 0);
    REFUSES(ot_program_profile(program, NULL, 0, OT_LIST_WIDE, false, stderr), "measure");
    REFUSES(ot_program_profile(NULL, NULL, 0, OT_LIST_WIDE, false, stderr), "program");
}
END_TEST

START_TEST(a_program_survives_a_tape_that_grows)
{
    ot_input(tape, "late", OT_SHAPE(2, 3));
    GIVES(ot_program_value(program, (ot_var){ ot_tape_length(tape) }) == NULL);
    ck_ok(ot_forward(program, 2));
    ck_ok(ot_backward(program, NULL, false));
    FILE *const out = tmpfile();
    ck_ok(ot_program_list(program, OT_LIST_JSON, out));
    ck_ok(ot_program_plan(program, OT_LIST_WIDE, true, out));
    fclose(out);
}
END_TEST

START_TEST(backward_of_a_program_without_parameters_touches_nothing)
{
    ot_tape *t = ot_tape_new();
    const ot_var y = ot_input(t, "y", OT_SHAPE(2, 3)), sum = ot_sum(t, ot_mul(t, y, y));
    ot_program *p = NULL;
    ck_ok(ot_compile(t, sum, NULL, &p));
    ck_ok(ot_forward(p, 2));
    ck_ok(ot_backward(p, NULL, false));
    ot_program_free(p);
    ot_tape_free(t);
}
END_TEST

static ot_status check(ot_gradcheck_opts o)
{
    ot_gradcheck_report r;
    return ot_gradcheck(tape, root, NULL, &o, &r);
}

START_TEST(a_gradient_check_refuses_options_out_of_range)
{
    ot_gradcheck_report r;
    REFUSES(ot_gradcheck(NULL, root, NULL, NULL, &r), "tape");
    REFUSES(ot_gradcheck(tape, root, NULL, NULL, NULL), "NULL");
    REFUSES(ot_gradcheck(tape, root, others, NULL, &r), "another tape");
    REFUSES(check((ot_gradcheck_opts){ .tolerance = NAN }), "tolerance");
    REFUSES(check((ot_gradcheck_opts){ .tolerance = -1 }), "tolerance");
    REFUSES(check((ot_gradcheck_opts){ .tolerance = INFINITY }), "tolerance");
    REFUSES(check((ot_gradcheck_opts){ .batch = -1 }), "batch");
    REFUSES(check((ot_gradcheck_opts){ .all_below = -1 }), "all_below");
    REFUSES(check((ot_gradcheck_opts){ .directions = -1 }), "directions");
}
END_TEST

/* relu(0 w): every derivative with respect to w crosses a corner. */
START_TEST(a_gradient_check_that_leaves_most_out_does_not_pass)
{
    ot_tape *t = ot_tape_new();
    const ot_var w = ot_param(t, "w", OT_SHAPE(40), OT_ZEROS);
    const ot_var y = ot_sum(t, ot_relu(t, w));
    ot_params *zero = NULL;
    ot_gradcheck_report r;
    ck_ok(ot_params_new(t, &zero));
    ck_ok(ot_gradcheck(t, y, zero, NULL, &r));
    ck_assert_msg(!r.passed, "passed with %ld compared, %ld left out", r.checked, r.at_kink);
    ot_params_free(zero);
    ot_tape_free(t);
}
END_TEST

TCase *programs_case(void)
{
    TCase *c = tcase_create("programs");
    tcase_add_checked_fixture(c, record, discard);
    tcase_add_test(c, a_curve_needs_what_a_program_needs);
    tcase_add_test(c, parameters_belong_to_their_tape);
    tcase_add_test(c, parameters_give_neutral_values_for_what_is_not_there);
    tcase_add_test(c, compiling_refuses_options_out_of_range);
    tcase_add_test(c, running_refuses_what_is_out_of_order);
    tcase_add_test(c, a_program_survives_a_tape_that_grows);
    tcase_add_test(c, backward_of_a_program_without_parameters_touches_nothing);
    tcase_add_test(c, a_gradient_check_refuses_options_out_of_range);
    tcase_add_test(c, a_gradient_check_that_leaves_most_out_does_not_pass);
    return c;
}
