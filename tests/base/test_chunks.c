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
    ot__add_chunks(&(ot__cut){ .chunks = _i }, 2, 3, slot);
    ck_assert_double_eq(slot[0], tree(0, OT__MOST_CHUNKS, _i));
    ck_assert_double_eq(slot[1], 2 * tree(0, OT__MOST_CHUNKS, _i));
    ck_assert_double_eq(slot[2], -7);
    if (_i == OT__MOST_CHUNKS) ck_assert_double_ne(slot[0], in_order);
}
END_TEST

START_TEST(chunks_are_whole_images_and_depend_on_their_number_alone)
{
    enum { UNITS = 5 };
    const ot__cut c = ot__cut_images(NULL, _i, (size_t)_i * UNITS);
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

static float tree_of_floats(int from, int size, int end)
{
    if (from >= end) return 0;
    if (size == 1) return (float)number(from);
    const float left = tree_of_floats(from, size / 2, end);
    return from + size / 2 < end ? left + tree_of_floats(from + size / 2, size / 2, end) : left;
}

/* The parts of `size` processes, combined as far as each can and then to the end.  *left becomes
 * the number of slots that are left over. */
static float shared_tree(int images, int size, int *left)
{
    const int chunks = ot__chunks_of(images);
    float all[OT__MOST_CHUNKS] = { 0 };
    bool is_left[OT__MOST_CHUNKS] = { false };
    *left = 0;
    for (int rank = 0; rank < size; rank++) {
        const ot__chunk_range of = ot__chunks_of_rank(chunks, rank, size);
        const ot__share share = {
            .most = images, .images = images, .first = of.first, .chunks = of.n
        };
        const ot__cut cut = { .chunks = of.n, .share = &share };
        float own[OT__MOST_CHUNKS];
        for (int k = 0; k < of.n; k++)
            own[k] = (float)number(of.first + k);
        ot__add_own_chunks_f32(&cut, 1, own);
        for (int k = of.first; k < of.first + of.n; k++) {
            if (!ot__chunk_is_left_over(of, chunks, k)) continue;
            all[k] = own[k - of.first];
            is_left[k] = true;
            ++*left;
        }
    }
    OT__TREE(k, step, chunks)
    if (is_left[k + step]) all[k] += all[k + step];
    return all[0];
}

START_TEST(chunks_of_several_processes_are_added_as_those_of_one)
{
    const int chunks = ot__chunks_of(_i);
    for (int size = 1, left; size <= OT__MOST_CHUNKS; size++) {
        ck_assert_float_eq(shared_tree(_i, size, &left),
                           tree_of_floats(0, OT__MOST_CHUNKS, chunks));
        if (size == 1) ck_assert_int_eq(left, 1);
        ck_assert_int_le(left, chunks);
    }
}
END_TEST

START_TEST(every_chunk_has_one_process_and_the_shares_differ_by_one)
{
    for (int size = 1; size <= OT__MOST_CHUNKS; size++) {
        int next = 0;
        for (int rank = 0; rank < size; rank++) {
            const ot__chunk_range of = ot__chunks_of_rank(_i, rank, size);
            ck_assert_int_eq(of.first, next);
            ck_assert(of.n == _i / size || of.n == _i / size + 1);
            next += of.n;
        }
        ck_assert_int_eq(next, _i);
    }
}
END_TEST

TCase *chunks_case(void)
{
    TCase *c = tcase_create("chunks");
    tcase_add_loop_test(c, chunks_are_added_as_a_binary_tree, 1, OT__MOST_CHUNKS + 1);
    tcase_add_loop_test(c, chunks_are_whole_images_and_depend_on_their_number_alone, 1, 300);
    tcase_add_loop_test(c, chunks_of_several_processes_are_added_as_those_of_one, 1, 40);
    tcase_add_loop_test(c, every_chunk_has_one_process_and_the_shares_differ_by_one, 1,
                        OT__MOST_CHUNKS + 1);
    return c;
}
