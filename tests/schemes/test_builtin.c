/* SPDX-License-Identifier: BSD-3-Clause
 * Tests every built-in scheme, by loops over the registry, and compares the coefficients of the
 * schemes in golden.h with that independent copy. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "schemes/cases.h"
#include "schemes/golden.h"
#include "schemes/scheme.h"

#define ck_same_double(x, y, name)                                                                 \
    ck_assert_msg(memcmp(&(double){ x }, &(double){ y }, sizeof(double)) == 0,                     \
                  "%s: %s is %a instead of %a", name, #x, x, y)

/* Check cannot print texts as long as a tableau, so the message has the name and the first
 * difference. */
static void ck_same_text(const char *x, const char *y, const char *name)
{
    size_t n = 0;
    while (x[n] && x[n] == y[n])
        n++;
    ck_assert_msg(x[n] == y[n], "%s: \"%.60s\" instead of \"%.60s\"", name, x + n, y + n);
}

START_TEST(a_known_tableau_has_its_known_doubles_bit_for_bit)
{
    const golden *g = &golden_tableaux[_i];
    const ot_scheme *s = ot_scheme_find(g->name);
    const double *a = g->a;
    ck_assert_msg(s != NULL, "%s", ot_message());
    ck_assert_int_eq(ot_scheme_order(s), g->order);
    ck_assert_int_eq(ot_scheme_stages(s), g->stages);
    for (int i = 0; i < g->stages; i++) {
        for (int j = 0; j < i; j++, a++)
            ck_same_double(ot_scheme_a(s, i, j), *a, g->name);
        ck_same_double(ot_scheme_b(s, i), g->b[i], g->name);
        ck_same_double(ot_scheme_c(s, i), g->c[i], g->name);
    }
    ck_assert_int_eq(s->tableau->n_embedded, g->n_embedded);
    for (int e = 0; e < g->n_embedded; e++) {
        const ot__embedded *embedded = &s->tableau->embedded[e];
        ck_assert_str_eq(embedded->name, g->embedded[e].name);
        ck_assert_int_eq(embedded->order, g->embedded[e].order);
        for (int i = 0; i < g->stages; i++)
            ck_same_double(ot__exact_double(&embedded->b.x[i]), g->embedded[e].b[i], g->name);
    }
}
END_TEST

START_TEST(its_text_is_its_own_and_reads_back_as_itself)
{
    const ot_scheme *s = ot_scheme_at(_i);
    ot_scheme *again = NULL;
    ck_assert_msg(s != NULL, "%s", ot_message());
    ck_same_text(ot_scheme_text(s), ot__builtin_texts[_i], ot_scheme_name(s));
    ck_ok(ot_scheme_parse(ot_scheme_text(s), "shown", &again));
    ck_same_text(ot_scheme_text(again), ot_scheme_text(s), ot_scheme_name(s));
    ot_scheme_free(again);
}
END_TEST

START_TEST(it_is_found_by_its_name_and_says_where_it_comes_from)
{
    const ot_scheme *s = ot_scheme_at(_i);
    ck_assert_ptr_eq(ot_scheme_find(ot_scheme_name(s)), s);
    ck_assert_ptr_nonnull(s->tableau->title);
    ck_assert_ptr_nonnull(s->tableau->reference);
    ck_assert_int_ge(ot_scheme_evaluations(s), 1);
    ck_assert_int_le(ot_scheme_evaluations(s), ot_scheme_stages(s));
}
END_TEST

START_TEST(dead_stages_are_not_counted)
{
    static const struct {
        const char *name;
        int evaluations;
    } cases[] = { { "euler", 1 },
                  { "rk4", 4 },
                  { "bogacki_shampine32", 3 },
                  { "huta6", 8 },
                  { "dormand_prince54", 6 },
                  { "verner89", 14 } };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        ck_assert_int_eq(ot_scheme_evaluations(ot_scheme_find(cases[i].name)),
                         cases[i].evaluations);
}
END_TEST

START_TEST(outside_the_tableau_coefficients_are_zero)
{
    const ot_scheme *s = ot_scheme_find("euler");
    static const int outside[] = { -1, 0, 1, 64, 1000000 };
    for (size_t i = 0; i < sizeof outside / sizeof outside[0]; i++) {
        for (size_t j = 0; j < sizeof outside / sizeof outside[0]; j++)
            ck_assert_double_eq(ot_scheme_a(s, outside[i], outside[j]), 0.0);
        ck_assert_double_eq(ot_scheme_b(s, outside[i]), outside[i] == 0 ? 1.0 : 0.0);
        ck_assert_double_eq(ot_scheme_c(s, outside[i]), 0.0);
    }
    ck_assert_ptr_null(ot_scheme_at(-1));
    ck_assert_ptr_null(ot_scheme_at(ot_scheme_count()));
}
END_TEST

START_TEST(an_unknown_name_is_answered_with_the_nearest)
{
    ck_assert_ptr_null(ot_scheme_find("rk5"));
    ck_assert_str_eq(ot_message(), "there is no scheme \"rk5\"; did you mean \"rk4\"?");
    ck_assert_ptr_null(ot_scheme_find("verner98"));
    ck_assert_ptr_nonnull(strstr(ot_message(), "did you mean \"verner89\"?"));
    ck_assert_ptr_null(ot_scheme_find("backward"));
    ck_assert_ptr_nonnull(strstr(ot_message(), "there is no scheme \"backward\""));
    ck_assert_ptr_null(ot_scheme_find(""));
}
END_TEST

