/* SPDX-License-Identifier: BSD-3-Clause
 * Tests proofs of order: of every built-in, of published tableaux with misprints, and against
 * elementary weights that are computed node by node in double. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "schemes/cases.h"
#include "schemes/levels.h"
#include "schemes/scheme.h"

enum { ROWS_MOST = 16 };

static int order_of(const ot_scheme *s, ot_order_report report[ROWS_MOST])
{
    const ot_tableau *t = ot_scheme_tableau(s);
    ck_assert_int_le(ot_tableau_rows(t), ROWS_MOST);
    ck_ok(ot_tableau_order(t, ot_tableau_rows(t), report));
    return ot_tableau_rows(t);
}

START_TEST(every_row_of_every_built_in_has_the_order_it_claims_and_no_more)
{
    static const int all[] = { 0, 1, 2, 4, 8, 17, 37, 85, 200, 486, 1205 }; /* trees so far */
    const ot_scheme *s = ot_scheme_at(_i);
    ot_order_report report[ROWS_MOST];
    const int rows = order_of(s, report);
    for (int row = 0; row < rows; row++) {
        const ot_order_report *r = &report[row];
        const char *name = ot_tableau_row_name(ot_scheme_tableau(s), row);
        const bool exact = r->digits == 0; /* otherwise decimals of at least 26 digits */
        const int order = exact ? r->order : r->rounded;
        ck_assert_msg(order == r->claimed, "%s, %s: order %d and not %d", ot_scheme_name(s), name,
                      order, r->claimed);
        ck_assert_double_eq(r->tolerance, 0);
        ck_assert_int_eq(r->examined, order + 1);
        int held = 0;
        for (int p = 1; p <= order; p++) {
            held += r->at[p].count;
            ck_assert_int_eq(exact ? r->at[p].failed : r->at[p].beyond, 0);
            ck_assert_double_le(r->at[p].residual, exact ? 0 : 1e-26);
        }
        ck_assert_int_eq(held, all[order]);
        ck_assert_int_gt(r->at[order + 1].beyond, 0);
        ck_assert_double_gt(r->at[order + 1].norm, 0);
        ck_assert_int_gt(r->n_failing, 0);
    }
}
END_TEST

START_TEST(verner_is_proved_by_200_and_486_conditions)
{
    ot_order_report r[ROWS_MOST];
    ck_assert_int_eq(order_of(ot_scheme_find("verner89"), r), 2);
    int eight = 0, nine = 0;
    for (int p = 1; p <= 8; p++)
        eight += r[0].at[p].count - r[0].at[p].failed;
    for (int p = 1; p <= 9; p++)
        nine += r[1].at[p].count - r[1].at[p].failed;
    ck_assert_int_eq(eight, 200);
    ck_assert_int_eq(nine, 486);
    ck_assert_int_eq(r[0].at[9].count, 286);
    ck_assert_int_eq(r[1].at[10].count, 719);
}
END_TEST

/* ---- against doubles ---- */

typedef struct method {
    const ot_scheme *s;
    int n;
    const unsigned char *level;
} method;

/* phi_k of the subtree of node i: the product over its children of sum_j a_kj phi_j(child). */
static double phi(const method *m, int node, int k)
{
    double product = 1;
    const int end = node + levels_subtree(m->n, m->level, node);
    for (int child = node + 1; child < end; child += levels_subtree(m->n, m->level, child)) {
        double sum = 0;
        for (int j = 0; j < k; j++)
            sum += ot_scheme_a(m->s, k, j) * phi(m, child, j);
        product *= sum;
    }
    return product;
}

START_TEST(residuals_are_those_of_a_sum_over_nodes_in_double)
{
    const ot_scheme *s = ot_scheme_at(_i);
    ot_order_report report[ROWS_MOST];
    order_of(s, report);
    const int highest = report->examined < 7 ? report->examined : 7;
    for (int n = 1; n <= highest; n++) {
        unsigned char level[OT_ORDER_MOST + 1];
        double residual = 0;
        int failed = 0, count = 0;
        levels_first(n, level);
        do {
            const method m = { s, n, level };
            double sum = 0;
            for (int i = 0; i < ot_scheme_stages(s); i++)
                if (ot_scheme_b(s, i) != 0) sum += ot_scheme_b(s, i) * phi(&m, 0, i);
            const double difference = fabs(sum - 1 / levels_density(n, level));
            failed += difference > 1e-12;
            residual = fmax(residual, difference);
            count++;
        } while (levels_next(n, level));
        ck_assert_int_eq(report->at[n].count, count);
        ck_assert_int_eq(report->digits ? report->at[n].beyond : report->at[n].failed, failed);
        ck_assert_double_eq_tol(report->at[n].residual, residual, 1e-12);
    }
}
END_TEST

