/* SPDX-License-Identifier: BSD-3-Clause
 * The reference kernels' derivatives against central differences, for every example of every op. */
#include "ops/cases.h"

static void check_example(int op, int variant, bool evaluate)
{
    ot_tape *t = ot_tape_new();
    const ot_var y = ot_op_example(op, t, variant);
    const ot_gradcheck_opts opts = { .seed = 1, .evaluate = evaluate };
    ot_gradcheck_report r;
    ck_ok(ot_gradcheck(t, y, NULL, &opts, &r));
    ck_assert_msg(r.passed,
                  "%s example %d%s: error %.2g in %s (tape %.9g, differences %.9g), <Jv,w> %.2g",
                  ot_op_name(op), variant, evaluate ? " in evaluation" : "", r.worst_error,
                  r.worst_tensor, r.worst_analytic, r.worst_numeric, r.dot_error);
    ck_assert_int_gt(r.checked, 0);
    ot_tape_free(t);
}

static int examples_of(int op)
{
    for (int variant = 0;; variant++) {
        ot_tape *t = ot_tape_new();
        const bool none = ot_op_example(op, t, variant).id == 0;
        ck_ok(ot_tape_status(t));
        ot_tape_free(t);
        if (none) return variant;
    }
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

TCase *gradients_case(void)
{
    TCase *c = tcase_create("gradients");
    tcase_add_loop_test(c, gradients_match_central_differences, 0, ot_op_count());
    return c;
}
