/* SPDX-License-Identifier: BSD-3-Clause
 * Programs: what ot_compile refuses, unused branches, memory, batches and costs. */
#include <stdlib.h>
#include <string.h>

#include "autograd/cases.h"
#include "autograd/program.h"
#include "base/memory.h"

static ot_tape *t;

static void new_tape(void)
{
    t = ot_tape_new();
}

static void free_tape(void)
{
    ot_tape_free(t);
}

/* conv - relu - conv - relu ... with a residual around each pair, and a loss. */
static ot_var small_net(int pairs)
{
    const ot_coef ones[] = { { .value = 1 }, { .value = 1 } };
    ot_var x = ot_input(t, "x", OT_SHAPE(2, 6, 6, 4));
    for (int i = 0; i < pairs; i++) {
        ot_scope_push(t, "%d", i);
        const ot_var w = ot_param(t, "w", OT_SHAPE(4, 4, 3, 3), ot_init_he(36));
        const ot_var v = ot_param(t, "v", OT_SHAPE(4, 4, 3, 3), ot_init_he(36));
        const ot_var k = ot_conv2d(t, ot_relu(t, ot_conv2d(t, x, w, 1, 1)), v, 1, 1);
        x = ot_lincomb(t, 2, ones, (ot_var[]){ x, k });
        ot_scope_pop(t);
    }
    return ot_mean(t, ot_mul(t, x, x));
}

START_TEST(what_cannot_be_compiled_says_why)
{
    ot_program *p = NULL;
    const ot_var l = small_net(1);
    ck_status(ot_compile(t, (ot_var){ 0 }, NULL, &p), OT_EINVAL);
    ck_status(ot_compile(t, (ot_var){ 999 }, NULL, &p), OT_EINVAL);
    ck_status(ot_compile(t, (ot_var){ 1 }, NULL, &p), OT_EINVAL); /* a leaf */
    ck_status(ot_compile(t, l, &(ot_compile_opts){ .batch = -1 }, &p), OT_EINVAL);
    ck_status(ot_compile(t, l, &(ot_compile_opts){ .tier = OT_TIER_REFERENCE }, &p), OT_EINVAL);
    ck_assert_ptr_nonnull(strstr(ot_message(), "OT_F64"));
    const ot_var none = { 0 };
    ck_status(ot_compile(t, l, &(ot_compile_opts){ .n_keep = 1, .keep = &none }, &p), OT_EINVAL);
    ck_assert_ptr_null(p);
}
END_TEST

START_TEST(kernels_that_are_asked_for_by_a_wrong_name_are_refused)
{
    ot_program *p = NULL;
    const ot_var l = small_net(1);
    ck_assert_int_eq(setenv("ODETAPE_KERNELS", "fast", 1), 0);
    ck_status(ot_compile(t, l, NULL, &p), OT_EINVAL);
    ck_assert_ptr_nonnull(strstr(ot_message(), "'fast'"));
    ck_ok(ot_compile(t, l, &(ot_compile_opts){ .tier = OT_TIER_PORTABLE }, &p));
    ot_program_free(p);
    ck_assert_int_eq(unsetenv("ODETAPE_KERNELS"), 0);
}
END_TEST

START_TEST(an_unused_branch_is_not_run)
{
    ot_program *p = NULL, *with = NULL;
    const ot_var l = small_net(1);
    const ot_var aside = ot_relu(t, ot_param(t, "aside", OT_SHAPE(3), OT_ONES));
    ck_ok(ot_compile(t, l, NULL, &p));
    ck_ok(ot_compile(t, l, &(ot_compile_opts){ .n_keep = 1, .keep = &aside }, &with));
    ck_assert_int_eq(ot_program_describe(with).calls, ot_program_describe(p).calls + 1);
    ot_program_free(p);
    ot_program_free(with);
}
END_TEST

START_TEST(forward_only_memory_does_not_grow_with_depth)
{
    size_t arena[2];
    for (int i = 0; i < 2; i++) {
        ot_program *p = NULL;
        free_tape();
        new_tape();
        const ot_var l = small_net(i ? 20 : 2);
        ck_ok(ot_compile(t, l, &(ot_compile_opts){ .forward_only = true }, &p));
        arena[i] = ot_program_describe(p).arena_bytes;
        ot_program_free(p);
    }
    ck_assert_uint_eq(arena[0], arena[1]);
}
END_TEST

START_TEST(the_peak_is_arena_scratch_and_parameters)
{
    ot_program *p = NULL;
    const ot_var w = ot_param(t, "w", OT_SHAPE(4, 4, 3, 3), OT_ONES);
    const ot_var y = ot_conv2d(t, ot_input(t, "x", OT_SHAPE(2, 8, 8, 4)), w, 1, 1);
    ck_ok(ot_compile(t, y, &(ot_compile_opts){ .tier = OT_TIER_PORTABLE }, &p));
    const ot_program_info info = ot_program_describe(p);
    ck_assert_uint_gt(info.scratch_bytes, 0);
    ck_assert_uint_ge(info.params_bytes, 2 * 4 * 4 * 9 * sizeof(float)); /* and their gradients */
    ck_assert_uint_eq(info.peak_bytes, info.arena_bytes + info.scratch_bytes + info.params_bytes);
    ot_program_free(p);
}
END_TEST