/* Of Dormand and Prince's own pair 3.99e-4, and of the classical method sqrt(121)/(24 sqrt(1000)):
 * J. R. Dormand, Numerical Methods for Differential Equations (1996), tables of chapter 5. */
START_TEST(error_norms_are_those_of_the_literature)
{
    static const struct {
        const char *name;
        double norm, tolerance;
    } cases[] = { { "dormand_prince54", 3.991e-4, 1e-6 },
                  { "rk4", 0.0145, 5e-5 },
                  { "bogacki_shampine32", 0.0418, 5e-5 },
                  { "ralston2", 1.0 / 6, 1e-15 } };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        ot_order_report r[ROWS_MOST];
        order_of(ot_scheme_find(cases[i].name), r);
        ck_assert_double_eq_tol(r->at[r->order + 1].norm, cases[i].norm, cases[i].tolerance);
    }
}
END_TEST

/* ---- published misprints ---- */

static const struct {
    const char *name; /* of a file in wrong/, or built-in */
    int claimed, order;
    const char *expected, *found, *difference; /* of the first condition that fails */
} published[] = {
    { "verner89_as_coded", 0, 0, "1", "97/70", "27/70" },
    { "huta_as_coded", 6, 0, "1", "279/280", "-1/280" }, /* 837/840 */
    { "kutta_nystrom_as_coded", 5, 1, "1/2", "263/576", "-25/576" },
    { "improved_euler_as_coded", 2, 1, "1/2", "1/4", "-1/4" },
    { "rk2_as_coded", 2, 1, "1/2", "0", "-1/2" },
    { "heun3_as_coded", 3, 1, "1/24", "0", "-1/24" }, /* its six digits are right */
    { "gill_as_coded", 4, 0, "1", "2999893/3000000", "-107/3000000" },
    { "fehlberg_as_coded", 4, 1, "1/2", "1087/9", "2165/18" },
    { "rk4_first_upload", 4, 0, "1", "1/6", "-5/6" },
};

static ot_scheme *open_published(const char *name)
{
    const char *srcdir = getenv("srcdir");
    ot_scheme *s = NULL;
    char *path = ot__format("%s/tests/schemes/wrong/%s.tableau", srcdir ? srcdir : "..", name);
    ck_assert_ptr_nonnull(path);
    if (strcmp(name, "verner89_as_coded") == 0)
        ck_ok(ot_scheme_open(name, &s));
    else
        ck_ok(ot_scheme_open(path, &s));
    ot__free(path);
    return s;
}

START_TEST(a_published_misprint_is_rejected_with_its_exact_residual)
{
    ot_scheme *s = open_published(published[_i].name);
    ot_order_report r[ROWS_MOST];
    order_of(s, r);
    ck_assert_str_eq(ot_scheme_name(s), published[_i].name);
    ck_assert_int_eq(r->claimed, published[_i].claimed);
    ck_assert_int_eq(r->order, published[_i].order);
    ck_assert_int_gt(r->n_failing, 0);
    ck_assert_str_eq(r->failing[0].expected, published[_i].expected);
    ck_assert_str_eq(r->failing[0].found, published[_i].found);
    ck_assert_str_eq(r->failing[0].difference, published[_i].difference);
    ot_scheme_free(s);
}
END_TEST

START_TEST(decimals_that_are_nearly_right_have_the_order_they_have_and_small_residuals)
{
    ot_scheme *s = open_published("gill_as_coded");
    ot_order_report r[ROWS_MOST];
    order_of(s, r);
    ck_assert_int_eq(r->order, 0);
    ck_assert_int_eq(r->examined, 5);
    ck_assert_double_eq_tol(r->at[1].residual, 3.567e-5, 1e-8);
    for (int p = 1; p <= 4; p++) {
        ck_assert_double_gt(r->at[p].residual, 1e-6);
        ck_assert_double_lt(r->at[p].residual, 4e-5);
    }
    ck_assert_double_gt(r->at[5].residual, 1e-3);
    ot_scheme_free(s);
}
END_TEST

