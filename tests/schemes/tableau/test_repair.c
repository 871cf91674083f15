/* SPDX-License-Identifier: BSD-3-Clause
 * Tests the repair of tableaux: the coefficient that was changed in a right table is found, and its
 * value is the old one. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "schemes/cases.h"
#include "schemes/scheme.h"

#define RK4 "a2 = 1/2\na3 = 0, 1/2\na4 = 0, 0, 1\n"
#define DP5                                                                                        \
    "a2 = 1/5\na3 = 3/40, 9/40\na4 = 44/45, -56/15, 32/9\n"                                        \
    "a5 = 19372/6561, -25360/2187, 64448/6561, -212/729\n"                                         \
    "a6 = 9017/3168, -355/33, 46732/5247, 49/176, -5103/18656\n"
#define FEHLBERG_A                                                                                 \
    "a2 = 1/4\na3 = 3/32, 9/32\na4 = 1932/2197, -7200/2197, 7296/2197\n"                           \
    "a5 = 439/216, -8, 3680/513, -845/4104\n"
#define FEHLBERG_B "b = 16/135, 0, 6656/12825, 28561/56430, -9/50, 2/55\n"

static const struct {
    const char *text;
    int row, i, j; /* row -2: there is no repair */
    const char *old, *value;
} cases[] = {
    /* a sign, in a book's appendix */
    { "order = 5\n" FEHLBERG_A "a6 = -8/27, 2, -3544/2565, -1859/4104, -11/40\n" FEHLBERG_B, -1, 5,
      3, "-1859/4104", "1859/4104" },
    { "order = 5\n" FEHLBERG_A "a6 = -8/27, 2, -3554/2565, 1859/4104, -11/40\n" FEHLBERG_B, -1, 5,
      2, "-3554/2565", "-3544/2565" },
    { "order = 4\n" RK4 "b = 1/6, 1/3, 1/6, 1/6\n", 0, 0, 2, "1/6", "1/3" },
    { "order = 4\na2 = 1/2\na3 = 0, 0.5\na4 = 0, 0, 0.9\nb = 1/6, 1/3, 1/3, 1/6\n", -1, 3, 2, "0.9",
      "1" },
    /* an embedded row */
    { "order = 5\n" DP5 "a7 = 35/384, 0, 500/1113, 125/192, -2187/6784, 11/84\n"
      "b = 35/384, 0, 500/1113, 125/192, -2187/6784, 11/84, 0\n"
      "embedded e (order 4) = 5179/57600, 0, 7571/16695, 393/640, -92097/339200, 187/2100, -1/40\n",
      1, 0, 6, "-1/40", "1/40" },
    /* in Q(sqrt 2) */
    { "order = 4\na2 = 1/2\na3 = (sqrt(2) - 1)/2, (2 - sqrt(2))/2\na4 = 0, sqrt(2)/2, 1 + "
      "sqrt(2)/2\nb = 1/6, (2 - sqrt(2))/6, (2 + sqrt(2))/6, 1/6\n",
      -1, 3, 1, "sqrt(2)/2", "-sqrt(2)/2" },
    /* decimals: the same number of digits; a fraction beside decimals */
    { "order = 4\n" RK4 "b = 0.16666667, 0.33333333, 0.33343333, 0.16666667\n", 0, 0, 2,
      "0.33343333", "0.33333333" },
    { "order = 4\na2 = 1/2\na3 = 0, 1/2\na4 = 0, 0, 2/3\n"
      "b = 0.16666667, 0.33333333, 0.33333333, 0.16666667\n",
      -1, 3, 2, "2/3", "1" },
    /* fractions of ten digits, which stand for square roots */
    { "order = 2\na2 = 1311738121/1855077841\nb = 778398401/2623476242, 543339720/768398401\n", 0,
      0, 0, "778398401/2623476242", "225058681/768398401" }, /* 1 - b_2 */
    /* two typos, a false claim, a claim of the label */
    { "order = 4\na2 = 1/3\na3 = 0, 1/2\na4 = 0, 0, 1\nb = 1/6, 1/3, 1/3, 1/3\n", -2, 0, 0, "",
      "" },
    { "order = 5\n" RK4 "b = 1/6, 1/3, 1/3, 1/6\n", -2, 0, 0, "", "" },
    { "order = 64\n" RK4 "b = 1/6, 1/3, 1/3, 1/6\n", -2, 0, 0, "", "" },
    /* nothing to repair */
    { "order = 4\n" RK4 "b = 1/6, 1/3, 1/3, 1/6\n", -2, 0, 0, "", "" },
    { "order = 0\n" RK4 "b = 1/6, 1/3, 1/3, 1/3\n", -2, 0, 0, "", "" },
};

