/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/memory.h"

#include <stdint.h>
#include <stdlib.h>
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

#ifndef OT_SANITIZED
static bool can_be_new(size_t bytes)
{
    void *memory = ot__new(bytes, 1);
    ot__free(memory);
    return memory != NULL;
}

static bool can_hold_tensors(size_t bytes)
{
    void *memory = ot__tensor_memory(bytes);
    ot__free(memory);
    return memory != NULL;
}

static bool can_grow(size_t bytes)
{
    void *memory = NULL;
    size_t capacity = 0;
    const ot_status status = ot__grow(&memory, &capacity, bytes, 1);
    ot__free(memory);
    return status == OT_OK;
}
#endif

/* By what there is, as control groups do not let a large block fail when it is asked for. */
START_TEST(each_way_to_take_a_large_block_asks_whether_it_is_available)
{
#ifndef OT_SANITIZED
    static bool (*const ways[])(size_t) = { can_be_new, can_hold_tensors, can_grow };
    const char *fork = getenv("CK_FORK");
    if (ot_in_valgrind() || (fork && strcmp(fork, "no") == 0)) return;
    if (!ot_limit_addresses((rlim_t)1 << 30)) return;
    ck_assert(ways[_i](4 << 20));
    ck_assert(!ways[_i]((size_t)1 << 30));
    ck_assert_msg(strstr(ot_message(), "an array needs 1024 MiB and ") &&
                      strstr(ot_message(), "are left of the limit"),
                  "%s", ot_message());
#endif
}
END_TEST

TCase *memory_case(void)
{
    TCase *c = tcase_create("memory");
    tcase_add_test(c, a_size_that_overflows_is_refused);
    tcase_add_test(c, tensors_are_aligned_to_a_line_and_large_ones_to_a_huge_page);
    tcase_add_test(c, growing_keeps_the_elements_and_zeroes_the_rest);
    tcase_add_loop_test(c, each_way_to_take_a_large_block_asks_whether_it_is_available, 0, 3);
    tcase_add_test(c, the_nth_allocation_fails_once_or_for_ever);
    return c;
}
