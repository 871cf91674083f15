/* SPDX-License-Identifier: BSD-3-Clause */
#include <limits.h>

#include "api/misuse.h"

static const ot_var none = { 0 }, beyond = { 1000 };
#define TWO OT_SHAPE(2, 3)
#define IMAGE OT_SHAPE(2, 4, 4, 3)

static ot_var input(ot_tape *t)
{
    return ot_input(t, "x", TWO);
}

static ot_var image(ot_tape *t)
{
    return ot_input(t, "x", IMAGE);
}

static ot_var labels(ot_tape *t)
{
    return ot_labels(t, "labels", 2);
}

static ot_var param(ot_tape *t, ot_shape shape)
{
    return ot_param(t, "w", shape, OT_ZEROS);
}

static ot_var pop(ot_tape *t)
{
    ot_scope_pop(t);
    return input(t);
}

static ot_var push(ot_tape *t, const char *name)
{
    ot_scope_push(t, "%s", name);
    return input(t);
}

static ot_var stream(ot_tape *t, int n)
{
    ot_init_stream(t, n);
    return input(t);
}

/* Batch norm with one statistic in both roles, or with a parameter as one. */
static ot_var norm(ot_tape *t, bool twice, double momentum, double eps)
{
    const ot_var x = image(t), g = param(t, OT_SHAPE(3));
    const ot_var mean = ot_stat(t, "mean", OT_SHAPE(3), OT_ZEROS);
    const ot_var variance = ot_stat(t, "variance", OT_SHAPE(3), OT_ONES);
    return ot_batch_norm(t, x, g, g, mean, twice ? mean : variance, momentum, eps);
}

static ot_var group_norm(ot_tape *t, int groups, double eps)
{
    const ot_var g = param(t, OT_SHAPE(3));
    return ot_group_norm(t, image(t), g, g, groups, eps);
}

static ot_var long_name(ot_tape *t)
{
    static char name[200000];
    memset(name, 'a', sizeof name - 1);
    return ot_param(t, name, OT_SHAPE(3), OT_ZEROS);
}

START_TEST(the_machine_and_words_take_any_argument)
{
    REFUSES(ot_machine_peaks(NULL), "NULL");
    REFUSES(ot_set_threads(0), "threads");
    REFUSES(ot_set_threads(1 << 20), "threads");
    GIVES(strlen(ot_strerror((ot_status)99)) > 0);
    GIVES(strlen(ot_tier_name((ot_tier)9)) > 0);
    GIVES(ot_fail(OT_EIO, NULL) == OT_EIO && strcmp(ot_message(), ot_strerror(OT_EIO)) == 0);
    GIVES(ot_fail(OT_EIO, "%d\n", 7) == OT_EIO && strcmp(ot_message(), "7?") == 0);
    GIVES(ot_nearest(NULL, 0, NULL) == NULL);
    GIVES(ot_nearest("x", -1, NULL) == NULL);
    GIVES(ot_op_name(-1) == NULL && ot_op_name(10000) == NULL);
    GIVES(!ot_op_has_best(-1));
}
END_TEST

START_TEST(a_tape_that_is_missing_is_survived)
{
    SURVIVES(ot_tape_free(NULL));
    GIVES(ot_tape_status(NULL) == OT_EINVAL);
    GIVES(ot_tape_message(NULL) != NULL);
    GIVES(ot_tape_length(NULL) == 0);
    GIVES(ot_var_shape(NULL, none).rank == -1);
    GIVES(!ot_var_batched(NULL, none));
    GIVES(ot_tape_fail(NULL, OT_EINVAL, "x").id == 0);
    SURVIVES(ot_scope_push(NULL, "x"));
    SURVIVES(ot_scope_pop(NULL));
    SURVIVES(ot_init_stream(NULL, 1));
    SURVIVES(ot_block_rule(NULL, (ot_var){ 1 }, (ot_rule){ .lr = 1 }));
    SURVIVES(ot_param_rule(NULL, (ot_var){ 1 }, (ot_rule){ .lr = 1 }));
    GIVES(ot_input(NULL, "x", TWO).id == 0);
    GIVES(ot_labels(NULL, "x", 2).id == 0);
    GIVES(ot_param(NULL, "x", TWO, OT_ZEROS).id == 0);
    GIVES(ot_stat(NULL, "x", TWO, OT_ZEROS).id == 0);
    GIVES(ot_relu(NULL, none).id == 0);
    GIVES(ot_op_example(0, NULL, 0).id == 0);
    GIVES(ot_op_example(-1, NULL, 0).id == 0);
}
END_TEST

