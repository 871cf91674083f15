/* SPDX-License-Identifier: BSD-3-Clause */
#include "api/misuse.h"

static const ot_scheme *scheme;
static const ot_tableau *rk4;

static void find(void)
{
    scheme = ot_scheme_find("rk4");
    rk4 = ot_scheme_tableau(scheme);
}

static ot_status tableau(const char *name, int stages, const double a[], const double b[])
{
    ot_tableau *made = NULL;
    const ot_status status = ot_tableau_new(name, stages, a, b, &made);
    ot_tableau_free(made);
    return status;
}

START_TEST(a_tableau_refuses_what_it_is_not_made_of)
{
    ot_tableau *made = NULL;
    const double a[] = { 0.5 }, b[] = { 0, 1 }, bad[] = { 0, NAN };
    REFUSES(ot_tableau_parse(NULL, "x", &made), "NULL");
    REFUSES(ot_tableau_parse("", NULL, &made), "NULL");
    REFUSES(ot_tableau_parse("", "x", NULL), "NULL");
    REFUSES(ot_tableau_read(NULL, &made), "NULL");
    REFUSES(ot_tableau_read("x", NULL), "NULL");
    REFUSES(ot_tableau_new("mine", 2, a, b, NULL), "NULL");
    REFUSES(tableau(NULL, 2, a, b), "name");
    REFUSES(tableau("mine", 0, a, b), "stages");
    REFUSES(tableau("mine", 1000, a, b), "stages");
    REFUSES(tableau("mine", 2, NULL, b), "NULL");
    REFUSES(tableau("mine", 2, a, NULL), "NULL");
    REFUSES(tableau("mine", 2, a, bad), "finite");
}
END_TEST

START_TEST(questions_to_a_tableau_have_answers_outside_it)
{
    ot_order_report report[1];
    ot_stability stability;
    ot_tableau_info info;
    char *text = NULL;
    SURVIVES(ot_tableau_free(NULL));
    GIVES(ot_tableau_rows(NULL) == 0);
    GIVES(ot_tableau_row_name(rk4, 7) == NULL && ot_tableau_row_name(NULL, 0) == NULL);
    GIVES(ot_tableau_a(rk4, 99, 0) == NULL && ot_tableau_a(NULL, 1, 0) == NULL);
    GIVES(ot_tableau_weight(rk4, 0, -1) == NULL && ot_tableau_weight(NULL, 0, 0) == NULL);
    REFUSES(ot_tableau_order(NULL, 1, report), "NULL");
    REFUSES(ot_tableau_order(rk4, 1, NULL), "NULL");
    REFUSES(ot_tableau_order(rk4, 9, report), "rows");
    REFUSES(ot_tableau_order_within(NULL, 0, 1, report), "NULL");
    REFUSES(ot_tableau_order_within(rk4, -1, 1, report), "tolerance");
    REFUSES(ot_tableau_order_within(rk4, NAN, 1, report), "tolerance");
    ot_repair repair;
    ot_proof proof[1];
    REFUSES(ot_tableau_prove(NULL, 1, proof), "NULL");
    REFUSES(ot_tableau_prove(rk4, 1, NULL), "NULL");
    REFUSES(ot_tableau_prove(rk4, -1, proof), "proofs");
    REFUSES(ot_tableau_prove(rk4, 1000000000, proof), "proofs");
    REFUSES(ot_tableau_repair(NULL, &repair), "NULL");
    REFUSES(ot_tableau_repair(rk4, NULL), "NULL");
    ot_tableau *imported = NULL;
    REFUSES(ot_tableau_import(NULL, "x", "x", &imported, &text), "NULL");
    REFUSES(ot_tableau_import("b = [1]", NULL, "x", &imported, &text), "NULL");
    REFUSES(ot_tableau_import("b = [1]", "x", NULL, &imported, &text), "NULL");
    REFUSES(ot_tableau_import("b = [1]", "x", "x", NULL, &text), "NULL");
    REFUSES(ot_tableau_import("b = [1]", "x", "x", &imported, NULL), "NULL");
    REFUSES(ot_tableau_import("b = [1]", "x", "X 1", &imported, &text), "name");
    GIVES(ot_scheme_alias(NULL, 0) == NULL && ot_scheme_alias(ot_scheme_at(0), -1) == NULL);
    REFUSES(ot_tableau_stability(NULL, 0, &stability), "NULL");
    REFUSES(ot_tableau_stability(rk4, 0, NULL), "NULL");
    REFUSES(ot_tableau_stability(rk4, 9, &stability), "row");
    REFUSES(ot_tableau_polynomial(NULL, 0, &text), "NULL");
    REFUSES(ot_tableau_polynomial(rk4, 0, NULL), "NULL");
    REFUSES(ot_tableau_polynomial(rk4, -1, &text), "row");
    REFUSES(ot_tableau_describe(NULL, &info), "NULL");
    REFUSES(ot_tableau_describe(rk4, NULL), "NULL");
}
END_TEST

