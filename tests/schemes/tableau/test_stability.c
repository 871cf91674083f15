/* SPDX-License-Identifier: BSD-3-Clause
 * Compares stability intervals, gains, stage orders and states to keep with known values. */
#include <complex.h>
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "schemes/cases.h"
#include "schemes/tableau/roots.h"
#include "schemes/scheme.h"

static ot_tableau_info info_of(const char *name)
{
    ot_tableau_info info;
    ck_ok(ot_tableau_describe(ot_scheme_tableau(ot_scheme_find(name)), &info));
    return info;
}

/* From Hairer, Wanner II, IV.2; the others were computed independently with 60 digits. */
START_TEST(intervals_are_the_known_ones)
{
    static const struct {
        const char *name;
        double real, imaginary, tolerance;
    } cases[] = {
        { "euler", 2, 0, 1e-6 },
        { "midpoint", 2, 0, 1e-6 },
        { "heun3", 2.512745, 1.732051, 1e-6 },
        { "kutta3", 2.512745, 1.732051, 1e-6 },
        { "rk4", 2.785294, 2.828427, 1e-6 },
        { "gill4", 2.785294, 2.828427, 1e-6 },
        { "kutta_nystrom5", 3.22, 0, 5e-3 },
        { "huta6", 3.84, 2.23, 5e-3 },
        { "verner89", 4.16, 0.194, 5e-3 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const ot_tableau_info info = info_of(cases[i].name);
        ck_assert_double_eq_tol(info.real, cases[i].real, cases[i].tolerance);
        ck_assert_double_eq_tol(info.imaginary, cases[i].imaginary, cases[i].tolerance);
    }
}
END_TEST

static double excess(const ot_stability *p, double complex z)
{
    double complex r = 0;
    for (int k = p->degree; k >= 0; k--)
        r = r * z + p->r[k];
    return cabs(r) - 1;
}

/* |R| <= 1 up to rounding at 2000 points of each interval, and |R| > 1 just outside. */
START_TEST(inside_its_intervals_a_polynomial_is_at_most_one_and_behind_them_more)
{
    const ot_tableau *t = ot_scheme_tableau(ot_scheme_at(_i));
    for (int row = 0; row < ot_tableau_rows(t); row++) {
        ot_stability p;
        ck_ok(ot_tableau_stability(t, row, &p));
        for (int k = 0; k <= 2000; k++) {
            ck_assert_double_le(excess(&p, -p.real * k / 2000), 1e-9);
            ck_assert_double_le(excess(&p, I * p.imaginary * k / 2000), 1e-9);
        }
        ck_assert_double_gt(excess(&p, -p.real * 1.0002 - 1e-4), 0);
        ck_assert_double_gt(excess(&p, I * (p.imaginary * 1.0002 + 0.1)), 0);
    }
}
END_TEST

START_TEST(a_polynomial_is_the_exponential_up_to_the_order)
{
    const ot_tableau *t = ot_scheme_tableau(ot_scheme_at(_i));
    ot_order_report r;
    ot_stability p;
    double factorial = 1;
    ck_ok(ot_tableau_order(t, 1, &r));
    ck_ok(ot_tableau_stability(t, 0, &p));
    for (int k = 0; k <= r.order; k++, factorial *= k)
        ck_assert_double_eq(p.r[k], 1 / factorial);
}
END_TEST

START_TEST(verner_has_the_known_coefficients)
{
    static const double times_factorial[] = { 2.573, 16.876, 11.473, -68.413, 37.744, 8.144 };
    ot_stability p;
    double factorial = 40320;
    ck_ok(ot_tableau_stability(ot_scheme_tableau(ot_scheme_find("verner89")), 0, &p));
    ck_assert_int_eq(p.degree, 14);
    for (int k = 9; k <= 14; k++) {
        factorial *= k;
        ck_assert_double_eq_tol(p.r[k] * factorial, times_factorial[k - 9], 5e-4);
    }
}
END_TEST

START_TEST(a_polynomial_is_shown_exactly)
{
    static const char *const cases[][2] = {
        { "euler", "1 + z" },
        { "rk4", "1 + z + 1/2 z^2 + 1/6 z^3 + 1/24 z^4" },
        { "kutta_nystrom5", "1 + z + 1/2 z^2 + 1/6 z^3 + 1/24 z^4 + 1/120 z^5" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char *text = NULL;
        ck_ok(ot_tableau_polynomial(ot_scheme_tableau(ot_scheme_find(cases[i][0])), 0, &text));
        ck_assert_str_eq(text, cases[i][1]);
        free(text);
    }
}
END_TEST

/* R = 1 + z + z^2/8 touches -1 at z = -4 and stays in the disc up to -8 (van der Houwen's example
 * of order 2).  On the imaginary axis it leaves the disc immediately. */
START_TEST(a_polynomial_that_only_touches_the_circle_goes_on)
{
    ot_tableau *t = NULL;
    ot_stability p;
    ck_ok(ot_tableau_parse("scheme = rkc2\norder = 1\na2 = 1/8\nb = 0, 1\n", "f", &t));
    ck_ok(ot_tableau_stability(t, 0, &p));
    ck_assert_double_eq_tol(p.real, 8, 1e-6);
    ck_assert_double_eq(p.imaginary, 0);
    ck_status(ot_tableau_stability(t, 1, &p), OT_EINVAL);
    ot_tableau_free(t);
}
END_TEST

START_TEST(the_first_root_is_found_and_no_later_one)
{
    static const double never[] = { -1, -2 }, at_once[] = { 0, 1 }, line[] = { -2, 1 },
                        wiggle[] = { -1.5, 6.5, -6, 1.5 } /* 1/3, 1, 3 less a little */;
    ck_assert_double_eq(ot__first_positive(1, never), INFINITY);
    ck_assert_double_eq(ot__first_positive(1, (double[]){ 0, 0 }), INFINITY);
    ck_assert_double_eq(ot__first_positive(1, at_once), 0);
    ck_assert_double_eq_tol(ot__first_positive(1, line), 2, 1e-8);
    const double x = ot__first_positive(3, wiggle);
    ck_assert_double_lt(x, 0.4);
    ck_assert_double_eq_tol(((1.5 * x - 6) * x + 6.5) * x - 1.5, 0, 1e-7);
}
END_TEST

START_TEST(stages_have_intervals_of_their_own)
{
    const ot_tableau_info rk4 = info_of("rk4");
    ck_assert_double_eq(rk4.stage[0].real, INFINITY); /* the input is x */
    ck_assert_double_eq_tol(rk4.stage[1].real, 4, 1e-6);
    ck_assert_double_eq(rk4.stage[1].imaginary, 0);
    ck_assert_double_eq_tol(rk4.stage[2].real, 2, 1e-6); /* 1 + z/2 + z^2/4 */
    ck_assert_double_eq_tol(rk4.stage[2].imaginary, 2, 1e-6);
}
END_TEST

START_TEST(the_twelfth_stage_of_verner_amplifies_2307_times)
{
    const ot_tableau_info info = info_of("verner89");
    ck_assert_double_eq_tol(info.stage[11].gain_sum, 2306.959, 1e-3);
    ck_assert_double_eq_tol(info.stage[11].gain_square, 1036.04, 1e-2);
    ck_assert_double_eq_tol(info.stage[11].c, 4.0 / 3, 1e-15);
    for (int i = 0; i < 16; i++)
        ck_assert(info.stage[i].used && info.stage[i].live == (i < 14));
}
END_TEST

START_TEST(stages_have_orders)
{
    const ot_tableau_info verner = info_of("verner89"), rk4 = info_of("rk4");
    static const int orders[] = { OT_ORDER_MOST, 1, 2, 3, 3, 4, 4, 5, 5, 5, 5, 5, 5, 5, 5, 5 };
    for (int i = 0; i < 16; i++)
        ck_assert_int_eq(verner.stage[i].order, orders[i]);
    ck_assert_int_eq(verner.order, 1);
    ck_assert_int_eq(rk4.order, 1);
    ck_assert(info_of("dormand_prince54").fsal);
    ck_assert(info_of("bogacki_shampine32").fsal);
    ck_assert(!rk4.fsal);
    ck_assert(!info_of("euler").fsal);
}
END_TEST

START_TEST(buffers_are_the_ranks_that_were_computed_by_hand)
{
    static const struct {
        const char *name;
        int buffers;
    } cases[] = { { "euler", 1 },          { "midpoint", 2 }, { "heun2", 2 },   { "ralston2", 2 },
                  { "heun3", 2 },          { "kutta3", 2 },   { "rk4", 3 },     { "gill4", 2 },
                  { "kutta_nystrom5", 4 }, { "huta6", 5 },    { "verner89", 6 } };
    static const int profile[] = { 2, 3, 3, 4, 4, 4, 4, 5, 6, 5, 4, 3, 2, 1 };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        ck_assert_int_eq(info_of(cases[i].name).buffers, cases[i].buffers);
    for (int i = 0; i < 14; i++)
        ck_assert_int_eq(info_of("verner89").stage[i].buffers, profile[i]);
}
END_TEST

/* The weights of order 9 read all stages except the 14th. */
START_TEST(verner_of_order_nine_needs_six_too)
{
    static const int profile[] = { 2, 3, 3, 4, 4, 4, 4, 5, 6, 6, 5, 4, 3, 0, 2, 1 };
    char *text = ot__strdup(ot_scheme_text(ot_scheme_find("verner89")));
    char *b = strstr(text, "b   = "), *nine = strstr(text, "embedded");
    ot_tableau *t = NULL;
    ot_tableau_info info;
    *b = 0;
    char *other = ot__format("%sb %s", text, strchr(nine, '='));
    ck_ok(ot_tableau_parse(other, "f", &t));
    ck_ok(ot_tableau_describe(t, &info));
    ck_assert_int_eq(info.evaluations, 15);
    for (int i = 0; i < 16; i++)
        ck_assert_int_eq(info.stage[i].buffers, profile[i]);
    ot_tableau_free(t);
    ot__free(other);
    ot__free(text);
}
END_TEST

/* 7 for both results of Verner's pair.  All ranks here were computed independently. */
START_TEST(a_pair_needs_buffers_for_both_of_its_results)
{
    ck_assert_int_eq(info_of("verner89").pair_buffers, 7);
    ck_assert_int_eq(info_of("rk4").pair_buffers, 0);
    ck_assert_int_ge(info_of("fehlberg45").pair_buffers, info_of("fehlberg45").buffers);
}
END_TEST

TCase *stability_case(void)
{
    TCase *c = tcase_create("stability");
    const int n = ot__builtin_count;
    tcase_add_test(c, intervals_are_the_known_ones);
    tcase_add_loop_test(c, inside_its_intervals_a_polynomial_is_at_most_one_and_behind_them_more, 0,
                        n);
    tcase_add_loop_test(c, a_polynomial_is_the_exponential_up_to_the_order, 0, n);
    tcase_add_test(c, verner_has_the_known_coefficients);
    tcase_add_test(c, a_polynomial_is_shown_exactly);
    tcase_add_test(c, a_polynomial_that_only_touches_the_circle_goes_on);
    tcase_add_test(c, the_first_root_is_found_and_no_later_one);
    tcase_add_test(c, stages_have_intervals_of_their_own);
    tcase_add_test(c, the_twelfth_stage_of_verner_amplifies_2307_times);
    tcase_add_test(c, stages_have_orders);
    tcase_add_test(c, buffers_are_the_ranks_that_were_computed_by_hand);
    tcase_add_test(c, verner_of_order_nine_needs_six_too);
    tcase_add_test(c, a_pair_needs_buffers_for_both_of_its_results);
    return c;
}