START_TEST(case_is_no_difference_when_the_nearest_name_is_looked_for)
{
    ck_assert_ptr_null(ot_scheme_find("RK4"));
    ck_assert_str_eq(ot_message(), "there is no scheme \"RK4\"; did you mean \"rk4\"?");
    ck_assert_ptr_null(ot_scheme_find("DoPri5"));
    ck_assert_ptr_nonnull(strstr(ot_message(), "did you mean \"dopri5\"?"));
}
END_TEST

START_TEST(an_alias_means_one_scheme_and_is_no_name_of_another)
{
    for (int i = 0; i < ot__alias_count; i++) {
        const ot__alias *const a = &ot__aliases[i];
        const ot_scheme *const s = ot_scheme_find(a->name);
        ck_assert_msg(s != NULL, "%s: %s", a->name, ot_message());
        ck_assert_str_eq(ot_scheme_name(s), a->scheme);
        ck_assert_ptr_null(ot__candidates(a->name));
        int listed = 0;
        for (int k = 0; ot_scheme_alias(s, k); k++)
            listed += strcmp(ot_scheme_alias(s, k), a->name) == 0;
        ck_assert_int_eq(listed, 1);
        for (int k = 0; k < ot_scheme_count(); k++)
            ck_assert_str_ne(ot_scheme_name(ot_scheme_at(k)), a->name);
    }
}
END_TEST

START_TEST(a_name_of_several_methods_is_answered_with_them)
{
    static const char *const names[] = { "rk45", "RK45", "heun", "rk2", "rk3", "dopri" };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        ck_assert_ptr_null(ot_scheme_find(names[i]));
        ck_assert_msg(strstr(ot_message(), "may mean several schemes: "), "%s", ot_message());
        char *const list = strdup(ot_message()), *word = strchr(list, ':');
        int schemes = 0;
        for (word = strtok(word, " ,:();"); word; word = strtok(NULL, " ,:();"))
            schemes += ot_scheme_find(word) != NULL;
        ck_assert_msg(schemes >= 2, "%s has %d schemes", names[i], schemes);
        free(list);
    }
}
END_TEST

static pthread_barrier_t start;

static void *find_all(void *found)
{
    pthread_barrier_wait(&start);
    for (int i = 0; i < ot_scheme_count(); i++)
        ((const ot_scheme **)found)[i] = ot_scheme_find(ot_scheme_name(ot_scheme_at(i)));
    return NULL;
}

START_TEST(threads_that_ask_first_all_get_the_same)
{
    enum { THREADS = 8, MOST = 256 };
    static const ot_scheme *found[THREADS][MOST];
    pthread_t thread[THREADS];
    ck_assert_int_le(ot_scheme_count(), MOST);
    pthread_barrier_init(&start, NULL, THREADS);
    for (int k = 0; k < THREADS; k++)
        ck_assert_int_eq(pthread_create(&thread[k], NULL, find_all, found[k]), 0);
    for (int k = 0; k < THREADS; k++)
        pthread_join(thread[k], NULL);
    for (int k = 0; k < THREADS; k++)
        for (int i = 0; i < ot_scheme_count(); i++) {
            ck_assert_ptr_nonnull(found[k][i]);
            ck_assert_ptr_eq(found[k][i], found[0][i]);
        }
}
END_TEST

START_TEST(when_memory_was_short_one_can_ask_again)
{
    long n = 0;
    const ot_scheme *s = NULL;
    while (!s) {
        ot__fail_allocation(++n, 1);
        s = ot_scheme_at(_i);
        ot__fail_allocation(0, 0);
        if (!s) ck_assert_ptr_nonnull(strstr(ot_message(), "out of memory"));
    }
    ck_assert_int_gt(n, 4);
    ck_same_text(ot_scheme_text(s), ot__builtin_texts[_i], ot_scheme_name(s));
}
END_TEST

TCase *builtin_case(void)
{
    TCase *c = tcase_create("builtin");
    const int n = ot__builtin_count;
    tcase_add_loop_test(c, a_known_tableau_has_its_known_doubles_bit_for_bit, 0, GOLDEN_TABLEAUX);
    tcase_add_loop_test(c, its_text_is_its_own_and_reads_back_as_itself, 0, n);
    tcase_add_loop_test(c, it_is_found_by_its_name_and_says_where_it_comes_from, 0, n);
    tcase_add_test(c, dead_stages_are_not_counted);
    tcase_add_test(c, outside_the_tableau_coefficients_are_zero);
    tcase_add_test(c, an_unknown_name_is_answered_with_the_nearest);
    tcase_add_test(c, case_is_no_difference_when_the_nearest_name_is_looked_for);
    tcase_add_test(c, an_alias_means_one_scheme_and_is_no_name_of_another);
    tcase_add_test(c, a_name_of_several_methods_is_answered_with_them);
    tcase_add_loop_test(c, threads_that_ask_first_all_get_the_same, 0, 20); /* races vary */
    tcase_add_loop_test(c, when_memory_was_short_one_can_ask_again, 0, n);
    return c;
}
