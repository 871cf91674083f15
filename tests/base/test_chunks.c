/* SPDX-License-Identifier: BSD-3-Clause
 * Sums over chunks of images.  The numbers cancel, so that any other order gives another sum. */
#include "base/cases.h"
#include "base/chunks.h"

/* Numbers of which sums in different orders differ: 2^60 and -2^60 swallow the ones between. */
static double number(int k)
{
    return k % 4 == 0 ? 0x1p60 : k % 4 == 2 ? -0x1p60 : 1000 + k;
}

/* The sum of slots from..end-1, as halves of a tree over `size` slots, a power of two. */
static double tree(int from, int size, int end)
{
    if (from >= end) return 0;
    if (size == 1) return number(from);
    return from + size / 2 < end ? tree(from, size / 2, end) + tree(from + size / 2, size / 2, end)
                                 : tree(from, size / 2, end);
}

START_TEST(chunks_are_added_as_a_binary_tree)
{
    double slot[3 * OT__MOST_CHUNKS], in_order = 0;
    for (int k = 0; k < 3 * OT__MOST_CHUNKS; k++)
        slot[k] = k % 3 == 2 ? -7 : number(k / 3) * (1 + k % 3);
    for (int k = 0; k < _i; k++)
        in_order += number(k);
    ot__add_chunks(_i, 2, 3, slot);
    ck_assert_double_eq(slot[0], tree(0, OT__MOST_CHUNKS, _i));
    ck_assert_double_eq(slot[1], 2 * tree(0, OT__MOST_CHUNKS, _i));
    ck_assert_double_eq(slot[2], -7);
    if (_i == OT__MOST_CHUNKS) ck_assert_double_ne(slot[0], in_order);
}
END_TEST

START_TEST(chunks_are_whole_images_and_depend_on_their_number_alone)
{
    enum { UNITS = 5 };
    const ot__cut c = ot__cut_images(_i, (size_t)_i * UNITS);
    size_t next = 0;
    ck_assert_int_ge(c.chunks, 1);
    ck_assert_int_le(c.chunks, OT__MOST_CHUNKS);
    for (int k = 0; k < c.chunks; k++) {
        ck_assert_uint_eq(ot__cut_begin(&c, k), next);
        next = ot__cut_end(&c, k);
        ck_assert_uint_gt(next, ot__cut_begin(&c, k));
        ck_assert_uint_eq(next % UNITS, 0);
    }
    ck_assert_uint_eq(next, c.units);
}
END_TEST

TCase *chunks_case(void)
{
    TCase *c = tcase_create("chunks");
    tcase_add_loop_test(c, chunks_are_added_as_a_binary_tree, 1, OT__MOST_CHUNKS + 1);
    tcase_add_loop_test(c, chunks_are_whole_images_and_depend_on_their_number_alone, 1, 300);
    return c;
}