START_TEST(a_relu_writes_over_its_operand_and_its_gradient)
{
    ot_program *p = NULL;
    const ot_var l = small_net(1);
    ck_ok(ot_compile(t, l, NULL, &p));
    for (int s = 0; s < p->n_forward; s++) {
        const ot__record *r = &ot__program_node(p, p->step[s].id)->record;
        if (strcmp(r->op->name, "relu") != 0) continue;
        const ot__place *x = &p->place[r->in[0].id], *y = &p->place[p->step[s].id];
        ck_assert_uint_eq(p->buffer[x->y].at, p->buffer[y->y].at);
        ck_assert_uint_eq(p->buffer[x->gy].at, p->buffer[y->gy].at);
        ot_program_free(p);
        return;
    }
    ck_abort_msg("no relu in the program");
}
END_TEST

START_TEST(the_batch_may_differ_from_the_recorded_one)
{
    ot_program *p = NULL;
    const ot_var l = small_net(1);
    ck_ok(ot_compile(t, l, &(ot_compile_opts){ .batch = 7 }, &p));
    ck_assert_int_eq(ot_program_describe(p).batch, 7);
    memset(ot_program_input(p, (ot_var){ 1 }), 0, 7 * 6 * 6 * 4 * sizeof(float));
    ck_ok(ot_forward(p, 7));
    ck_ok(ot_backward(p, NULL, false));
    ot_program_free(p);
}
END_TEST

START_TEST(flops_are_those_of_one_image_whatever_the_batch)
{
    ot_program *one = NULL, *many = NULL;
    const ot_var l = small_net(1);
    ck_ok(ot_compile(t, l, &(ot_compile_opts){ .batch = 1 }, &one));
    ck_ok(ot_compile(t, l, &(ot_compile_opts){ .batch = 16 }, &many));
    const double flops = ot_program_describe(one).flops_forward;
    ck_assert(flops == ot_program_describe(many).flops_forward);
    /* Two convs of 6*6*4*4*9 multiply-adds, and little else. */
    ck_assert_double_ge(flops, 2 * 2 * 36 * 16 * 9.0);
    ck_assert_double_le(flops, 1.2 * 2 * 2 * 36 * 16 * 9.0);
    ot_program_free(one);
    ot_program_free(many);
}
END_TEST

START_TEST(every_failed_allocation_is_reported_and_leaks_nothing)
{
    const ot_var l = small_net(2);
    for (int persistent = 0; persistent < 2; persistent++) {
        for (long n = 1;; n++) {
            ot_program *p = NULL;
            ot__fail_allocation(n, persistent);
            const ot_status status = ot_compile(t, l, NULL, &p);
            ot__fail_allocation(0, 0);
            ot_program_free(p);
            if (status == OT_OK) break;
            ck_assert_int_eq(status, OT_ENOMEM);
            ck_assert_ptr_null(p);
            ck_assert_int_lt(n, 1000);
        }
    }
}
END_TEST

START_TEST(recording_survives_every_failed_allocation)
{
    free_tape();
    for (long n = 1;; n++) {
        ot__fail_allocation(n, 1);
        t = ot_tape_new();
        if (t) small_net(1);
        ot__fail_allocation(0, 0);
        const ot_status status = t ? ot_tape_status(t) : OT_ENOMEM;
        ot_tape_free(t);
        t = NULL;
        if (status == OT_OK) break;
        ck_assert_int_eq(status, OT_ENOMEM);
        ck_assert_int_lt(n, 1000);
    }
}
END_TEST

TCase *compile_case(void)
{
    TCase *c = tcase_create("compile");
    tcase_add_checked_fixture(c, new_tape, free_tape);
    tcase_add_test(c, what_cannot_be_compiled_says_why);
    tcase_add_test(c, kernels_that_are_asked_for_by_a_wrong_name_are_refused);
    tcase_add_test(c, an_unused_branch_is_not_run);
    tcase_add_test(c, forward_only_memory_does_not_grow_with_depth);
    tcase_add_test(c, the_peak_is_arena_scratch_and_parameters);
    tcase_add_test(c, a_relu_writes_over_its_operand_and_its_gradient);
    tcase_add_test(c, the_batch_may_differ_from_the_recorded_one);
    tcase_add_test(c, flops_are_those_of_one_image_whatever_the_batch);
    tcase_add_test(c, every_failed_allocation_is_reported_and_leaks_nothing);
    tcase_add_test(c, recording_survives_every_failed_allocation);
    return c;
}
