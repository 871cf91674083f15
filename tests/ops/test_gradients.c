/* SPDX-License-Identifier: BSD-3-Clause
 * Compares the derivatives of the reference kernels with central differences, for every example of
 * every op, and shows that the comparison finds a wrong derivative. */
#include <string.h>

#include "autograd/tape.h"
#include "ops/cases.h"
#include "ops/ops.h"
#include "ops/pair.h"

static ot_gradcheck_report check(const ot_tape *t, ot_var y, bool evaluate)
{
    const ot_gradcheck_opts opts = { .seed = 1, .evaluate = evaluate };
    ot_gradcheck_report r;
    ck_ok(ot_gradcheck(t, y, NULL, &opts, &r));
    ck_assert_int_gt(r.checked, 0);
    return r;
}

static void check_example(int op, int variant, bool evaluate)
{
    ot_tape *t = ot_tape_new();
    const ot_gradcheck_report r = check(t, ot_op_example(op, t, variant), evaluate);
    ck_assert_msg(r.passed,
                  "%s example %d%s: error %.2g in %s (tape %.9g, differences %.9g), <Jv,w> %.2g",
                  ot_op_name(op), variant, evaluate ? " in evaluation" : "", r.worst_error,
                  r.worst_tensor, r.worst_analytic, r.worst_numeric, r.dot_error);
    ot_tape_free(t);
}

START_TEST(gradients_match_central_differences)
{
    const int examples = examples_of(_i);
    ck_assert_int_gt(examples, 0);
    for (int variant = 0; variant < examples; variant++) {
        check_example(_i, variant, false);
        check_example(_i, variant, true);
    }
}
END_TEST

/* ---- planted faults ---- */

static ot_op faulty;        /* a copy of an op with a wrong backward */
static ot__kernel genuine;  /* backward of the op */
static int faulty_operand;  /* the operand whose gradient is wrong in the copy */
static double faulty_scale; /* that gradient divided by the right one */

/* Computes the gradient of faulty_operand from a scaled gy, and all others from gy. */
static void faulty_backward(const ot__call *c)
{
    const size_t n = ot__elements(c->ys);
    void *right[OT__MOST_OPERANDS], *wrong[OT__MOST_OPERANDS] = { NULL };
    double *gy = malloc(n * sizeof *gy);
    for (size_t i = 0; i < n; i++)
        gy[i] = faulty_scale * ((const double *)c->gy)[i];
    memcpy(right, c->gx, sizeof *right * (size_t)c->n_in);
    right[faulty_operand] = NULL;
    wrong[faulty_operand] = c->gx[faulty_operand];
    ot__call part = *c;
    part.gy = gy;
    part.gx = wrong;
    genuine(&part);
    part.gy = c->gy;
    part.gx = right;
    bool others = false;
    for (int k = 0; k < c->n_in; k++)
        others = others || right[k];
    if (others) genuine(&part);
    free(gy);
}

/* Runs the gradient check on an example in which the faulty copy replaces the op. */
static ot_gradcheck_report check_faulty(int op, int variant, int operand, double scale)
{
    ot_tape *t = ot_tape_new();
    const ot_var y = ot_op_example(op, t, variant);
    faulty = *ot__op_at(op);
    genuine = faulty.reference.backward;
    faulty.reference.backward = faulty_backward;
    faulty.in_place_backward = false;
    faulty_operand = operand;
    faulty_scale = scale;
    t->node[y.id].record.op = &faulty;
    const ot_gradcheck_report r = check(t, y, false);
    ot_tape_free(t);
    return r;
}

static bool is_differentiable(int op, int variant, int operand)
{
    ot_tape *t = ot_tape_new();
    const ot_var y = ot_op_example(op, t, variant);
    const ot__record *r = &ot__node_of(t, y)->record;
    const ot__leaf leaf = ot__node_of(t, r->in[operand])->leaf;
    ot_tape_free(t);
    return leaf == OT__INPUT || leaf == OT__PARAM;
}

static int operands_of(int op, int variant)
{
    ot_tape *t = ot_tape_new();
    const ot_var y = ot_op_example(op, t, variant);
    const int n = ot__node_of(t, y)->record.n_in;
    ot_tape_free(t);
    return n;
}

START_TEST(a_wrong_derivative_of_any_operand_is_caught)
{
    static const double wrong[] = { -1, 0, 2, 1.00001 };
    for (int variant = 0; variant < examples_of(_i); variant++)
        for (int k = 0; k < operands_of(_i, variant); k++) {
            if (!is_differentiable(_i, variant, k)) continue;
            ck_assert_msg(check_faulty(_i, variant, k, 1).passed, "%s: the unscaled copy fails",
                          ot_op_name(_i));
            for (int i = 0; i < 4; i++) {
                ck_assert_msg(!check_faulty(_i, variant, k, wrong[i]).passed,
                              "%s example %d: %g times the derivative of operand %d passed",
                              ot_op_name(_i), variant, wrong[i], k);
            }
        }
}
END_TEST

TCase *gradients_case(void)
{
    TCase *c = tcase_create("gradients");
    tcase_add_loop_test(c, gradients_match_central_differences, 0, ot_op_count());
    tcase_add_loop_test(c, a_wrong_derivative_of_any_operand_is_caught, 0, ot_op_count());
    return c;
}
