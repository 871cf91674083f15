/* SPDX-License-Identifier: BSD-3-Clause
 * Linear combinations that follow each other run in one call of a kernel. */
#include "autograd/cases.h"
#include "autograd/program.h"

enum { N = 3, SIDE = 5, C = 3, STATES = 3, ELEMENTS = N * SIDE * SIDE * C };

static ot_tape *t;
static ot_var x, state[STATES];

/* The states are results of ops, since inputs would live to the end of the program. */
static void new_tape(void)
{
    t = ot_tape_new();
    x = ot_input(t, "x", OT_SHAPE(N, SIDE, SIDE, C));
    for (int k = 0; k < STATES; k++) {
        const ot_coef two[] = { { .value = 1 + k }, { .value = 0.5 } };
        state[k] = ot_mul(t, ot_lincomb(t, 2, two, (const ot_var[]){ x, x }), x);
    }
}

static void free_tape(void)
{
    ot_tape_free(t);
}

static ot_var sum(double a, double b, double c)
{
    const ot_coef coef[] = { { .value = a }, { .value = b }, { .value = c } };
    return ot_lincomb(t, STATES, coef, state);
}

static ot_program *compile(ot_var root, const ot_var *keep, int n_keep)
{
    ot_program *p = NULL;
    const ot_compile_opts opts = {
        .forward_only = true, .dtype = OT_F32, .keep = keep, .n_keep = n_keep
    };
    ck_assert_msg(ot_compile(t, root, &opts, &p) == OT_OK, "%s", ot_message());
    return p;
}

static const ot__step *step_of(const ot_program *p, ot_var v)
{
    for (int s = 0; s < p->n_forward; s++)
        if (p->step[s].id == v.id) return &p->step[s];
    ck_abort_msg("record %d has no step", v.id);
}

static void run(ot_program *p)
{
    float *in = ot_program_input(p, x);
    for (int i = 0; i < ELEMENTS; i++)
        in[i] = (float)(i % 13) / 3 - 2;
    ck_assert(ot_forward(p, N) == OT_OK);
}

START_TEST(sums_of_the_same_states_run_as_one_and_are_what_they_are_alone)
{
    const ot_var y[] = { sum(1, 0.1, -3), sum(0.3, 2, 7), sum(-1, 1.0 / 3, 0.7) };
    ot_program *p = compile(
        ot_lincomb(t, 3, (const ot_coef[]){ { .value = 1 }, { .value = 1 }, { .value = 1 } }, y), y,
        3);
    ck_assert_int_eq(step_of(p, y[0])->followers, 2);
    ck_assert_int_eq(step_of(p, y[2])->position, 2);
    run(p);
    for (int k = 0; k < 3; k++) {
        ot_program *alone = compile(y[k], NULL, 0);
        ck_assert_int_eq(step_of(alone, y[k])->followers, 0);
        run(alone);
        const float *is = ot_program_value(p, y[k]), *was = ot_program_value(alone, y[k]);
        for (int i = 0; i < ELEMENTS; i++)
            ck_assert_msg(is[i] == was[i], "sum %d, element %d: %g and %g", k, i, (double)is[i],
                          (double)was[i]);
        ot_program_free(alone);
    }
    ot_program_free(p);
}
END_TEST

START_TEST(results_take_the_places_of_the_states_that_they_are_made_of)
{
    const ot_var y[] = { sum(1, 0.1, -3), sum(0.3, 2, 7), sum(-1, 1.0 / 3, 0.7) };
    ot_program *p = compile(ot_mul(t, ot_mul(t, y[0], y[1]), y[2]), NULL, 0);
    for (int k = 0; k < 3; k++)
        ck_assert_int_ge(p->buffer[p->place[y[k].id].y].inside, 0);
    /* x and either a state or a sum for each, or the root and the sums that it is made of */
    const size_t bytes = (ELEMENTS * sizeof(float) + 63) / 64 * 64;
    ck_assert_uint_le(ot_program_describe(p).arena_bytes, (1 + STATES + 1) * bytes);
    ot_program_free(p);
}
END_TEST

START_TEST(a_sum_that_reads_another_waits_for_it)
{
    const ot_var first = sum(1, 2, 3);
    state[0] = first;
    const ot_var second = sum(1, 1, 1);
    ot_program *p = compile(second, NULL, 0);
    ck_assert_int_eq(step_of(p, first)->followers, 0);
    ck_assert_int_eq(step_of(p, second)->position, 0);
    ot_program_free(p);
}
END_TEST

START_TEST(at_most_so_many_run_as_one)
{
    enum { MANY = OT__MOST_FUSED + 3 };
    ot_var y[MANY];
    ot_coef one[MANY];
    for (int k = 0; k < MANY; k++) {
        y[k] = sum(k, 1, -1);
        one[k] = (ot_coef){ .value = 1 };
    }
    ot_program *p = compile(ot_lincomb(t, MANY, one, y), NULL, 0);
    ck_assert_int_eq(step_of(p, y[0])->followers, OT__MOST_FUSED - 1);
    ck_assert_int_eq(step_of(p, y[OT__MOST_FUSED])->position, 0);
    ck_assert_int_eq(step_of(p, y[OT__MOST_FUSED])->followers, 2);
    run(p);
    ot_program_free(p);
}
END_TEST

TCase *order_case(void)
{
    TCase *c = tcase_create("order");
    tcase_add_checked_fixture(c, new_tape, free_tape);
    tcase_add_test(c, sums_of_the_same_states_run_as_one_and_are_what_they_are_alone);
    tcase_add_test(c, results_take_the_places_of_the_states_that_they_are_made_of);
    tcase_add_test(c, a_sum_that_reads_another_waits_for_it);
    tcase_add_test(c, at_most_so_many_run_as_one);
    return c;
}
