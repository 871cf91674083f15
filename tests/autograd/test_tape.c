/* SPDX-License-Identifier: BSD-3-Clause
 * Recording: names, scopes, shapes and sticky errors. */
#include "autograd/tape.h"

#include <string.h>

#include "autograd/cases.h"

static ot_tape *t;

static void new_tape(void)
{
    t = ot_tape_new();
}

static void free_tape(void)
{
    ot_tape_free(t);
}

START_TEST(an_error_is_sticky_and_keeps_its_first_sentence)
{
    const ot_var x = ot_input(t, "x", OT_SHAPE(2, 3));
    const ot_var y = ot_input(t, "y", OT_SHAPE(2, 4));
    const ot_var bad = ot_mul(t, x, y);
    ck_assert_int_eq(bad.id, 0);
    ck_assert_int_eq(ot_tape_status(t), OT_ESHAPE);
    char first[512];
    strcpy(first, ot_tape_message(t));
    ck_assert_ptr_nonnull(strstr(first, "mul"));
    ck_assert_int_eq(ot_relu(t, bad).id, 0);
    ck_assert_int_eq(ot_relu(t, x).id, 0);
    ck_assert_int_eq(ot_input(t, "z", OT_SHAPE(0)).id, 0);
    ck_assert_str_eq(ot_tape_message(t), first);
    ot_program *p = NULL;
    ck_status(ot_compile(t, x, NULL, &p), OT_ESHAPE);
    ck_assert_ptr_null(p);
}
END_TEST

START_TEST(a_null_var_or_one_of_a_longer_tape_is_refused)
{
    ck_assert_int_eq(ot_relu(t, (ot_var){ 0 }).id, 0);
    ck_assert_int_eq(ot_tape_status(t), OT_EINVAL);
    free_tape();
    new_tape();
    ck_assert_int_eq(ot_relu(t, (ot_var){ 12 }).id, 0);
    ck_assert_int_eq(ot_tape_status(t), OT_EINVAL);
}
END_TEST

START_TEST(scopes_make_names)
{
    ot_scope_push(t, "blocks.%d", 3);
    ot_scope_push(t, "stages.1");
    const ot_var w = ot_param(t, "conv1.weight", OT_SHAPE(2), OT_ONES);
    ot_scope_pop(t);
    const ot_var v = ot_param(t, "step", OT_SCALAR, OT_ONES);
    ot_scope_pop(t);
    const ot_var u = ot_param(t, "bias", OT_SHAPE(2), OT_ZEROS);
    ck_assert_str_eq(ot__node_of(t, w)->name, "blocks.3.stages.1.conv1.weight");
    ck_assert_str_eq(ot__node_of(t, v)->name, "blocks.3.step");
    ck_assert_str_eq(ot__node_of(t, u)->name, "bias");
    ot_scope_pop(t);
    ck_assert_int_eq(ot_tape_status(t), OT_EINVAL);
}
END_TEST

START_TEST(two_leaves_cannot_share_a_name)
{
    ot_param(t, "w", OT_SHAPE(2), OT_ONES);
    ck_assert_int_eq(ot_param(t, "w", OT_SHAPE(3), OT_ONES).id, 0);
    ck_assert_int_eq(ot_tape_status(t), OT_EINVAL);
    ck_assert_ptr_nonnull(strstr(ot_tape_message(t), "w"));
}
END_TEST

static const ot_shape impossible[] = {
    { 1, { 0 } },
    { 2, { 3, -1 } },
    { 5, { 1 } },
    { -1, { 0 } },
    { 3, { 1 << 20, 1 << 20, 1 << 20 } },
};

START_TEST(impossible_shapes_are_refused)
{
    ck_assert_int_eq(ot_param(t, "w", impossible[_i], OT_ONES).id, 0);
    ck_assert_int_eq(ot_tape_status(t), OT_ESHAPE);
}
END_TEST

