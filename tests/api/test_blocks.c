/* SPDX-License-Identifier: BSD-3-Clause
 * The context of a block and the tables of parts.  A scheme of this file calls one function wrongly
 * while a network is recorded: the network is refused with what the function says. */
#include "api/misuse.h"

/* ---- a call within a block ---- */

typedef ot_var call_in_block(ot_block *b, ot_var x);
static call_in_block *called;

static ot_state step(ot_block *b, ot_state in)
{
    const ot_var y = called(b, in.v[0]);
    return ot_state_of(1, &y);
}

static const ot_scheme_kind wrong = { .about.name = "wrong", .evaluations = 1, .step = step };

#define IN_BLOCK(name, call)                                                                       \
    static ot_var name(ot_block *b, ot_var x)                                                      \
    {                                                                                              \
        (void)x;                                                                                   \
        return call;                                                                               \
    }

static char long_name[300];
static const double weight[2] = { 1, NAN };
static const ot_init not_finite = { .kind = OT_INIT_NORMAL, .value = NAN };
static const ot_conv_opts no_number = { .bias = OT_BIAS_ALWAYS, .init = &not_finite };

IN_BLOCK(param_without_name, ot_block_param(b, NULL, OT_SCALAR, OT_ZEROS))
IN_BLOCK(param_of_no_shape, ot_block_param(b, "w", OT_SHAPE(0), OT_ZEROS))
IN_BLOCK(stat_without_name, ot_block_stat(b, NULL, OT_SCALAR, OT_ZEROS))
IN_BLOCK(conv_without_name, ot_block_conv(b, NULL, x, 3, 4, 1))
IN_BLOCK(conv_with_long_name, ot_block_conv(b, long_name, x, 3, 4, 1))
IN_BLOCK(conv_of_no_size, ot_block_conv(b, "conv", x, 0, 4, 1))
IN_BLOCK(conv_of_no_channels, ot_block_conv(b, "conv", x, 3, 0, 1))
IN_BLOCK(conv_of_no_stride, ot_block_conv(b, "conv", x, 3, 4, 0))
IN_BLOCK(conv_of_no_var, ot_block_conv(b, "conv", (ot_var){ 99999 }, 3, 4, 1))
IN_BLOCK(norm_without_name, ot_block_norm(b, NULL, x))
IN_BLOCK(norm_of_no_var, ot_block_norm(b, "bn", (ot_var){ 99999 }))
IN_BLOCK(linear_without_name, ot_block_linear(b, "", x, 3))
IN_BLOCK(linear_of_images, ot_block_linear(b, "fc", x, 3))
IN_BLOCK(linear_of_no_features, ot_block_linear(b, "fc", x, 0))
IN_BLOCK(conv_with_of_no_init, ot_block_conv_with(b, "conv", x, 3, 4, 1, &no_number))
IN_BLOCK(conv_with_without_name, ot_block_conv_with(b, NULL, x, 3, 4, 1, NULL))
IN_BLOCK(linear_of_no_init, ot_block_linear_with(b, "fc", x, 3, no_number.init))
IN_BLOCK(norm_with_rules_without_name, ot_block_norm_with(b, NULL, x, NULL))
IN_BLOCK(shift_without_name, ot_block_shift(b, NULL, x, (ot_rule){ .lr = 1 }))
IN_BLOCK(shift_of_no_var, ot_block_shift(b, "b", (ot_var){ 99999 }, (ot_rule){ .lr = 1 }))
IN_BLOCK(eval_of_a_foreign_f, ot_block_eval(b, x, &(ot_eval_opts){ .record = conv_of_no_size }))
IN_BLOCK(eval_of_no_var, ot_block_eval(b, (ot_var){ 99999 }, NULL))
IN_BLOCK(eval_of_a_scalar, ot_block_eval(b, ot_sum(ot_block_tape(b), x), NULL))
IN_BLOCK(eval_of_no_set, ot_block_eval(b, x, &(ot_eval_opts){ .set = -1 }))
IN_BLOCK(eval_of_no_time, ot_block_eval(b, x, &(ot_eval_opts){ .set = 1, .channels = -1 }))
IN_BLOCK(time_of_a_scheme, ot_block_time(b))
IN_BLOCK(sum_of_nothing, ot_block_sum(b, x, 0, weight, &x, 1))
IN_BLOCK(sum_of_too_much, ot_block_sum(b, x, 129, weight, &x, 1))
IN_BLOCK(sum_without_weights, ot_block_sum(b, x, 1, NULL, &x, 1))
IN_BLOCK(sum_without_terms, ot_block_sum(b, x, 1, weight, NULL, 1))
IN_BLOCK(sum_of_no_number, ot_block_sum(b, x, 2, weight, (const ot_var[]){ x, x }, 0))
IN_BLOCK(sum_of_no_power, ot_block_sum(b, x, 1, weight, &x, -1))
IN_BLOCK(sum_of_no_var, ot_block_sum(b, (ot_var){ 99999 }, 1, weight, &x, 1))

