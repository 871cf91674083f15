/* SPDX-License-Identifier: BSD-3-Clause
 * Tests order conditions of doubles: they hold for the built-in schemes, they have known residuals
 * for the coefficients in the authors' code, and the projection is the nearest point that satisfies
 * them. */
#include <math.h>
#include <string.h>

#include "schemes/cases.h"
#include "schemes/scheme.h"
#include "schemes/tableau/residuals.h"
#include "schemes/tableau/tableau.h"

enum { A_MOST = OT__STAGES_MOST * (OT__STAGES_MOST - 1) / 2 };

typedef struct table {
    double a[A_MOST], b[OT__STAGES_MOST];
    bool a_free[A_MOST], b_free[OT__STAGES_MOST];
    ot__coefs coefs;
} table;

/* The doubles of a scheme; coefficients that are not 0 are free. */
static void fill(table *z, const ot_scheme *s)
{
    *z = (table){ 0 };
    z->coefs = (ot__coefs){ ot_scheme_stages(s), z->a, z->b };
    for (int i = 0; i < z->coefs.stages; i++) {
        z->b[i] = ot_scheme_b(s, i);
        z->b_free[i] = z->b[i] != 0;
        for (int j = 0; j < i; j++) {
            z->a[i * (i - 1) / 2 + j] = ot_scheme_a(s, i, j);
            z->a_free[i * (i - 1) / 2 + j] = ot_scheme_a(s, i, j) != 0;
        }
    }
}

START_TEST(conditions_up_to_the_order_hold_and_the_next_does_not)
{
    const ot_scheme *s = ot_scheme_at(_i);
    const int order = ot_scheme_order(s);
    double r[OT_RESIDUAL_ORDERS];
    table z;
    fill(&z, s);
    ot__order_residuals(&z.coefs, OT_RESIDUAL_ORDERS, r);
    for (int q = 0; q < OT_RESIDUAL_ORDERS && q < order; q++)
        ck_assert_msg(r[q] < 1e-12, "%s: order %d, %g", ot_scheme_name(s), q + 1, r[q]);
    if (order < OT_RESIDUAL_ORDERS) ck_assert_double_gt(r[order], 1e-3);
}
END_TEST

START_TEST(mistyped_tableaux_have_their_known_residuals)
{
    double r[OT_RESIDUAL_ORDERS];
    table z;
    fill(&z, ot_scheme_find("huta6"));
    z.b[3] = 24.0 / 840; /* true: 27/840 */
    ot__order_residuals(&z.coefs, 1, r);
    ck_assert_double_eq_tol(r[0], 3.0 / 840, 1e-15);
    fill(&z, ot_scheme_find("kutta_nystrom5"));
    z.b[1] = z.b[2]; /* 125 k2 in place of 125 k3 */
    z.b[2] = 0;
    ot__order_residuals(&z.coefs, 2, r);
    ck_assert_double_lt(r[0], 1e-15);
    ck_assert_double_eq_tol(r[1], 25.0 / 576, 1e-15);
    fill(&z, ot_scheme_find("heun2"));
    z.a[0] = 0.5; /* true: 1 */
    ot__order_residuals(&z.coefs, 2, r);
    ck_assert_double_eq_tol(r[1], 0.25, 1e-15);
}
END_TEST

/* Changes the free coefficients by fixed amounts. */
static void disturb(table *z, double size)
{
    for (int k = 0; k < z->coefs.stages * (z->coefs.stages - 1) / 2; k++)
        z->a[k] += z->a_free[k] ? size * sin(3.0 * k + 1) : 0;
    for (int i = 0; i < z->coefs.stages; i++)
        z->b[i] += z->b_free[i] ? size * cos(2.0 * i) : 0;
}

static double squared_distance(const table *x, const table *y)
{
    double sum = 0;
    for (int k = 0; k < A_MOST; k++)
        sum += (x->a[k] - y->a[k]) * (x->a[k] - y->a[k]);
    for (int i = 0; i < OT__STAGES_MOST; i++)
        sum += (x->b[i] - y->b[i]) * (x->b[i] - y->b[i]);
    return sum;
}