START_TEST(an_input_needs_a_batch)
{
    ck_assert_int_eq(ot_input(t, "x", OT_SCALAR).id, 0);
    ck_assert_int_eq(ot_tape_status(t), OT_ESHAPE);
}
END_TEST

START_TEST(operands_of_different_batches_are_refused)
{
    const ot_var logits = ot_input(t, "x", OT_SHAPE(4, 10));
    const ot_var labels = ot_labels(t, "labels", 5);
    ck_assert_int_eq(ot_softmax_xent(t, logits, labels).id, 0);
    ck_assert_int_eq(ot_tape_status(t), OT_ESHAPE);
}
END_TEST

START_TEST(a_var_has_its_shape_and_the_null_var_has_none)
{
    const ot_var x = ot_input(t, "x", OT_SHAPE(4, 5, 6, 7));
    ck_assert(ot__same_shape(ot_var_shape(t, x), OT_SHAPE(4, 5, 6, 7)));
    ck_assert_int_eq(ot_var_shape(t, (ot_var){ 0 }).rank, -1);
    ck_assert_int_eq(ot_var_shape(t, (ot_var){ 2 }).rank, -1);
    ck_assert_int_eq(ot_tape_length(t), 1);
    ck_assert_str_eq(ot__shape_text(OT_SHAPE(4, 5, 6, 7)), "(4,5,6,7)");
    ck_assert_str_eq(ot__shape_text(OT_SCALAR), "()");
    ck_assert(!ot__same_shape(OT_SHAPE(4, 5), OT_SHAPE(4)));
    ck_assert(ot_var_batched(t, x) && ot_var_batched(t, ot_relu(t, x)));
    ck_assert(!ot_var_batched(t, ot_mean(t, x)) && !ot_var_batched(t, (ot_var){ 0 }));
    ck_assert(!ot__same_shape(OT_SHAPE(4, 5), OT_SHAPE(4, 6)));
}
END_TEST

START_TEST(a_number_of_operands_that_no_record_has_is_refused)
{
    static const ot_op any = { .name = "any" };
    static const int numbers[] = { -1, OT__MOST_OPERANDS + 1 };
    static const ot_var in[OT__MOST_OPERANDS + 1];
    char says[80];
    ck_assert_int_eq(ot__record_op(t, &any, numbers[_i], in, NULL, 0).id, 0);
    ck_assert_int_eq(ot_tape_status(t), OT_EINVAL);
    snprintf(says, sizeof says, "any: %d operands; at most 256 are possible", numbers[_i]);
    ck_assert_str_eq(ot_tape_message(t), says);
}
END_TEST

START_TEST(a_tape_without_an_error_says_what_went_wrong_elsewhere)
{
    ck_status(ot__fail(OT_EIO, "the disk is full"), OT_EIO);
    ck_assert_int_eq(ot_tape_status(t), OT_OK);
    ck_assert_str_eq(ot_tape_message(t), "the disk is full");
}
END_TEST

TCase *tape_case(void)
{
    TCase *c = tcase_create("tape");
    tcase_add_checked_fixture(c, new_tape, free_tape);
    tcase_add_test(c, an_error_is_sticky_and_keeps_its_first_sentence);
    tcase_add_test(c, a_null_var_or_one_of_a_longer_tape_is_refused);
    tcase_add_test(c, scopes_make_names);
    tcase_add_test(c, two_leaves_cannot_share_a_name);
    tcase_add_loop_test(c, impossible_shapes_are_refused, 0,
                        (int)(sizeof impossible / sizeof impossible[0]));
    tcase_add_test(c, an_input_needs_a_batch);
    tcase_add_test(c, operands_of_different_batches_are_refused);
    tcase_add_test(c, a_var_has_its_shape_and_the_null_var_has_none);
    tcase_add_loop_test(c, a_number_of_operands_that_no_record_has_is_refused, 0, 2);
    tcase_add_test(c, a_tape_without_an_error_says_what_went_wrong_elsewhere);
    return c;
}