START_TEST(the_changed_coefficient_is_found_with_its_value)
{
    char text[2048];
    ot_tableau *t;
    ot_repair r;
    snprintf(text, sizeof text, "scheme = a\n%s", cases[_i].text);
    ck_ok(ot_tableau_parse(text, "text", &t));
    ck_ok(ot_tableau_repair(t, &r));
    ck_assert_msg(r.found == (cases[_i].row > -2), "row %d: %d %d,%d %s", _i, r.row, r.i, r.j,
                  r.value);
    ck_assert_int_eq(r.untried, 0);
    if (r.found) {
        ck_assert_int_eq(r.row, cases[_i].row);
        ck_assert_int_eq(r.i, cases[_i].i);
        ck_assert_int_eq(r.j, cases[_i].j);
        ck_assert_str_eq(r.old, cases[_i].old);
        ck_assert_str_eq(r.value, cases[_i].value);
    }
    ot_tableau_free(t);
}
END_TEST

/* b_1 + b_2 = 1 and b_2 c_2 = 1/2 are mended by a2 = 2/3 or, further away, by none: only one
 * weight alone cannot do it.  With order 1 either weight can. */
START_TEST(of_several_changes_the_nearest_is_proposed)
{
    ot_tableau *t;
    ot_repair r;
    ck_ok(ot_tableau_parse("scheme = a\norder = 1\na2 = 1\nb = 1/2, 1/3\n", "text", &t));
    ck_ok(ot_tableau_repair(t, &r));
    ck_assert(r.found && r.row == 0 && r.others == 1);
    ck_assert(strcmp(r.value, r.j == 0 ? "2/3" : "1/2") == 0);
    ot_tableau_free(t);
}
END_TEST

static bool has_decimals(const ot_tableau *t)
{
    ot_order_report r;
    ck_ok(ot_tableau_order(t, 1, &r));
    return r.digits > 0;
}

/* The last digit of a fraction is changed, or a sign turned, in every seventh coefficient.  The
 * last digits of decimals are within their rounding. */
START_TEST(a_typo_in_an_exact_built_in_tableau_is_mended)
{
    const ot_scheme *const s = ot_scheme_at(_i);
    const ot_tableau *const right = ot_scheme_tableau(s);
    if (ot_scheme_order(s) == 0) return; /* verner89_as_coded claims nothing */
    if (has_decimals(right)) return;
    for (int k = _i % 7; k < ot_scheme_stages(s); k += 7)
        for (int sign = 0; sign < 2; sign++) {
            ot_tableau *t;
            ot_repair r;
            ck_ok(ot_tableau_parse(ot_scheme_text(s), "copy", &t));
            ot__exact *const x = &t->b.x[k];
            if (sign)
                mpz_neg(x->p, x->p);
            else
                mpz_add_ui(x->p, x->p, 1);
            ot__exact_reduce(x);
            ck_ok(ot_tableau_repair(t, &r));
            if (ot__exact_compare(x, &right->b.x[k]) == 0)
                ck_assert(!r.found);
            else {
                char *const value = ot__exact_text(&right->b.x[k]);
                ck_assert_msg(r.found && r.row == 0 && r.j == k, "%s: b%d", ot_scheme_name(s), k);
                ck_assert_str_eq(r.value, value);
                ot__free(value);
            }
            ot_tableau_free(t);
        }
}
END_TEST

START_TEST(running_out_of_memory_is_an_error_and_nothing_more)
{
    ot_tableau *t;
    ot_repair r;
    ot_status status = OT_ENOMEM;
    ck_ok(ot_tableau_parse("scheme = a\norder = 2\na2 = 1\nb = 1/2, 1/3\n", "text", &t));
    for (long n = 1; status != OT_OK; n++) {
        ot__fail_allocation(n, 0);
        status = ot_tableau_repair(t, &r);
        ot__fail_allocation(0, 0);
        if (status != OT_OK) ck_assert_int_eq(status, OT_ENOMEM);
    }
    ck_assert(r.found);
    ot_tableau_free(t);
}
END_TEST

TCase *repair_case(void)
{
    TCase *c = tcase_create("repair");
    tcase_add_loop_test(c, the_changed_coefficient_is_found_with_its_value, 0,
                        sizeof cases / sizeof cases[0]);
    tcase_add_test(c, of_several_changes_the_nearest_is_proposed);
    tcase_add_loop_test(c, a_typo_in_an_exact_built_in_tableau_is_mended, 0, ot__builtin_count);
    tcase_add_test(c, running_out_of_memory_is_an_error_and_nothing_more);
    return c;
}