START_TEST(a_leaf_has_a_name_that_files_can_hold_and_a_shape)
{
    POISONS(ot_input(t, NULL, TWO), "name");
    POISONS(ot_input(t, "", TWO), "name");
    POISONS(ot_param(t, "a\nb", TWO, OT_ZEROS), "name");
    POISONS(ot_stat(t, "\xff", TWO, OT_ZEROS), "name");
    POISONS(ot_labels(t, "\x1b[31m", 2), "name");
    POISONS(long_name(t), "name");
    POISONS(push(t, ""), "name");
    POISONS(push(t, "a\nb"), "name");
    POISONS(ot_param(t, "w", TWO, ((ot_init){ (ot_init_kind)7, 0, 0 })), "initial");
    POISONS(ot_param(t, "w", TWO, ((ot_init){ OT_INIT_NORMAL, -1, 0 })), "deviation");
    POISONS(ot_param(t, "w", TWO, ((ot_init){ OT_INIT_CONSTANT, NAN, 0 })), "initial");
    POISONS(ot_param(t, "w", TWO, ot_init_uniform(0.5, 0.25)), "largest");
    POISONS(ot_param(t, "w", TWO, ot_init_uniform(-INFINITY, 0)), "least");
    POISONS(ot_param(t, "w", TWO, ot_init_uniform(0, 1e39)), "largest");
    POISONS(ot_param(t, "w", TWO, ot_init_uniform(NAN, 1)), "least");
    POISONS(ot_param(t, "w", TWO, ot_init_uniform(0, NAN)), "largest");
    POISONS(ot_param(t, "w", TWO, ot_init_truncated(-1)), "deviation");
    POISONS(ot_param(t, "w", TWO, ot_init_truncated(NAN)), "deviation");
    POISONS((input(t), input(t)), "already");
    POISONS(stream(t, -1), "stream");
    POISONS(pop(t), "scope");
    POISONS(ot_tape_fail(t, OT_OK, "no error"), "status");
    POISONS(ot_tape_fail(t, (ot_status)99, "no error"), "status");
    POISONS(ot_param(t, "w", TWO, ot_init_xavier_normal(0, 0)), "deviation");
    POISONS(ot_param(t, "w", TWO, ot_init_xavier_uniform(-3, 2)), "least");
    GIVES(ot_init_he(9).value > 0);
    GIVES(ot_init_uniform(2, 3).high == 3);
    GIVES(ot_init_truncated(2).value == 2);
}
END_TEST

START_TEST(an_op_refuses_vars_that_are_not_of_its_tape)
{
    POISONS(ot_relu(t, none), "relu");
    POISONS(ot_relu(t, beyond), "relu");
    POISONS(ot_relu(t, ((ot_var){ -5 })), "relu");
    POISONS(ot_mul(t, input(t), beyond), "mul");
    POISONS(ot_scale(t, beyond, none), "scale");
    POISONS(ot_linear(t, beyond, none, none), "linear");
    POISONS(ot_global_avg_pool(t, none), "global_avg_pool");
    POISONS(ot_conv2d(t, none, none, 1, 1), "conv2d");
    POISONS(ot_sum(t, none), "sum");
    POISONS(ot_mean(t, beyond), "mean");
    POISONS(ot_softmax_xent(t, none, none), "softmax_xent");
    POISONS(ot_softmax_xent_with(t, none, none, NULL), "softmax_xent");
    POISONS(ot_batch_norm(t, none, none, none, none, none, 0.1, 1e-5), "batch_norm");
}
END_TEST

START_TEST(an_op_refuses_labels_as_numbers_and_numbers_as_labels)
{
    POISONS(ot_relu(t, labels(t)), "labels");
    POISONS(ot_sum(t, labels(t)), "labels");
    POISONS(ot_mean(t, labels(t)), "labels");
    POISONS(ot_mul(t, input(t), labels(t)), "labels");
    POISONS(ot_lincomb(t, 1, (ot_coef[]){ { 2, none } }, (ot_var[]){ labels(t) }), "labels");
    POISONS(ot_softmax_xent(t, input(t), param(t, OT_SHAPE(2))), "labels");
}
END_TEST

