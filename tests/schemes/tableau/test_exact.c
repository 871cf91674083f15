/* SPDX-License-Identifier: BSD-3-Clause
 * Tests exact arithmetic in Q(sqrt d): field laws, reduced forms, signs, roots, and rounding to
 * doubles. */
#include "schemes/tableau/exact.h"

#include <float.h>
#include <math.h>

#include "base/memory.h"
#include "base/rng.h"
#include "schemes/cases.h"

/* Computes (p + q*sqrt(d))/r from decimal texts with the operations under test. */
static void make(ot__exact *x, const char *p, const char *q, long d, const char *r)
{
    ot__exact root, part;
    ot__exact_init(&root);
    ot__exact_init(&part);
    ot__exact_init(x);
    mpz_set_str(x->p, p, 10);
    ot__exact_set_int(&root, d);
    ck_assert(ot__exact_sqrt(&root, &root));
    mpz_set_str(part.p, q, 10);
    ot__exact_mul(&root, &root, &part);
    ot__exact_add(x, x, &root);
    ot__exact_set_int(&part, 1);
    mpz_set_str(part.p, r, 10);
    ot__exact_div(x, x, &part);
    ot__exact_clear(&part);
    ot__exact_clear(&root);
}

static void check_text(const ot__exact *x, const char *expected)
{
    char *text = ot__exact_text(x);
    ck_assert_str_eq(text, expected);
    ot__free(text);
}

