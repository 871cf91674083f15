/* SPDX-License-Identifier: BSD-3-Clause
 * Tests the order that a proof reports: for every built-in it is the claimed order; false claims
 * are refuted with the first order that fails; rounded coefficients keep their claim. */
#include <math.h>
#include <string.h>

#include "schemes/cases.h"
#include "schemes/scheme.h"

START_TEST(every_claim_of_every_built_in_is_proved_exactly)
{
    const ot_tableau *const t = ot_scheme_tableau(ot_scheme_at(_i));
    ot_proof p[8];
    ck_ok(ot_tableau_prove(t, ot_tableau_rows(t), p));
    for (int row = 0; row < ot_tableau_rows(t); row++) {
        ck_assert_int_eq(p[row].order, p[row].claimed);
        ck_assert_double_eq(p[row].within, 0);
        ck_assert(!p[row].refuted);
        ck_assert_int_eq(p[row].fails, p[row].order + 1);
        ck_assert_double_gt(p[row].missed_by, 1e-12);
    }
}
END_TEST

#define RK4 "a2 = 1/2\na3 = 0, 1/2\na4 = 0, 0, 1\n"
#define HEUN "a2 = 1\nb = 1/2, 1/2\n"
#define CASH_KARP                                                                                  \
    "a2 = 1/5\na3 = 3/40, 9/40\na4 = 3/10, -9/10, 6/5\na5 = -11/54, 5/2, -70/27, 35/27\n"          \
    "a6 = 1631/55296, 175/512, 575/13824, 44275/110592, 253/4096\n"                                \
    "b = 37/378, 0, 250/621, 125/594, 0, 512/1771\n"

static const struct {
    const char *text;
    int row, claimed, order;
    bool refuted;
    double least, most; /* limits of `within` if the claim holds, otherwise of `missed_by` */
} claims[] = {
    { RK4 "b = 1/6, 1/3, 1/3, 1/6\n", 0, 4, 4, false, 0, 0 },
    { RK4 "b = 1/6, 1/3, 1/3, 1/6\n", 0, 2, 4, false, 0, 0 }, /* more than is claimed */
    { RK4 "b = 1/6, 1/3, 1/3, 1/6\n", 0, 0, 4, false, 0, 0 },
    { RK4 "b = 1/6, 1/3, 1/3, 1/6\n", 0, 5, 4, true, 1e-3, 1 },
    { RK4 "b = 1/6, 1/3, 1/3, 1/6\n", 0, 64, 4, true, 1e-3, 1 },
    { RK4 "b = 1/6, 1/3, 1/3, 1/3\n", 0, 4, 0, true, 0.16, 0.17 },
    { RK4 "b = 0.166667, 0.333333, 0.333333, 0.166667\n", 0, 4, 4, false, 1e-7, 1e-6 },
    { RK4 "b = 0.166667, 0.333333, 0.333333, 0.166667\n", 0, 5, 4, true, 1e-3, 1 },
    { RK4 "b = 0.166667, 0.333333, 0.333333, 0.166667\n", 0, 1, 2, false, 0, 0 },
    { RK4 "b = 0.16667, 0.33333, 0.33333, 0.16667\n", 0, 4, 4, false, 1e-6, 1e-5 },
    { RK4 "b = 0.1667, 0.3333, 0.3333, 0.1667\n", 0, 4, 2, true, 1e-5, 1e-4 },
    { RK4 "b = 0.16665, 0.33333, 0.33333, 0.16667\n", 0, 4, 0, true, 1e-5, 1e-4 },
    { "a2 = 0.6666667\nb = 0.25, 0.75\n", 0, 2, 2, false, 1e-8, 1e-7 },
    { "a2 = 0.6666667\nb = 0.25, 0.75\n", 0, 3, 2, true, 0.1, 0.2 },
    /* The sum of the weights is 1 + 1e-6: a fraction is not a decimal. */
    { "a2 = 1\nb = 1/2, 1500003/3000000\n", 0, 2, 2, false, 1e-7, 1e-5 },
    { "a2 = 1\nb = 1/2, 500001/1000002 + 1/1000003\n", 0, 2, 0, true, 9e-7, 1.1e-6 },
    { "a2 = 1\nb = 1/2, 1/2 + 1/10000000000000000000000003\n", 0, 2, 2, false, 1e-26, 1e-24 },
    { HEUN "embedded e (order 1) = 1, 0\n", 1, 1, 1, false, 0, 0 },
    { HEUN "embedded e (order 2) = 1, 0\n", 1, 2, 1, true, 0.49, 0.51 },
    { HEUN "embedded e (order 1) = 1/2, -1/2\n", 1, 1, 0, true, 0.99, 1.01 },
    { HEUN "embedded e (order 1) = 0.9999999, 0.0000002\n", 1, 1, 1, false, 1e-8, 1e-6 },
    /* Published fractions whose denominators have powers of 2 are no decimals; two digits of 13525
     * are changed here. */
    { CASH_KARP "embedded e (order 4) = 2825/27648, 0, 18575/48384, 13525/55296, 277/14336, 1/4\n",
      1, 4, 4, false, 0, 0 },
    { CASH_KARP "embedded e (order 4) = 2825/27648, 0, 18574/48384, 13525/55296, 277/14336, 1/4\n",
      1, 4, 0, true, 2e-5, 2.1e-5 },
    { CASH_KARP "embedded e (order 4) = 2825/27648, 0, 18575/48384, 13525/55296, 2770/143361, "
                "1/4\n",
      1, 4, 0, true, 1e-8, 1e-6 },
};

