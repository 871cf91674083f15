/* SPDX-License-Identifier: BSD-3-Clause
 * Tests the order that a proof reports: for every built-in it is the claimed order; false claims
 * are refuted with the first order that fails; rounded coefficients keep their claim. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "schemes/cases.h"
#include "schemes/scheme.h"

static bool has_decimals(const ot_tableau *t)
{
    ot_order_report r;
    ck_ok(ot_tableau_order(t, 1, &r));
    return r.digits > 0;
}

/* The decimals of tsitouras54, dop853 and feagin108 have at least 26 digits. */
START_TEST(every_claim_of_every_built_in_is_proved_exactly_or_within_its_decimals)
{
    const ot_tableau *const t = ot_scheme_tableau(ot_scheme_at(_i));
    ot_proof p[8];
    ck_ok(ot_tableau_prove(t, ot_tableau_rows(t), p));
    for (int row = 0; row < ot_tableau_rows(t); row++) {
        ck_assert_int_eq(p[row].order, p[row].claimed);
        ck_assert_double_le(p[row].within, has_decimals(t) ? 1e-26 : 0);
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
    { RK4 "b = 0.166697, 0.333333, 0.333333, 0.166667\n", 0, 4, 0, true, 2.9e-5, 3.1e-5 },
    { "a2 = 0.6666667\nb = 0.25, 0.75\n", 0, 2, 2, false, 1e-8, 1e-7 },
    { "a2 = 0.6666667\nb = 0.25, 0.75\n", 0, 3, 2, true, 0.1, 0.2 },
    /* The sum of the weights is 1 + 1e-6.  This weight is 0.500001; the next one is no decimal. */
    { "a2 = 1\nb = 1/2, 1500003/3000000\n", 0, 2, 2, false, 1e-7, 1e-5 },
    { "a2 = 1\nb = 1/2, 500001/1000002 + 1/1000003\n", 0, 2, 0, true, 9e-7, 1.1e-6 },
    /* A best approximation with the denominator q is nearer than 1/q^2. */
    { "a2 = 1\nb = 1/2, 1/2 + 1/10000000000000000000000003\n", 0, 2, 0, true, 1e-26, 1e-24 },
    { "a2 = 1\nb = 1/2, (1000003*1000033 + 2)/(2*1000003*1000033)\n", 0, 2, 0, true, 9e-13,
      1.1e-12 },
    { "a2 = 1\nb = 1/1000003, 1 - 1/1000003 + 1/1000003/1000003\n", 0, 1, 1, false, 9e-13,
      1.1e-12 },
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

/* Decimals of three to five digits count as exact; if that fails, nothing is decided. */
START_TEST(short_decimals_are_too_few_digits_to_decide)
{
    static const struct {
        const char *b;
        int claimed;
        bool undecided, refuted;
    } cases[] = {
        { "0.16667, 0.33333, 0.33333, 0.16667", 4, true, false },
        { "0.1667, 0.3333, 0.3333, 0.1667", 4, true, false },
        { "0.167, 0.333, 0.333, 0.167", 4, true, false },
        { "0.167, 0.333, 0.333, 0.167", 1, false, false }, /* their sum is 1 */
        { "0.167, 0.333, 0.333, 0.167", 5, false, true },
        { "0.187, 0.333, 0.333, 0.167", 4, false, true }, /* a typo */
        { "0.25, 0.25, 0.25, 0.25", 4, false, true },     /* two digits are exact */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[256];
        ot_tableau *t;
        ot_proof p;
        snprintf(text, sizeof text, "scheme = a\norder = %d\n" RK4 "b = %s\n", cases[i].claimed,
                 cases[i].b);
        ck_ok(ot_tableau_parse(text, "text", &t));
        ck_ok(ot_tableau_prove(t, 1, &p));
        ck_assert_msg(p.undecided == cases[i].undecided, "%s", cases[i].b);
        ck_assert_msg(p.refuted == cases[i].refuted, "%s", cases[i].b);
        ot_tableau_free(t);
    }
}
END_TEST

/* ---- texts are copied ---- */

/* A copy of a scheme, as files and networks have it, is judged as the scheme is. */
START_TEST(the_text_of_a_scheme_keeps_the_digits_of_its_decimals)
{
    static const char text[] = "scheme = a\norder = 4\n" RK4
                               "b = 0.1666670, +.333333 , 3.33333e-1, 0.166667 # and so on\n";
    ot_scheme *s, *copy;
    ot_proof p, q;
    ck_ok(ot_scheme_parse(text, "text", &s));
    ck_ok(ot_scheme_parse(ot_scheme_text(s), "copy", &copy));
    ck_assert_str_eq(ot_scheme_text(s), ot_scheme_text(copy));
    ck_assert_ptr_nonnull(strstr(ot_scheme_text(s), "b  = 0.1666670, +.333333, 3.33333e-1, "));
    ck_ok(ot_tableau_prove(ot_scheme_tableau(s), 1, &p));
    ck_ok(ot_tableau_prove(ot_scheme_tableau(copy), 1, &q));
    ck_assert_int_eq(p.order, 4);
    ck_assert_int_eq(q.order, 4);
    ck_assert_double_eq(p.within, q.within);
    ot_scheme_free(copy);
    ot_scheme_free(s);
}
END_TEST

START_TEST(a_tolerance_overrides_what_rounding_explains)
{
    ot_tableau *t;
    ot_order_report r;
    ck_ok(
        ot_tableau_parse("scheme = a\norder = 4\n" RK4 "b = 0.17, 0.33, 0.33, 0.17\n", "text", &t));
    ck_ok(ot_tableau_order_within(t, 0.1, 1, &r));
    ck_assert_int_ge(r.rounded, 4);
    ck_ok(ot_tableau_order_within(t, 1e-3, 1, &r));
    ck_assert_int_eq(r.rounded, 2);
    ck_status(ot_tableau_order_within(t, -1, 1, &r), OT_EINVAL);
    ck_status(ot_tableau_order_within(t, NAN, 1, &r), OT_EINVAL);
    ot_tableau_free(t);
}
END_TEST

/* ---- typos ---- */

/* Whether a changed text is noticed: it is no tableau, or one of its claims is refuted. */
static bool is_noticed(const char *text)
{
    ot_tableau *t;
    ot_proof p[8];
    if (ot_tableau_parse(text, "typo", &t) != OT_OK) return true;
    ck_ok(ot_tableau_prove(t, ot_tableau_rows(t), p));
    bool noticed = false;
    for (int row = 0; row < ot_tableau_rows(t); row++)
        noticed |= p[row].refuted;
    ot_tableau_free(t);
    return noticed;
}

/* The last digits of a long decimal are within its rounding, or nearly. */
static bool is_last_digit(const char *c)
{
    const size_t left = strspn(c, "0123456789");
    size_t before = 0;
    while (c[-1 - (long)before] == '.' ||
           (c[-1 - (long)before] >= '0' && c[-1 - (long)before] <= '9'))
        before++;
    return left >= 1 && left <= 4 && before >= 20;
}

/* Changes one digit of a coefficient, or turns one sign, at every place where one can stand, or at
 * some of them if proofs are long. */
START_TEST(a_typo_in_a_built_in_tableau_is_noticed)
{
    const ot_scheme *const s = ot_scheme_at(_i);
    const int stride = ot_scheme_stages(s) > 7 ? 397 : ot_scheme_stages(s) > 5 ? 7 : 1;
    char *const text = strdup(ot_scheme_text(s));
    int changes = 0;
    const bool claimed = ot_scheme_order(s) > 0; /* verner89_as_coded claims nothing */
    for (char *line = strstr(text, "\na"); line; line = strchr(line + 1, '\n')) {
        char *const end = line + 1 + strcspn(line + 1, "\n");
        char *const from = strchr(line, '=');
        if (!from || from > end || !claimed) continue;
        for (char *c = from; c < end; c++) {
            const char old = *c;
            if ((old < '0' || old > '9') && old != '-' && old != '+') continue;
            if (changes++ % stride || is_last_digit(c)) continue;
            *c = old == '-' ? '+' : old == '+' ? '-' : (char)('0' + (old - '0' + 1) % 10);
            ck_assert_msg(is_noticed(text), "%.*s", (int)(end - line), line);
            *c = old;
        }
    }
    free(text);
}
END_TEST

static void write_row(FILE *to, int digits, int n, const ot_scheme *s, int i)
{
    for (int j = 0; j < n; j++)
        fprintf(to, "%s%.*f", j ? ", " : "", digits,
                i < 0 ? ot_scheme_b(s, j) : ot_scheme_a(s, i, j));
    fputc('\n', to);
}

/* All coefficients rounded to seven digits after the point, and to 15, which doubles have. */
START_TEST(a_built_in_tableau_as_decimals_is_proved_within_their_digits)
{
    const ot_scheme *const s = ot_scheme_at(_i);
    for (int digits = 7; digits <= 15; digits += 8) {
        char *text = NULL;
        size_t size;
        ot_tableau *t;
        ot_proof p;
        FILE *const to = open_memstream(&text, &size);
        fprintf(to, "scheme = a\norder = %d\n", ot_scheme_order(s));
        for (int i = 1; i < ot_scheme_stages(s); i++) {
            fprintf(to, "a%d = ", i + 1);
            write_row(to, digits, i, s, i);
        }
        fputs("b = ", to);
        write_row(to, digits, ot_scheme_stages(s), s, -1);
        fclose(to);
        ck_ok(ot_tableau_parse(text, "decimals", &t));
        ck_ok(ot_tableau_prove(t, 1, &p));
        ck_assert_msg(p.order >= ot_scheme_order(s) && !p.refuted, "%d digits: order %d", digits,
                      p.order);
        ck_assert_msg(p.within <= pow(10, 4 - digits), "%d digits: %g", digits, p.within);
        ot_tableau_free(t);
        free(text);
    }
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
    tcase_add_loop_test(c, every_claim_of_every_built_in_is_proved_exactly_or_within_its_decimals,
                        0, ot__builtin_count);
    tcase_add_loop_test(c, a_claim_stands_or_is_refuted_at_the_first_order_that_fails, 0,
                        sizeof claims / sizeof claims[0]);
    tcase_add_test(c, short_decimals_are_too_few_digits_to_decide);
    tcase_add_test(c, the_text_of_a_scheme_keeps_the_digits_of_its_decimals);
    tcase_add_test(c, a_tolerance_overrides_what_rounding_explains);
    tcase_add_loop_test(c, a_typo_in_a_built_in_tableau_is_noticed, 0, ot__builtin_count);
    tcase_add_loop_test(c, a_built_in_tableau_as_decimals_is_proved_within_their_digits, 0,
                        ot__builtin_count);
    tcase_add_loop_test(c, a_scheme_of_doubles_keeps_its_claim_as_text, 0, ot__builtin_count);
    return c;
}
