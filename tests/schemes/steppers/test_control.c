/* SPDX-License-Identifier: BSD-3-Clause
 * The choice of step sizes, h 0.8 (tol/e)^(1/q) for an error e = O(h^q), with factors by hand. */
#include <math.h>

#include "schemes/cases.h"
#include "schemes/scheme.h"
#include "schemes/steppers/control.h"

static const struct {
    double tol, e;
    int q;
    double scale;
} known[] = {
    { 1e-6, 1e-6, 3, 0.8 }, { 1e-6, 8e-6, 3, 0.4 },   { 1e-6, 4e-6, 2, 0.4 },
    { 1, 0.0625, 4, 1.6 },  { 1, 1.0 / 243, 5, 2.4 }, { 1, 1e-9, 2, 4 },
    { 1, 1e9, 2, 0.125 },   { 1, 0, 5, 4 },           { 1, INFINITY, 5, 0.125 },
    { 1, NAN, 5, 0.125 },
};

START_TEST(the_next_step_is_as_the_formula_says)
{
    ck_assert_double_eq_tol(ot__control_scale(known[_i].tol, known[_i].e, known[_i].q),
                            known[_i].scale, 1e-14);
}
END_TEST

/* The error of a step, relative to its length, falls with the lower order of the pair. */
START_TEST(the_power_of_a_pair_is_its_lower_order)
{
    static const struct {
        const char *name;
        int q;
    } pairs[] = { { "bogacki_shampine32", 2 },
                  { "dormand_prince54", 4 },
                  { "fehlberg45", 4 },
                  { "verner89", 8 } };
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        const ot_scheme *const s = ot_scheme_find(pairs[i].name);
        ck_assert_msg(ot__rk_pair_order(s, 0) == pairs[i].q, "%s: %d", pairs[i].name,
                      ot__rk_pair_order(s, 0));
    }
}
END_TEST

/* Chunks of images are summed as a tree, and squares that overflow are scaled. */
START_TEST(the_root_mean_square_is_that_of_the_numbers)
{
    const double x[] = { 3, -4, 0, 12, -5, 0 }, huge[] = { 3e300, -4e300 };
    ck_assert_double_eq_tol(ot__root_mean_square(OT_F64, NULL, 3, 6, x), sqrt(194.0 / 6), 1e-14);
    ck_assert_double_eq_tol(ot__root_mean_square(OT_F64, NULL, 1, 6, x), sqrt(194.0 / 6), 1e-14);
    ck_assert_double_eq_tol(ot__root_mean_square(OT_F64, NULL, 2, 2, huge) / 1e300, sqrt(12.5),
                            1e-13);
}
END_TEST

TCase *control_case(void)
{
    TCase *c = tcase_create("control");
    tcase_add_loop_test(c, the_next_step_is_as_the_formula_says, 0,
                        (int)(sizeof known / sizeof known[0]));
    tcase_add_test(c, the_power_of_a_pair_is_its_lower_order);
    tcase_add_test(c, the_root_mean_square_is_that_of_the_numbers);
    return c;
}
