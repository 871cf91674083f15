/* SPDX-License-Identifier: BSD-3-Clause
 * The memory planner on random buffers. */
#include "autograd/compile/plan.h"

#include "autograd/cases.h"
#include "base/rng.h"

enum { N = 200, STEPS = 100 };

/* Buffers with random lifetimes and random sizes of 1 to `sizes` times 1000 bytes. */
static void random_buffers(ot__buffer b[N], uint32_t seed, uint32_t sizes)
{
    for (uint32_t i = 0; i < N; i++) {
        const ot__draw d = ot__random(seed, OT__RNG_GRADCHECK, i, 0, 0, 0);
        const int first = (int)ot__below(d.word[0], STEPS);
        const int length = (int)ot__below(d.word[1], 30);
        b[i] = (ot__buffer){ .bytes = 1000 * (1 + ot__below(d.word[2], sizes)),
                             .first = first,
                             .last = first + length < STEPS ? first + length : STEPS,
                             .inside = -1 };
        b[i].until = b[i].last;
    }
}

static bool overlap(const ot__buffer *a, const ot__buffer *b)
{
    return a->at < b->at + b->bytes && b->at < a->at + a->bytes;
}

static bool together(const ot__buffer *a, const ot__buffer *b)
{
    return a->first <= b->last && b->first <= a->last;
}

START_TEST(no_two_buffers_alive_together_overlap)
{
    ot__buffer b[N];
    ot__plan plan;
    random_buffers(b, (uint32_t)_i, 7);
    ck_ok(ot__plan_memory(b, N, STEPS, &plan));
    for (int i = 0; i < N; i++) {
        ck_assert_uint_le(b[i].at + b[i].bytes, plan.arena);
        ck_assert_uint_eq(b[i].at % 64, 0);
        for (int j = 0; j < i; j++)
            ck_assert_msg(!together(&b[i], &b[j]) || !overlap(&b[i], &b[j]), "%d and %d", i, j);
    }
    ck_assert_uint_ge(plan.arena, plan.bound);
    ck_assert_uint_lt(plan.arena, plan.unplanned);
}
END_TEST

/* The placing rule written plainly: each buffer is compared with all that were placed before. */
static size_t lowest_free(const ot__buffer *const placed[], int n, const ot__buffer *b)
{
    size_t at = 0;
    for (bool moved = true; moved;) {
        moved = false;
        for (int i = 0; i < n; i++) {
            const size_t end = placed[i]->at + (placed[i]->bytes + 63) / 64 * 64;
            if (!together(placed[i], b) || end <= at || placed[i]->at >= at + b->bytes) continue;
            at = end;
            moved = true;
        }
    }
    return at;
}

static int larger_then_earlier(const void *x, const void *y)
{
    const ot__buffer *a = *(const ot__buffer *const *)x, *b = *(const ot__buffer *const *)y;
    if (a->bytes != b->bytes) return a->bytes > b->bytes ? -1 : 1;
    if (a->first != b->first) return a->first < b->first ? -1 : 1;
    return (a > b) - (a < b);
}

START_TEST(each_buffer_lies_at_the_lowest_place_that_larger_ones_leave)
{
    ot__buffer b[N];
    const ot__buffer *order[N];
    ot__plan plan;
    random_buffers(b, 200 + (uint32_t)_i, 1 + 3 * (uint32_t)_i);
    for (int i = 0; i < N; i++)
        order[i] = &b[i];
    ck_ok(ot__plan_memory(b, N, STEPS, &plan));
    qsort(order, N, sizeof *order, larger_then_earlier);
    for (int i = 0; i < N; i++)
        ck_assert_uint_eq(order[i]->at, lowest_free(order, i, order[i]));
}
END_TEST

START_TEST(buffers_of_one_size_need_no_more_than_the_bound)
{
    ot__buffer b[N];
    ot__plan plan;
    random_buffers(b, 100 + (uint32_t)_i, 1);
    ck_ok(ot__plan_memory(b, N, STEPS, &plan));
    ck_assert_uint_eq(plan.arena, plan.bound);
}
END_TEST

START_TEST(an_heir_lives_in_the_memory_of_its_giver)
{
    ot__buffer b[3] = {
        { .bytes = 640, .first = 0, .last = 4, .until = 4, .inside = -1 },
        { .bytes = 640, .first = 4, .last = 9, .until = 9, .inside = -1 },
        { .bytes = 640, .first = 9, .last = 12, .until = 12, .inside = -1 },
    };
    ot__plan plan;
    ot__plan_take_over(b, 0, 1);
    ot__plan_take_over(b, 1, 2);
    ck_assert_int_eq(b[0].last, 4);
    ck_assert_int_eq(b[0].until, 12);
    ck_ok(ot__plan_memory(b, 3, 12, &plan));
    ck_assert_uint_eq(plan.arena, 640);
    ck_assert(b[1].at == b[0].at && b[2].at == b[0].at);
}
END_TEST

TCase *plan_case(void)
{
    TCase *c = tcase_create("plan");
    tcase_add_loop_test(c, no_two_buffers_alive_together_overlap, 0, 10);
    tcase_add_loop_test(c, buffers_of_one_size_need_no_more_than_the_bound, 0, 10);
    tcase_add_loop_test(c, each_buffer_lies_at_the_lowest_place_that_larger_ones_leave, 0, 10);
    tcase_add_test(c, an_heir_lives_in_the_memory_of_its_giver);
    return c;
}
