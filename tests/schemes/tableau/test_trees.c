/* SPDX-License-Identifier: BSD-3-Clause
 * Compares rooted trees with another algorithm that lists them, and sums over them with known
 * values. */
#include "schemes/tableau/trees.h"

#include <string.h>

#include "base/memory.h"
#include "schemes/cases.h"
#include "schemes/levels.h"

/* OEIS A000081 */
static const int counts[] = { 0,   1,   1,   2,    4,    9,     20,    48,
                              115, 286, 719, 1842, 4766, 12486, 32973, 87811 };

static ot__trees trees;

static void make(void)
{
    trees = (ot__trees){ 0 };
    ck_ok(ot__trees_make(&trees, OT__TREE_NODES_MOST));
}

static void unmake(void)
{
    ot__trees_free(&trees);
}

START_TEST(there_are_as_many_as_there_should_be)
{
    for (int n = 1; n <= OT__TREE_NODES_MOST; n++)
        ck_assert_int_eq(trees.first[n + 1] - trees.first[n], counts[n]);
}
END_TEST

/* There are n^(n-1) labelled rooted trees (Cayley), of which (n-1)! have labels that increase from
 * the root (Butcher). */
START_TEST(their_symmetries_and_densities_add_up)
{
    double factorial = 1, power = 1;
    for (int n = 1; n <= OT__TREE_NODES_MOST; n++) {
        double labelled = 0, growing = 0;
        factorial *= n;
        power = 1;
        for (int k = 1; k < n; k++)
            power *= n;
        for (int i = trees.first[n]; i < trees.first[n + 1]; i++) {
            const ot__tree *t = &trees.tree[i];
            ck_assert_int_eq(t->nodes, n);
            labelled += factorial / (double)t->symmetry;
            growing += factorial / (double)t->symmetry / (double)t->density;
        }
        ck_assert_double_eq_tol(labelled, power, 1e-9 * power);
        ck_assert_double_eq_tol(growing, factorial / n, 1e-9 * factorial);
    }
}
END_TEST

/* The largest of a tree's level sequences is its canonical one in Beyer and Hedetniemi's list. */
START_TEST(each_is_one_of_another_list_and_none_is_there_twice)
{
    for (int n = 1; n <= OT__TREE_NODES_MOST; n++) {
        unsigned char levels[OT__TREE_NODES_MOST];
        int listed = 0;
        levels_first(n, levels);
        do {
            int found = 0;
            for (int i = trees.first[n]; i < trees.first[n + 1]; i++) {
                unsigned char ours[OT__TREE_NODES_MOST];
                ck_assert_int_eq(ot__tree_levels(&trees, i, ours), n);
                levels_canonical(n, ours);
                found += memcmp(ours, levels, (size_t)n) == 0;
            }
            ck_assert_int_eq(found, 1);
            listed++;
        } while (levels_next(n, levels));
        ck_assert_int_eq(listed, counts[n]);
        if (n == 9) break; /* all pairs of 1842 trees would take too long */
    }
}
END_TEST

START_TEST(running_out_of_memory_is_told)
{
    ot__trees other = { 0 };
    ot_status status = OT_ENOMEM;
    for (long n = 1; status != OT_OK; n++) {
        ot__fail_allocation(n, 0);
        status = ot__trees_make(&other, 9);
        ot__fail_allocation(0, 0);
        if (status != OT_OK) ck_assert_int_eq(status, OT_ENOMEM);
        ot__trees_free(&other);
    }
}
END_TEST

TCase *trees_case(void)
{
    TCase *c = tcase_create("trees");
    tcase_add_checked_fixture(c, make, unmake);
    tcase_add_test(c, there_are_as_many_as_there_should_be);
    tcase_add_test(c, their_symmetries_and_densities_add_up);
    tcase_add_test(c, each_is_one_of_another_list_and_none_is_there_twice);
    tcase_add_test(c, running_out_of_memory_is_told);
    return c;
}