START_TEST(questions_to_a_scheme_have_answers_outside_it)
{
    ot_scheme *made = NULL;
    SURVIVES(ot_scheme_free(NULL));
    GIVES(ot_scheme_at(-1) == NULL && ot_scheme_at(10000) == NULL);
    GIVES(ot_scheme_find(NULL) == NULL && ot_scheme_find("") == NULL);
    REFUSES(ot_scheme_open(NULL, &made), "NULL");
    REFUSES(ot_scheme_open("rk4", NULL), "NULL");
    REFUSES(ot_scheme_from_tableau(NULL, &made), "NULL");
    REFUSES(ot_scheme_from_tableau(rk4, NULL), "NULL");
    REFUSES(ot_scheme_parse(NULL, "x", &made), "NULL");
    REFUSES(ot_scheme_read(NULL, &made), "NULL");
    GIVES(ot_scheme_tableau(NULL) == NULL);
    GIVES(ot_scheme_name(NULL) == NULL);
    GIVES(ot_scheme_title(NULL) == NULL);
    GIVES(ot_scheme_text(NULL) == NULL);
    GIVES(ot_scheme_order(NULL) == 0);
    GIVES(ot_scheme_stages(NULL) == 0);
    GIVES(ot_scheme_evaluations(NULL) == 0);
    GIVES(ot_scheme_a(scheme, 9, 0) == 0 && ot_scheme_a(NULL, 1, 0) == 0);
    GIVES(ot_scheme_b(scheme, -1) == 0 && ot_scheme_b(NULL, 0) == 0);
    GIVES(ot_scheme_c(scheme, 64) == 0 && ot_scheme_c(NULL, 0) == 0);
}
END_TEST

static ot_var twice(ot_tape *t, ot_var x, int i, void *user)
{
    (void)i, (void)user;
    return ot_lincomb(t, 1, (ot_coef[]){ { 2, { 0 } } }, &x);
}

static ot_var fails(ot_tape *t, ot_var x, int i, void *user)
{
    (void)x, (void)i, (void)user;
    return ot_tape_fail(t, OT_EINVAL, "the sub-net failed");
}

static ot_var nothing(ot_tape *t, ot_var x, int i, void *user)
{
    (void)t, (void)x, (void)i, (void)user;
    return (ot_var){ 0 };
}

static ot_var in(ot_tape *t)
{
    return ot_input(t, "x", OT_SHAPE(2, 3));
}

START_TEST(a_step_needs_a_scheme_a_state_and_a_subnet)
{
    POISONS(ot_scheme_step(NULL, t, in(t), twice, NULL), "scheme");
    POISONS(ot_scheme_step(scheme, t, in(t), NULL, NULL), "sub-net");
    POISONS(ot_scheme_step(scheme, t, (ot_var){ 99 }, twice, NULL), "");
    POISONS(ot_scheme_step(scheme, t, in(t), fails, NULL), "the sub-net failed");
    POISONS(ot_scheme_step(scheme, t, in(t), nothing, NULL), "");
    POISONS(ot_scheme_step_with(scheme, t, in(t), twice, NULL,
                                &(ot_step_opts){ .output = (ot_output)9 }),
            "output");
    POISONS(ot_scheme_step_with(scheme, t, in(t), twice, NULL, &(ot_step_opts){ .h = { 99 } }), "");
    GIVES(ot_scheme_step(scheme, NULL, (ot_var){ 1 }, twice, NULL).id == 0);
}
END_TEST

START_TEST(a_stepper_refuses_what_it_cannot_integrate)
{
    ot_tape *t = ot_tape_new();
    const ot_var x = in(t);
    ot_stepper *st = NULL;
    double y[6] = { 1, 1, 1, 1, 1, 1 };
    ot_control_result result;
    REFUSES(ot_stepper_new(NULL, t, x, twice, NULL, NULL, &st), "scheme");
    REFUSES(ot_stepper_new(scheme, NULL, x, twice, NULL, NULL, &st), "tape");
    REFUSES(ot_stepper_new(scheme, t, x, NULL, NULL, NULL, &st), "function");
    REFUSES(ot_stepper_new(scheme, t, x, twice, NULL, NULL, NULL), "NULL");
    REFUSES(ot_stepper_new(scheme, t, (ot_var){ 99 }, twice, NULL, NULL, &st), "input");
    ck_ok(ot_stepper_new(scheme, t, x, twice, NULL, NULL, &st));
    SURVIVES(ot_stepper_free(NULL));
    GIVES(ot_stepper_params(NULL) == NULL);
    REFUSES(ot_stepper_fixed(NULL, 1, 1, y), "NULL");
    REFUSES(ot_stepper_fixed(st, 1, 1, NULL), "NULL");
    REFUSES(ot_stepper_fixed(st, 1, 0, y), "steps");
    REFUSES(ot_stepper_fixed(st, NAN, 1, y), "length");
    REFUSES(ot_stepper_controlled(st, 1, NULL, y, &result), "embedded");
    REFUSES(ot_stepper_controlled(NULL, 1, NULL, y, &result), "NULL");
    REFUSES(ot_stepper_backward(NULL, y), "NULL");
    REFUSES(ot_stepper_backward(st, NULL), "NULL");
    REFUSES(ot_stepper_backsolve(NULL, y, y, &result), "NULL");
    REFUSES(ot_stepper_backsolve(st, NULL, y, &result), "NULL");
    REFUSES(ot_stepper_backsolve(st, y, NULL, &result), "NULL");
    ot_stepper_free(st);
    ot_tape_free(t);
}
END_TEST

TCase *schemes_case(void)
{
    TCase *c = tcase_create("schemes");
    tcase_add_checked_fixture(c, find, NULL);
    tcase_add_test(c, a_tableau_refuses_what_it_is_not_made_of);
    tcase_add_test(c, questions_to_a_tableau_have_answers_outside_it);
    tcase_add_test(c, questions_to_a_scheme_have_answers_outside_it);
    tcase_add_test(c, a_step_needs_a_scheme_a_state_and_a_subnet);
    tcase_add_test(c, a_stepper_refuses_what_it_cannot_integrate);
    return c;
}