START_TEST(an_op_refuses_numbers_out_of_range)
{
    SURVIVES(ot_solvable(NULL, (ot_var){ 1 }, (ot_var){ 2 }));
    POISONS((ot_solvable(t, none, none), none), "solvable");
    POISONS((ot_solvable(t, (ot_var){ 9 }, (ot_var){ 10 }), none), "solvable");
    POISONS((ot_solvable(t, input(t), (ot_var){ 1 }), none), "solvable");
    POISONS(ot_lincomb(t, 0, NULL, NULL), "lincomb");
    POISONS(ot_lincomb(t, -1, NULL, NULL), "lincomb");
    POISONS(ot_lincomb(t, 1, NULL, NULL), "lincomb");
    POISONS(ot_lincomb(t, 1, (ot_coef[]){ { NAN, none } }, (ot_var[]){ input(t) }), "nan");
    POISONS(ot_lincomb(t, 1, (ot_coef[]){ { INFINITY, none } }, (ot_var[]){ input(t) }), "inf");
    POISONS(ot_conv2d(t, image(t), param(t, OT_SHAPE(3, 3, 3, 3)), 0, 1), "stride");
    POISONS(ot_conv2d(t, image(t), param(t, OT_SHAPE(3, 3, 3, 3)), 1, -1), "pad");
    POISONS(ot_avg_pool(t, image(t), 0, 2), "size");
    POISONS(ot_avg_pool(t, image(t), 1, 0), "stride");
    POISONS(ot_max_pool(t, image(t), 17, 2, 0, false), "size");
    POISONS(ot_max_pool(t, image(t), 1, 0, 0, false), "stride");
    POISONS(ot_max_pool(t, image(t), 2, 2, -1, false), "pad");
    POISONS(ot_max_pool(t, image(t), 2, 2, 2, true), "pad");
    POISONS(ot_channels(t, image(t), 1, 1), "channels");
    POISONS(ot_channels(t, image(t), INT_MIN, 0), "channels");
    POISONS(ot_concat(t, 0, NULL), "concat");
    POISONS(ot_concat(t, 129, NULL), "concat");
    POISONS(ot_concat(t, 1, NULL), "concat");
    POISONS(ot_conv2d_transpose(t, image(t), param(t, OT_SHAPE(3, 3, 3, 3)), 0, 1, 4, 4), "stride");
    POISONS(ot_conv2d_transpose(t, image(t), param(t, OT_SHAPE(3, 3, 3, 3)), 1, 1, INT_MIN, 4),
            "height");
    POISONS(ot_fill(t, image(t), (ot_coef){ .value = NAN }), "finite");
    POISONS(ot_fill(t, image(t), (ot_coef){ 1, beyond }), "fill");
    POISONS(group_norm(t, INT_MIN, 1e-5), "groups");
    POISONS(group_norm(t, 1, NAN), "eps");
    POISONS(ot_layer_norm(t, image(t), param(t, OT_SHAPE(3)), none, -1), "layer_norm");
    POISONS(ot_pixel_norm(t, beyond, none, none, INFINITY), "pixel_norm");
    POISONS(ot_attention(t, image(t), 0), "heads");
    POISONS(ot_attention(t, image(t), INT_MIN), "heads");
    POISONS(ot_map(t, input(t), NULL), "value");
    POISONS(ot_map(t, input(t), &(ot_function){ .kinks = 1 }), "value");
    POISONS(norm(t, true, 0.1, 1e-5), "statistic");
    POISONS(norm(t, false, NAN, 1e-5), "momentum");
    POISONS(norm(t, false, 2, 1e-5), "momentum");
    POISONS(norm(t, false, 0.1, 0), "eps");
    POISONS(norm(t, false, 0.1, NAN), "eps");
}
END_TEST

TCase *tapes_case(void)
{
    TCase *c = tcase_create("tapes");
    tcase_add_test(c, the_machine_and_words_take_any_argument);
    tcase_add_test(c, a_tape_that_is_missing_is_survived);
    tcase_add_test(c, a_leaf_has_a_name_that_files_can_hold_and_a_shape);
    tcase_add_test(c, an_op_refuses_vars_that_are_not_of_its_tape);
    tcase_add_test(c, an_op_refuses_labels_as_numbers_and_numbers_as_labels);
    tcase_add_test(c, an_op_refuses_numbers_out_of_range);
    return c;
}