static void project(const table *from, int order, table *to)
{
    *to = *from;
    to->coefs.a = to->a;
    to->coefs.b = to->b;
    ot__order_project(&to->coefs, order, to->a_free, to->b_free);
}

START_TEST(a_projection_fulfils_the_conditions_and_leaves_zeros_alone)
{
    const ot_scheme *s = ot_scheme_at(_i / 2);
    const int order = 1 + _i % 2;
    double r[2];
    table z, y;
    if (ot_scheme_order(s) < order) return;
    fill(&z, s);
    disturb(&z, 0.05);
    project(&z, order, &y);
    ot__order_residuals(&y.coefs, order, r);
    for (int q = 0; q < order; q++)
        ck_assert_msg(r[q] < 1e-13, "%s: order %d, %g", ot_scheme_name(s), q + 1, r[q]);
    for (int k = 0; k < A_MOST; k++)
        if (!z.a_free[k]) ck_assert_double_eq(y.a[k], 0.0);
    for (int i = 0; i < OT__STAGES_MOST; i++)
        if (!z.b_free[i]) ck_assert_double_eq(y.b[i], 0.0);
}
END_TEST

/* For order 1 the constraint is linear, so the nearest point is unique: all weights change by the
 * same amount. */
START_TEST(a_projection_onto_order_one_adds_the_same_to_every_weight)
{
    table z, y;
    fill(&z, ot_scheme_find("rk4"));
    z.b[2] += 0.4;
    project(&z, 1, &y);
    for (int i = 0; i < 4; i++)
        ck_assert_double_eq_tol(y.b[i], z.b[i] - 0.1, 1e-15);
    ck_assert_mem_eq(y.a, z.a, sizeof y.a);
}
END_TEST

/* No feasible point close to the projection is nearer, to first order in the disturbance. */
START_TEST(a_projection_onto_order_two_is_the_least_change)
{
    table z, y, other;
    fill(&z, ot_scheme_at(_i));
    if (ot_scheme_order(ot_scheme_at(_i)) < 2) return;
    disturb(&z, 1e-4);
    project(&z, 2, &y);
    for (int k = 1; k < 20; k++) {
        other = y;
        other.coefs.a = other.a;
        other.coefs.b = other.b;
        for (int e = 0; e < A_MOST; e++)
            other.a[e] += other.a_free[e] ? 1e-4 * sin(7.0 * k * e + k) : 0;
        for (int i = 0; i < OT__STAGES_MOST; i++)
            other.b[i] += other.b_free[i] ? 1e-4 * cos(5.0 * k * i + k) : 0;
        ot__order_project(&other.coefs, 2, other.a_free, other.b_free);
        ck_assert_double_le(sqrt(squared_distance(&z, &y)),
                            1.001 * sqrt(squared_distance(&z, &other)));
    }
}
END_TEST

START_TEST(what_cannot_be_fulfilled_stays)
{
    table z, y;
    fill(&z, ot_scheme_find("midpoint"));
    z.b[1] = 0.75;
    z.b_free[1] = z.a_free[0] = false;
    project(&z, 2, &y);
    ck_assert_mem_eq(y.b, z.b, sizeof y.b);
    ck_assert_mem_eq(y.a, z.a, sizeof y.a);
}
END_TEST

TCase *residuals_case(void)
{
    TCase *c = tcase_create("residuals");
    const int n = ot__builtin_count;
    tcase_add_loop_test(c, conditions_up_to_the_order_hold_and_the_next_does_not, 0, n);
    tcase_add_test(c, mistyped_tableaux_have_their_known_residuals);
    tcase_add_loop_test(c, a_projection_fulfils_the_conditions_and_leaves_zeros_alone, 0, 2 * n);
    tcase_add_test(c, a_projection_onto_order_one_adds_the_same_to_every_weight);
    tcase_add_loop_test(c, a_projection_onto_order_two_is_the_least_change, 0, n);
    tcase_add_test(c, what_cannot_be_fulfilled_stays);
    return c;
}