#define ROW(call, part)                                                                            \
    {                                                                                              \
        call, #call, part                                                                          \
    }
static const struct {
    call_in_block *call;
    const char *name, *part;
} rows[] = {
    ROW(param_without_name, "name"),
    ROW(param_of_no_shape, "w"),
    ROW(stat_without_name, "name"),
    ROW(conv_without_name, "conv: the name is ''"),
    ROW(conv_with_long_name, "conv: the name is 'aaa"),
    ROW(conv_of_no_size, "conv"),
    ROW(conv_of_no_channels, "conv"),
    ROW(conv_of_no_stride, "stride"),
    ROW(conv_of_no_var, "conv"),
    ROW(norm_without_name, "norm: the name is ''"),
    ROW(norm_of_no_var, "batch_norm"),
    ROW(linear_without_name, "linear: the name is ''"),
    ROW(linear_of_images, "linear"),
    ROW(linear_of_no_features, "fc"),
    ROW(conv_with_of_no_init, "conv"),
    ROW(conv_with_without_name, "conv: the name is ''"),
    ROW(linear_of_no_init, "fc"),
    ROW(norm_with_rules_without_name, "norm: the name is ''"),
    ROW(shift_without_name, "name"),
    ROW(shift_of_no_var, ""),
    ROW(eval_of_a_foreign_f, "OT_SCHEME_OWN_F"),
    ROW(eval_of_no_var, ""),
    ROW(eval_of_a_scalar, ""),
    ROW(eval_of_no_set, "set of weights -1"),
    ROW(eval_of_no_time, "-1 channels"),
    ROW(time_of_a_scheme, "only a sub-net"),
    ROW(sum_of_nothing, "0 terms"),
    ROW(sum_of_too_much, "129 terms"),
    ROW(sum_without_weights, "1 to 128 terms"),
    ROW(sum_without_terms, "1 to 128 terms"),
    ROW(sum_of_no_number, "finite"),
    ROW(sum_of_no_power, "power -1"),
    ROW(sum_of_no_var, ""),
};

START_TEST(a_block_refuses_what_cannot_be_recorded)
{
    ot_net *net = NULL;
    memset(long_name, 'a', sizeof long_name - 1);
    if (!ot_scheme_find("wrong")) ck_ok(ot_register_scheme(&wrong));
    called = rows[_i].call;
    const ot_status status = ot_net_new(
        &(ot_net_opts){ .blocks = "wrong x1", .width = 4, .image = 8, .batch = 2 }, &net);
    ck_assert_msg(status == OT_EINVAL || status == OT_ESHAPE, "%s: %s", rows[_i].name,
                  ot_strerror(status));
    ck_assert_msg(strlen(ot_message()) > 10 && strstr(ot_message(), rows[_i].part),
                  "%s: '%s' does not say '%s'", rows[_i].name, ot_message(), rows[_i].part);
    ck_assert_ptr_null(net);
}
END_TEST

/* ---- no block ---- */

START_TEST(questions_to_no_block_have_answers)
{
    const ot_var x = { 1 };
    GIVES(ot_block_tape(NULL) == NULL);
    GIVES(ot_block_scheme(NULL) == NULL);
    GIVES(ot_block_attributes(NULL) == NULL);
    GIVES(ot_block_index(NULL) == -1);
    GIVES(ot_block_position(NULL) == -1);
    GIVES(ot_block_evaluations(NULL) == 0);
    GIVES(ot_block_evaluation(NULL) == -1);
    GIVES(ot_block_count(NULL) == 0);
    GIVES(ot_block_level(NULL, 0).id == 0);
    GIVES(ot_block_step(NULL) != NULL); /* never NULL */
    GIVES(ot_block_channels(NULL) == 0);
    GIVES(ot_block_stride(NULL) == 0);
    GIVES(!ot_block_is_bare(NULL));
    GIVES(ot_block_time(NULL).id == 0);
    GIVES(ot_block_momentum(NULL, 0.1) == 0);
    GIVES(ot_block_shortcut(NULL, x).id == 0);
    GIVES(ot_block_eval(NULL, x, NULL).id == 0);
    GIVES(ot_block_sum(NULL, x, 1, weight, &x, 1).id == 0);
    GIVES(ot_block_param(NULL, "w", OT_SCALAR, OT_ZEROS).id == 0);
    GIVES(ot_block_stat(NULL, "s", OT_SCALAR, OT_ZEROS).id == 0);
    GIVES(ot_block_conv(NULL, "conv", x, 3, 4, 1).id == 0);
    GIVES(ot_block_conv_with(NULL, "conv", x, 3, 4, 1, NULL).id == 0);
    GIVES(ot_block_norm(NULL, "bn", x).id == 0);
    GIVES(ot_block_norm_with(NULL, "bn", x, NULL).id == 0);
    GIVES(ot_block_shift(NULL, "b", x, (ot_rule){ .lr = 1 }).id == 0);
    GIVES(ot_block_linear(NULL, "fc", x, 4).id == 0);
    GIVES(ot_block_linear_with(NULL, "fc", x, 4, NULL).id == 0);
    GIVES(ot_scheme_table(NULL) == NULL);
}
END_TEST