START_TEST(numbers_have_one_form_and_print_as_people_write_them)
{
    static const struct {
        const char *p, *q;
        long d;
        const char *r, *text;
    } cases[] = {
        { "0", "0", 2, "7", "0" },
        { "-6", "0", 2, "4", "-3/2" },
        { "6", "0", 2, "-4", "-3/2" },
        { "0", "1", 2, "1", "sqrt(2)" },
        { "0", "-1", 2, "2", "-sqrt(2)/2" },
        { "0", "6", 6, "-4", "-3*sqrt(6)/2" },
        { "2", "-1", 2, "6", "(2 - sqrt(2))/6" },
        { "2", "2", 2, "2", "1 + sqrt(2)" },
        { "4", "1", 8, "2", "2 + sqrt(2)" },
        { "1", "5", 9, "2", "8" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        ot__exact x;
        make(&x, cases[i].p, cases[i].q, cases[i].d, cases[i].r);
        check_text(&x, cases[i].text);
        ot__exact_clear(&x);
    }
}
END_TEST

/* Small and large random numbers of Q(sqrt d). */
static void random_exact(ot__exact *x, unsigned long d, uint32_t i, uint32_t which)
{
    const ot__draw u = ot__random(1, OT__RNG_INIT, i, which, (uint32_t)d, 0);
    const mp_bitcnt_t shift = ot__below(u.word[3], 5) * 40;
    ot__exact_init(x);
    mpz_set_si(x->p, (long)ot__below(u.word[0], 2001) - 1000);
    mpz_mul_2exp(x->p, x->p, shift);
    mpz_add_ui(x->p, x->p, u.word[3] % 7);
    mpz_set_si(x->q, (long)ot__below(u.word[1], 2001) - 1000);
    mpz_set_ui(x->r, 1 + ot__below(u.word[2], 1000));
    x->d = d;
    ot__exact zero;
    ot__exact_init(&zero);
    ot__exact_add(x, x, &zero); /* reduces x */
    ot__exact_clear(&zero);
}

static void check_equal(const ot__exact *x, const ot__exact *y)
{
    ck_assert_int_eq(ot__exact_compare(x, y), 0);
    ck_assert_int_eq(mpz_cmp(x->p, y->p), 0);
    ck_assert_int_eq(mpz_cmp(x->q, y->q), 0);
    ck_assert_int_eq(mpz_cmp(x->r, y->r), 0);
    ck_assert_uint_eq(x->d, y->d);
}

static const unsigned long roots[] = { 2, 3, 6, 345, 999983 };
enum { ROOTS = sizeof roots / sizeof roots[0] };

START_TEST(the_operations_obey_the_laws_of_a_field)
{
    for (uint32_t i = 0; i < 400; i++) {
        ot__exact x, y, z, u, v;
        random_exact(&x, roots[i % ROOTS], i, 0);
        random_exact(&y, roots[i % ROOTS], i, 1);
        random_exact(&z, roots[i % ROOTS], i, 2);
        ot__exact_init(&u);
        ot__exact_init(&v);
        ot__exact_add(&u, &x, &y);
        ot__exact_sub(&u, &u, &y);
        check_equal(&u, &x); /* (x + y) - y = x */
        ot__exact_add(&u, &y, &z);
        ot__exact_mul(&u, &x, &u);
        ot__exact_mul(&v, &x, &y);
        ot__exact_mul(&z, &x, &z);
        ot__exact_add(&v, &v, &z);
        check_equal(&u, &v); /* x (y + z) = x y + x z */
        ot__exact_mul(&u, &x, &y);
        ck_assert_int_eq(ot__exact_sign(&u), ot__exact_sign(&x) * ot__exact_sign(&y));
        if (ot__exact_sign(&y)) {
            ot__exact_div(&u, &u, &y);
            check_equal(&u, &x); /* (x y)/y = x */
            ot__exact_div(&y, &y, &y);
            check_text(&y, "1"); /* also if all three operands are the same object */
        }
        ot__exact_clear(&x);
        ot__exact_clear(&y);
        ot__exact_clear(&z);
        ot__exact_clear(&u);
        ot__exact_clear(&v);
    }
}
END_TEST

START_TEST(signs_are_exact_where_doubles_cannot_tell)
{
    /* Solutions of p^2 - 2 q^2 = +1 and -1: p - q sqrt(2) is near 1/(2p) and -1/(2p). */
    ot__exact x;
    make(&x, "111760107268250945908601", "-79026329715516201199301", 2, "1");
    ck_assert_int_eq(ot__exact_sign(&x), -1);
    ck_assert_double_eq(ot__exact_double(&x), -0x1.5a26174afb2b7p-78); /* by Python's decimal */
    ot__exact_clear(&x);
    make(&x, "1393", "-985", 2, "1");
    ck_assert_int_eq(ot__exact_sign(&x), -1);
    ck_assert_double_eq(ot__exact_double(&x), -0x1.785f8d1618279p-12);
    ot__exact_clear(&x);
    make(&x, "-577", "408", 2, "-3");
    ck_assert_int_eq(ot__exact_sign(&x), 1);
    ot__exact_clear(&x);
}
END_TEST

/* 2^k * n + extra, over 2^below. */
static double round_of(long n, unsigned k, long extra, unsigned below)
{
    ot__exact x;
    ot__exact_init(&x);
    ot__exact_set_int(&x, n);
    mpz_mul_2exp(x.p, x.p, k);
    mpz_add_ui(x.p, x.p, (unsigned long)extra);
    mpz_mul_2exp(x.r, x.r, below);
    const double y = ot__exact_double(&x);
    ot__exact_clear(&x);
    return y;
}

START_TEST(halfway_goes_to_even_and_anything_more_does_not)
{
    const long two53 = 1l << 53;
    ck_assert_double_eq(round_of(two53 + 1, 0, 0, 0), 0x1p53);
    ck_assert_double_eq(round_of(two53 + 3, 0, 0, 0), 0x1p53 + 4);
    ck_assert_double_eq(round_of(two53 + 1, 200, 1, 200), 0x1p53 + 2);
    ck_assert_double_eq(round_of(-two53 - 1, 0, 0, 0), -0x1p53);
    ck_assert_double_eq(round_of(2 * two53 - 1, 0, 0, 0), 0x1p54); /* carries into a new bit */
    ck_assert_double_eq(round_of(1, 0, 0, 0), 1.0);
    ck_assert_double_eq(round_of(1, 4000, 0, 4100), 0x1p-100);
    ck_assert_double_eq(round_of(0, 0, 0, 0), 0.0);
}
END_TEST

START_TEST(denormal_and_huge_numbers_round_as_the_standard_says)
{
    ck_assert_double_eq(round_of(1, 0, 0, 1074), 0x1p-1074);
    ck_assert_double_eq(round_of(1, 0, 0, 1075), 0.0);
    ck_assert_double_eq(round_of(1, 100, 1, 1175), 0x1p-1074);
    ck_assert_double_eq(round_of(3, 0, 0, 1075), 0x1p-1073);
    ck_assert_double_eq(round_of(5, 0, 0, 1075), 0x1p-1073);
    ck_assert_double_eq(round_of(1, 0, 0, 3000), 0.0);
    ck_assert_double_eq(round_of((1l << 53) - 1, 971, 0, 0), DBL_MAX);
    ck_assert(isinf(round_of(1, 1024, 0, 0)));
}
END_TEST

static void from_double(ot__exact *x, double y)
{
    int e = 0;
    const double m = frexp(y, &e); /* y = m 2^e, and m 2^53 is whole */
    ot__exact_init(x);
    mpz_set_d(x->p, ldexp(m, 53));
    e -= 53;
    if (e > 0) mpz_mul_2exp(x->p, x->p, (mp_bitcnt_t)e);
    ot__exact power;
    ot__exact_init(&power);
    ot__exact_set_int(&power, 1);
    if (e < 0) mpz_mul_2exp(power.p, power.p, (mp_bitcnt_t)-e);
    ot__exact_div(x, x, &power);
    ot__exact_clear(&power);
}

/* Sign of |x - y| - |x - z|. */
static int nearer(const ot__exact *x, double y, double z)
{
    ot__exact u, v;
    from_double(&u, y);
    from_double(&v, z);
    ot__exact_sub(&u, x, &u);
    ot__exact_sub(&v, x, &v);
    ot__exact_mul(&u, &u, &u);
    ot__exact_mul(&v, &v, &v);
    const int order = ot__exact_compare(&u, &v);
    ot__exact_clear(&u);
    ot__exact_clear(&v);
    return order;
}

START_TEST(no_neighbour_of_the_rounded_number_is_nearer)
{
    for (uint32_t i = 0; i < 1000; i++) {
        ot__exact x;
        random_exact(&x, roots[i % ROOTS], i, 3);
        const double y = ot__exact_double(&x);
        ck_assert_int_le(nearer(&x, y, nextafter(y, INFINITY)), 0);
        ck_assert_int_le(nearer(&x, y, nextafter(y, -INFINITY)), 0);
        ot__exact_clear(&x);
    }
}
END_TEST

START_TEST(square_roots_lose_their_square_factors)
{
    static const struct {
        long n, m;
        const char *text;
    } cases[] = {
        { 0, 1, "0" },
        { 1, 1, "1" },
        { 9, 4, "3/2" },
        { 8, 1, "2*sqrt(2)" },
        { 72, 1, "6*sqrt(2)" },
        { 1, 2, "sqrt(2)/2" },
        { 2, 3, "sqrt(6)/3" },
        { 999983, 1, "sqrt(999983)" },
        { 999999, 1, "3*sqrt(111111)" },
    };
    ot__exact x, m;
    ot__exact_init(&x);
    ot__exact_init(&m);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        ot__exact_set_int(&x, cases[i].n);
        ot__exact_set_int(&m, cases[i].m);
        ot__exact_div(&x, &x, &m);
        ck_assert(ot__exact_sqrt(&x, &x));
        check_text(&x, cases[i].text);
    }
    ot__exact_set_int(&x, 1000001);
    ck_assert(!ot__exact_sqrt(&x, &x));
    check_text(&x, "1000001");
    mpz_ui_pow_ui(x.p, 10, 100);
    ck_assert(ot__exact_sqrt(&x, &x)); /* a square of any size */
    ck_assert_uint_eq(mpz_sizeinbase(x.p, 10), 51);
    ot__exact_clear(&m);
    ot__exact_clear(&x);
}
END_TEST

TCase *exact_case(void)
{
    TCase *c = tcase_create("exact");
    tcase_add_test(c, numbers_have_one_form_and_print_as_people_write_them);
    tcase_add_test(c, the_operations_obey_the_laws_of_a_field);
    tcase_add_test(c, signs_are_exact_where_doubles_cannot_tell);
    tcase_add_test(c, halfway_goes_to_even_and_anything_more_does_not);
    tcase_add_test(c, denormal_and_huge_numbers_round_as_the_standard_says);
    tcase_add_test(c, no_neighbour_of_the_rounded_number_is_nearer);
    tcase_add_test(c, square_roots_lose_their_square_factors);
    return c;
}