/* Thirty digits of 1/3 are not 1/3, so the condition fails exactly, and holds within rounding. */
START_TEST(a_condition_that_fails_in_the_thirtieth_digit_fails)
{
    ot_tableau *t = NULL;
    ot_order_report r;
    ck_ok(ot_tableau_parse("scheme = a\norder = 3\na2 = 1/2\na3 = -1, 2\n"
                           "b = 1/6, 0.666666666666666666666666666667, 1/6\n",
                           "f", &t));
    ck_ok(ot_tableau_order(t, 1, &r));
    ck_assert_int_eq(r.order, 0);
    ck_assert_int_eq(r.rounded, 3);
    ck_assert_int_eq(r.digits, 30);
    ck_assert_double_eq_tol(r.within, 1e-30 / 3, 1e-40);
    ck_assert_int_eq(r.failing[0].nodes, 4);
    ck_assert_double_eq_tol(r.at[1].residual, 1e-30 / 3, 1e-40);
    ck_assert_int_eq(r.at[3].failed, 1); /* b2 does not occur in the other */
    ot_tableau_free(t);
}
END_TEST

/* ---- high orders ---- */

/* Writes stage f_m of the midpoint rule in n steps: y_m = y_(m-2) + 2/n f_(m-1), y_1 = 1/n f_0.  Of
 * the stages before it, f_0 is the first one and the last m - 1 ones are f_1 to f_(m-1). */
static char *put_midpoint(char *at, int stage, int n, int m)
{
    at += sprintf(at, "a%d = ", stage + 1);
    for (int j = 0; j < stage; j++) {
        const int own = j == 0 ? 0 : j - stage + m;
        const bool read = (j == 0 || own > 0) && (m - own) % 2;
        at += sprintf(at, read ? "%s%d/%d" : "%s0", j ? ", " : "", j ? 2 : 1, n);
    }
    return at + sprintf(at, "\n");
}

/* Writes the weights of f_1 to f_(n-1) in the extrapolated result: 2/n of those with odd numbers,
 * times the product of n^2/(n^2 - m^2) over the other numbers of steps. */
static char *put_weights(char *at, int n, int sequences)
{
    for (int k = 1; k < n; k++) {
        at += sprintf(at, ", %d/%d", k % 2 ? 2 : 0, n);
        for (int m = 2; m <= 2 * sequences; m += 2)
            if (m != n) at += sprintf(at, "*%d/(%d - %d)", n * n, n * n, m * m);
    }
    return at;
}

/* The midpoint rule in 2, 4, 6, ... steps, extrapolated: order 2 for each of the sequences (Gragg;
 * Hairer, Norsett, Wanner, section II.9). */
static ot_tableau *extrapolated(int sequences, int claim)
{
    static char text[1 << 17];
    ot_tableau *t = NULL;
    char *at = text + sprintf(text, "scheme = gragg\norder = %d\n", claim);
    for (int n = 2, stage = 1; n <= 2 * sequences; n += 2)
        for (int m = 1; m < n; m++)
            at = put_midpoint(at, stage++, n, m);
    at += sprintf(at, "b = 0");
    for (int n = 2; n <= 2 * sequences; n += 2)
        at = put_weights(at, n, sequences);
    ck_ok(ot_tableau_parse(text, "extrapolated", &t));
    return t;
}

START_TEST(an_extrapolated_method_of_order_12_is_proved_exactly)
{
    for (int sequences = 1; sequences <= 6; sequences++) {
        const int order = 2 * sequences;
        ot_tableau *const t = extrapolated(sequences, order);
        ot_order_report r;
        ot_proof p;
        ck_ok(ot_tableau_order(t, 1, &r));
        ck_assert_int_eq(r.order, order);
        ck_assert_int_eq(r.examined, order + 1);
        ck_assert_int_gt(r.at[order + 1].failed, 0);
        ck_ok(ot_tableau_prove(t, 1, &p));
        ck_assert(p.order == order && !p.refuted && p.within == 0);
        ot_tableau_free(t);
    }
}
END_TEST