START_TEST(a_state_of_a_wrong_number_of_vars_is_empty)
{
    const ot_var v[OT_STATE_MOST + 1] = { { 1 } };
    GIVES(ot_state_of(0, v).n == 0);
    GIVES(ot_state_of(-1, v).n == 0);
    GIVES(ot_state_of(OT_STATE_MOST + 1, v).n == 0);
    GIVES(ot_state_of(1, NULL).n == 0);
}
END_TEST

/* ---- tables and systems ---- */

static ot_var same(ot_block *b, ot_var x)
{
    (void)b;
    return x;
}

START_TEST(registries_refuse_what_is_no_table)
{
    REFUSES(ot_register_scheme(NULL), "NULL");
    REFUSES(ot_register_subnet(NULL), "NULL");
    REFUSES(ot_register_branch(NULL), "NULL");
    REFUSES(ot_register_down(NULL), "NULL");
    REFUSES(ot_register_source(NULL), "NULL");
    REFUSES(ot_register_source(&(ot_source_kind){ 0 }), "open is missing");
    REFUSES(ot_register_scheme(&(ot_scheme_kind){ 0 }), "step is missing");
    REFUSES(ot_register_subnet(&(ot_subnet_kind){ 0 }), "record is missing");
    REFUSES(ot_register_branch(&(ot_branch_kind){ 0 }), "record is missing");
    REFUSES(ot_register_down(&(ot_down_kind){ 0 }), "inside and between");
    REFUSES(ot_register_subnet(&(ot_subnet_kind){ .record = same }), "cannot be called ''");
    REFUSES(ot_register_down(&(ot_down_kind){ .inside = same }), "cannot be called ''");
}
END_TEST

START_TEST(systems_that_do_not_exist_are_refused)
{
    REFUSES(ot_system_apply(NULL), "NULL");
    REFUSES(ot_system_check(NULL, NULL, NULL, NULL), "NULL");
    REFUSES(ot_system_apply(&(ot_net_opts){ .system = "resnet21" }), "did you mean");
    GIVES(ot_system_at(-1) == NULL && ot_system_at(10000) == NULL);
    GIVES(ot_system_find(NULL) == NULL && ot_system_find("") == NULL);
}
END_TEST

START_TEST(a_network_of_a_tape_needs_the_tape_and_its_vars)
{
    ot_net *net = NULL;
    ot_tape *const t = ot_tape_new();
    const ot_net_vars none = { .images = { 0 } };
    const ot_net_vars beyond = {
        .images = { 99 }, .labels = { 98 }, .logits = { 97 }, .loss = { -5 }
    };
    REFUSES(ot_net_of_tape(NULL, &none, &net), "NULL");
    REFUSES(ot_net_of_tape(t, NULL, &net), "NULL");
    REFUSES(ot_net_of_tape(t, &none, NULL), "NULL");
    REFUSES(ot_net_of_tape(t, &none, &net), "images");
    REFUSES(ot_net_of_tape(t, &beyond, &net), "images");
    ot_tape_free(t);
}
END_TEST

TCase *blocks_case(void)
{
    TCase *c = tcase_create("blocks");
    tcase_add_loop_test(c, a_block_refuses_what_cannot_be_recorded, 0,
                        (int)(sizeof rows / sizeof rows[0]));
    tcase_add_test(c, questions_to_no_block_have_answers);
    tcase_add_test(c, a_state_of_a_wrong_number_of_vars_is_empty);
    tcase_add_test(c, registries_refuse_what_is_no_table);
    tcase_add_test(c, systems_that_do_not_exist_are_refused);
    tcase_add_test(c, a_network_of_a_tape_needs_the_tape_and_its_vars);
    return c;
}