START_TEST(a_claim_stands_or_is_refuted_at_the_first_order_that_fails)
{
    char text[1024];
    ot_tableau *t;
    ot_proof p[2];
    snprintf(text, sizeof text, "scheme = a\norder = %d\n%s",
             claims[_i].row ? 0 : claims[_i].claimed, claims[_i].text);
    ck_ok(ot_tableau_parse(text, "text", &t));
    ck_ok(ot_tableau_prove(t, claims[_i].row + 1, p));
    const ot_proof *const q = &p[claims[_i].row];
    ck_assert_int_eq(q->claimed, claims[_i].claimed);
    ck_assert_msg(q->order == claims[_i].order, "row %d: order %d", _i, q->order);
    ck_assert_msg(q->refuted == claims[_i].refuted, "row %d", _i);
    const double d = q->refuted ? q->missed_by : q->within;
    ck_assert_msg(d >= claims[_i].least && d <= claims[_i].most, "row %d: %g", _i, d);
    ck_assert_int_eq(q->fails, q->order + 1);
    ot_tableau_free(t);
}
END_TEST

/* A text has no tolerance, but a scheme made from doubles keeps its claim also as text. */
START_TEST(a_scheme_of_doubles_keeps_its_claim_as_text)
{
    const ot_scheme *const s = ot_scheme_at(_i);
    double a[OT_STAGES_MOST * OT_STAGES_MOST], b[OT_STAGES_MOST];
    int n = 0;
    for (int i = 0; i < ot_scheme_stages(s); i++) {
        b[i] = ot_scheme_b(s, i);
        for (int j = 0; j < i; j++)
            a[n++] = ot_scheme_a(s, i, j);
    }
    ot_tableau *t;
    ot_scheme *of_doubles, *of_text;
    ot_proof p[2];
    ck_ok(ot_tableau_new("doubles", ot_scheme_stages(s), a, b, &t));
    ck_ok(ot_scheme_from_tableau(t, &of_doubles));
    ck_ok(ot_scheme_parse(ot_scheme_text(of_doubles), "text", &of_text));
    ck_ok(ot_tableau_prove(ot_scheme_tableau(of_doubles), 1, &p[0]));
    ck_ok(ot_tableau_prove(ot_scheme_tableau(of_text), 1, &p[1]));
    for (int k = 0; k < 2; k++) {
        ck_assert_int_eq(p[k].order, ot_scheme_order(s));
        ck_assert(!p[k].refuted && p[k].within < 1e-12);
    }
    ot_scheme_free(of_text);
    ot_scheme_free(of_doubles);
    ot_tableau_free(t);
}
END_TEST

TCase *proof_case(void)
{
    TCase *c = tcase_create("proof");
    tcase_add_loop_test(c, every_claim_of_every_built_in_is_proved_exactly, 0, ot__builtin_count);
    tcase_add_loop_test(c, a_claim_stands_or_is_refuted_at_the_first_order_that_fails, 0,
                        sizeof claims / sizeof claims[0]);
    tcase_add_loop_test(c, a_scheme_of_doubles_keeps_its_claim_as_text, 0, ot__builtin_count);
    return c;
}