START_TEST(a_false_claim_above_order_10_is_refuted)
{
    ot_tableau *const t = extrapolated(6, 13);
    ot_proof p;
    ck_ok(ot_tableau_prove(t, 1, &p));
    ck_assert(p.order == 12 && p.refuted && p.fails == 13);
    ot_tableau_free(t);
}
END_TEST

/* ---- from doubles ---- */

START_TEST(of_doubles_the_order_is_found_within_a_tolerance_that_is_told)
{
    const ot_scheme *s = ot_scheme_at(_i);
    const int stages = ot_scheme_stages(s);
    double a[64 * 63 / 2], b[64];
    ot_tableau *t = NULL;
    ot_scheme *copy = NULL;
    ot_order_report r;
    ot_tableau_info rounded, exact;
    for (int i = 0, k = 0; i < stages; i++) {
        for (int j = 0; j < i; j++)
            a[k++] = ot_scheme_a(s, i, j);
        b[i] = ot_scheme_b(s, i);
    }
    ck_ok(ot_tableau_new("from_doubles", stages, a, b, &t));
    ck_ok(ot_scheme_from_tableau(t, &copy));
    ot_tableau_free(t);
    ck_ok(ot_tableau_order(ot_scheme_tableau(copy), 1, &r));
    ck_ok(ot_tableau_describe(ot_scheme_tableau(copy), &rounded));
    ck_ok(ot_tableau_describe(ot_scheme_tableau(s), &exact));
    ck_assert_double_eq_tol(rounded.real, exact.real, 1e-6);
    ck_assert_double_eq_tol(rounded.imaginary, exact.imaginary, 1e-6);
    ck_assert_int_eq(r.order, ot_scheme_order(s));
    ck_assert_int_eq(ot_scheme_order(copy), ot_scheme_order(s));
    ck_assert_double_gt(r.tolerance, 0);
    for (int i = 0; i < stages; i++) {
        for (int j = 0; j < i; j++)
            ck_assert_double_eq(ot_scheme_a(copy, i, j), ot_scheme_a(s, i, j));
        ck_assert_double_eq(ot_scheme_b(copy, i), ot_scheme_b(s, i));
    }
    ot_scheme_free(copy);
}
END_TEST

START_TEST(of_doubles_a_coefficient_that_is_off_by_more_than_rounding_is_noticed)
{
    static const double off[] = { 0, 1e-13, 5e-12, 1e-9 };
    static const int order[] = { 2, 2, 1, 1 };
    for (int i = 0; i < 4; i++) {
        const double a = 0.5 + off[i], b[] = { 0, 1 };
        ot_tableau *t = NULL;
        ot_order_report r;
        ck_ok(ot_tableau_new("mine", 2, &a, b, &t));
        ck_ok(ot_tableau_order(t, 1, &r));
        ck_assert_msg(r.order == order[i], "off by %g: order %d", off[i], r.order);
        ot_tableau_free(t);
    }
}
END_TEST

START_TEST(doubles_that_are_no_tableau_are_refused)
{
    static const double one[] = { 1 }, zero[] = { 0 }, none[] = { NAN }, tiny[] = { 1e-300 };
    ot_tableau *t = NULL;
    ck_status(ot_tableau_new("mine", 0, NULL, one, &t), OT_EINVAL);
    ck_status(ot_tableau_new("mine", 65, NULL, one, &t), OT_EINVAL);
    ck_status(ot_tableau_new("mine", 1, NULL, zero, &t), OT_EINVAL);
    ck_status(ot_tableau_new("mine", 1, NULL, none, &t), OT_EINVAL);
    ck_status(ot_tableau_new("mine", 1, NULL, tiny, &t), OT_EINVAL);
    ck_status(ot_tableau_new("Mine", 1, NULL, one, &t), OT_EINVAL);
    ck_status(ot_tableau_new("", 1, NULL, one, &t), OT_EINVAL);
    ck_status(ot_tableau_new("mine\ntitle = x", 1, NULL, one, &t), OT_EINVAL);
    ck_assert_ptr_null(t);
}
END_TEST

/* ---- limits ---- */

static ot_tableau *parsed(const char *text)
{
    ot_tableau *t = NULL;
    ck_ok(ot_tableau_parse(text, "f", &t));
    return t;
}

