/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/memory.h"

#include <stdint.h>
#include <string.h>

#include "base/cases.h"

START_TEST(a_size_that_overflows_is_refused)
{
    ck_assert_ptr_null(ot__new(SIZE_MAX / 2, 3));
    ck_assert_ptr_nonnull(strstr(ot_message(), "out of memory"));
    ck_assert_ptr_null(ot__tensor_memory(SIZE_MAX - 5));
}
END_TEST

START_TEST(tensors_are_aligned_to_a_line_and_large_ones_to_a_huge_page)
{
    void *small = ot__tensor_memory(100), *large = ot__tensor_memory(5 << 20);
    ck_assert_uint_eq((uintptr_t)small % 64, 0);
    ck_assert_uint_eq((uintptr_t)large % (2 << 20), 0);
    ot__free(small);
    ot__free(large);
}
END_TEST

START_TEST(growing_keeps_the_elements_and_zeroes_the_rest)
{
    int *a = NULL;
    size_t capacity = 0;
    ck_ok(ot__grow((void **)&a, &capacity, 1, sizeof *a));
    a[0] = 42;
    ck_ok(ot__grow((void **)&a, &capacity, 1000, sizeof *a));
    ck_assert_uint_ge(capacity, 1000);
    ck_assert_int_eq(a[0], 42);
    ck_assert_int_eq(a[999], 0);
    ot__free(a);
}
END_TEST

START_TEST(the_nth_allocation_fails_once_or_for_ever)
{
    ot__fail_allocation(2, 0);
    void *first = ot__new(1, 1), *second = ot__new(1, 1), *third = ot__new(1, 1);
    ck_assert(first && !second && third);
    ck_assert_int_eq(ot__fail_allocation(1, 1), 3);
    ck_assert(!ot__new(1, 1) && !ot__strdup("x") && !ot__tensor_memory(1));
    ot__fail_allocation(0, 0);
    ot__free(first);
    ot__free(third);
}
END_TEST

TCase *memory_case(void)
{
    TCase *c = tcase_create("memory");
    tcase_add_test(c, a_size_that_overflows_is_refused);
    tcase_add_test(c, tensors_are_aligned_to_a_line_and_large_ones_to_a_huge_page);
    tcase_add_test(c, growing_keeps_the_elements_and_zeroes_the_rest);
    tcase_add_test(c, the_nth_allocation_fails_once_or_for_ever);
    return c;
}