START_TEST(rows_that_are_not_there_are_refused)
{
    ot_tableau *t = parsed("scheme = mine\norder = 1\nb = 1\n");
    ot_order_report r[2];
    ck_status(ot_tableau_order(t, 2, r), OT_EINVAL);
    ck_status(ot_tableau_order(t, -1, r), OT_EINVAL);
    ck_ok(ot_tableau_order(t, 0, r));
    ot_tableau_free(t);
}
END_TEST

/* 64 stages of fractions with long denominators that have no common divisor. */
START_TEST(coefficients_without_end_are_refused_instead_of_computed_with)
{
    enum { SIZE = 600000 };
    char *text = ot__new(SIZE, 1), *at = text;
    ot_order_report r;
    ot_tableau_info info;
    at += sprintf(at, "scheme = mine\norder = 10\nb = 1");
    for (int i = 1; i < 64; i++)
        at += sprintf(at, ", 0");
    for (int i = 1, k = 0; i < 64; i++)
        for (int j = 0; j < i; j++, k++) {
            at += sprintf(at, j ? ", " : "\na%d = ", i + 1);
            at += sprintf(at, "1/%d", 7 + k % 9);
            for (int digit = 0; digit < 180; digit++)
                *at++ = (char)('0' + (k * 7 + digit * digit + k * digit % 11) % 10);
            *at++ = '1';
        }
    *at = 0;
    ot_tableau *t = parsed(text);
    ck_status(ot_tableau_order(t, 1, &r), OT_EINVAL);
    ck_assert_ptr_nonnull(strstr(ot_message(), "common denominator"));
    ck_status(ot_tableau_describe(t, &info), OT_EINVAL);
    ot_tableau_free(t);
    ot__free(text);
}
END_TEST

START_TEST(running_out_of_memory_anywhere_is_an_error_and_nothing_more)
{
    static const double a[] = { 0.5 }, b[] = { 0, 1 };
    const ot_tableau *kutta = ot_scheme_tableau(ot_scheme_find("kutta3"));
    ot_status status = OT_ENOMEM;
    for (long n = 1; status != OT_OK; n++) {
        ot_order_report r[ROWS_MOST];
        ot_tableau_info info;
        ot_tableau *t = NULL;
        ot__fail_allocation(n, 0);
        status = ot_tableau_order(kutta, 1, r);
        if (status == OT_OK) status = ot_tableau_new("mine", 2, a, b, &t);
        if (status == OT_OK) status = ot_tableau_describe(t, &info);
        ot__fail_allocation(0, 0);
        if (status != OT_OK) ck_assert_int_eq(status, OT_ENOMEM);
        ot_tableau_free(t);
    }
}
END_TEST

TCase *order_case(void)
{
    TCase *c = tcase_create("order");
    const int n = ot__builtin_count;
    tcase_add_loop_test(c, every_row_of_every_built_in_has_the_order_it_claims_and_no_more, 0, n);
    tcase_add_test(c, verner_is_proved_by_200_and_486_conditions);
    tcase_add_loop_test(c, residuals_are_those_of_a_sum_over_nodes_in_double, 0, n);
    tcase_add_test(c, error_norms_are_those_of_the_literature);
    tcase_add_loop_test(c, a_published_misprint_is_rejected_with_its_exact_residual, 0,
                        (int)(sizeof published / sizeof published[0]));
    tcase_add_test(c, decimals_that_are_nearly_right_have_the_order_they_have_and_small_residuals);
    tcase_add_test(c, a_condition_that_fails_in_the_thirtieth_digit_fails);
    tcase_add_loop_test(c, of_doubles_the_order_is_found_within_a_tolerance_that_is_told, 0, n);
    tcase_add_test(c, an_extrapolated_method_of_order_12_is_proved_exactly);
    tcase_add_test(c, a_false_claim_above_order_10_is_refuted);
    tcase_add_test(c, of_doubles_a_coefficient_that_is_off_by_more_than_rounding_is_noticed);
    tcase_add_test(c, doubles_that_are_no_tableau_are_refused);
    tcase_add_test(c, rows_that_are_not_there_are_refused);
    tcase_add_test(c, coefficients_without_end_are_refused_instead_of_computed_with);
    tcase_add_test(c, running_out_of_memory_anywhere_is_an_error_and_nothing_more);
    return c;
}
