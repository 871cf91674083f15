/* SPDX-License-Identifier: BSD-3-Clause
 * Schemes, sub-nets and branches of the user's own that return what they must not, or contain
 * themselves: each is a sentence that names the reason and what works. */
#include <stdio.h>
#include <string.h>

#include "models/cases.h"

/* ---- schemes of the user's own ---- */

static ot_state none(ot_block *b, ot_state in)
{
    (void)b, (void)in;
    return (ot_state){ .n = 0 };
}

static ot_state nine(ot_block *b, ot_state in)
{
    (void)b;
    in.n = OT_STATE_MOST + 1;
    return in;
}

static ot_state negative(ot_block *b, ot_state in)
{
    (void)b;
    in.n = -1;
    return in;
}

static ot_state null_var(ot_block *b, ot_state in)
{
    (void)b;
    in.n = 2;
    in.v[1] = (ot_var){ 0 };
    return in;
}

static ot_state wild_var(ot_block *b, ot_state in)
{
    (void)b;
    in.v[0] = (ot_var){ 123456 };
    return in;
}

static ot_state negative_var(ot_block *b, ot_state in)
{
    (void)b;
    in.v[0] = (ot_var){ -7 };
    return in;
}

static ot_state scalar(ot_block *b, ot_state in)
{
    in.v[0] = ot_sum(ot_block_tape(b), in.v[0]);
    return in;
}

static ot_state narrow(ot_block *b, ot_state in)
{
    in.v[0] = ot_channels(ot_block_tape(b), in.v[0], 0, 1);
    return in;
}

static ot_state no_change(ot_block *b, ot_state in)
{
    const ot_var f = ot_block_eval(b, in.v[0], NULL);
    return ot_state_of(1, &f);
}

/* Evaluates one f twice, where the first evaluation changes the shape. */
static ot_state twice(ot_block *b, ot_state in)
{
    const ot_eval_opts same = { .set = 1 };
    const ot_var f = ot_block_eval(b, ot_block_eval(b, in.v[0], &same), &same);
    return ot_state_of(1, &f);
}

static ot_state wrong_set(ot_block *b, ot_state in)
{
    const ot_var f = ot_block_eval(b, in.v[0], &(ot_eval_opts){ .set = 9 });
    return ot_state_of(1, &f);
}

static ot_state wrong_channels(ot_block *b, ot_state in)
{
    const ot_var f = ot_block_eval(b, in.v[0], &(ot_eval_opts){ .channels = -4 });
    return ot_state_of(1, &f);
}

static ot_state fails(ot_block *b, ot_state in)
{
    ot_tape_fail(ot_block_tape(b), OT_EINVAL, "the scheme has its own reason");
    return in;
}

static ot_state too_many(ot_block *b, ot_state in)
{
    ot_var v[OT_STATE_MOST + 1];
    (void)b;
    for (int i = 0; i <= OT_STATE_MOST; i++)
        v[i] = in.v[0];
    return ot_state_of(OT_STATE_MOST + 1, v);
}

static ot_state no_sum(ot_block *b, ot_state in)
{
    const ot_var y = ot_block_sum(b, in.v[0], 0, NULL, NULL, 1);
    return ot_state_of(1, &y);
}

static ot_state null_enter(ot_block *b, ot_var x)
{
    (void)b, (void)x;
    return (ot_state){ .n = 3 };
}

static ot_var null_leave(ot_block *b, ot_state out)
{
    (void)b, (void)out;
    return (ot_var){ 0 };
}

static ot_var bad_leave(ot_block *b, ot_state out)
{
    return ot_mean(ot_block_tape(b), out.v[0]);
}

static const struct {
    ot_state (*step)(ot_block *b, ot_state in);
    ot_state (*enter)(ot_block *b, ot_var x);
    ot_var (*leave)(ot_block *b, ot_state out);
    const char *levels;
    ot_status status;
    const char *sentence[2];
} wrong[] = {
    { none, .status = OT_EINVAL,
      .sentence = { "mine: step returned a state of 0 vars", "1 to 8" } },
    { nine, .status = OT_EINVAL, .sentence = { "a state of 9 vars", "1 to 8" } },
    { negative, .status = OT_EINVAL, .sentence = { "a state of -1 vars", "1 to 8" } },
    { too_many, .status = OT_EINVAL, .sentence = { "a state of 0 vars", "1 to 8" } },
    { null_var, .status = OT_EINVAL, .sentence = { "a state of 2 vars, of which one is null" } },
    { wild_var, .status = OT_ESHAPE, .sentence = { "mine: block 0", "must be (2,8,8,4)" } },
    { negative_var, .status = OT_ESHAPE, .sentence = { "mine: block 0", "must be (2,8,8,4)" } },
    { scalar, .status = OT_ESHAPE, .sentence = { "mine: block 0", "must be (2,8,8,4)" } },
    { narrow, .status = OT_ESHAPE, .sentence = { "mine: block 0", "must be (2,8,8,4)" } },
    { twice, .levels = "4,6:2", .status = OT_ESHAPE,
      .sentence = { "shared by evaluations of different shapes", "--down connector" } },
    { wrong_set, .status = OT_EINVAL, .sentence = { "no set of weights 9", "0 to 8" } },
    { wrong_channels, .status = OT_EINVAL, .sentence = { "f(x) cannot have -4 channels" } },
    { fails, .status = OT_EINVAL, .sentence = { "the scheme has its own reason" } },
    { no_sum, .status = OT_EINVAL, .sentence = { "a sum of 0 terms", "1 to 128" } },
    { no_change, .enter = null_enter, .status = OT_EINVAL,
      .sentence = { "mine: enter returned a state of 3 vars" } },
    { no_change, .leave = null_leave, .status = OT_EINVAL,
      .sentence = { "mine: leave returned the null var" } },
    { no_change, .leave = bad_leave, .status = OT_ESHAPE, .sentence = { "must be (2,8,8,4)" } },
};

/* Registers a scheme called mine, or lets the one that is registered be this one. */
static void register_mine(ot_scheme_kind kind)
{
    static ot_scheme_kind mine;
    mine = kind;
    mine.about.name = "mine";
    mine.evaluations = 1;
    if (!ot_scheme_find("mine")) ck_ok(ot_register_scheme(&mine));
}

static void register_wrong(int i)
{
    register_mine((ot_scheme_kind){
        .enter = wrong[i].enter, .step = wrong[i].step, .leave = wrong[i].leave });
}

START_TEST(a_scheme_that_returns_no_state_is_a_sentence_on_the_tape)
{
    register_wrong(_i);
    ot_net_opts o = { .blocks = "mine", .image = 8, .batch = 2, .width = 4 };
    if (wrong[_i].levels) {
        o.levels = wrong[_i].levels;
        o.width = 0;
    }
    refuses_net(&o, wrong[_i].sentence, wrong[_i].status);
    o.blocks = "mine x3"; /* the wrong state is read by the next block */
    ot_net *net = NULL;
    ck_assert_int_ne(ot_net_new(&o, &net), OT_OK);
    ck_assert_ptr_null(net);
}
END_TEST

static ot_var steady(ot_tape *t, ot_var x, int i, void *user)
{
    (void)t, (void)i, (void)user;
    return x;
}

/* The same schemes around a function of the caller's. */
START_TEST(a_step_of_such_a_scheme_is_one_too)
{
    ot_scheme *s = NULL;
    register_wrong(_i);
    ck_ok(ot_scheme_open("mine", &s));
    ot_tape *const t = ot_tape_new();
    const ot_var x = ot_input(t, "x", OT_SHAPE(2, 8, 8, 4));
    const ot_var y = ot_scheme_step(s, t, x, steady, NULL);
    ck_assert(y.id || ot_tape_status(t) != OT_OK);
    if (!wrong[_i].levels) ck_status(ot_tape_status(t), wrong[_i].status);
    for (int i = 0; !wrong[_i].levels && i < 2 && wrong[_i].sentence[i]; i++)
        ck_assert_ptr_nonnull(strstr(ot_tape_message(t), wrong[_i].sentence[i]));
    ot_tape_free(t);
    ot_scheme_free(s);
}
END_TEST

/* One step length for all channels: the flag OT_SCHEME_STEP alone. */
START_TEST(a_scheme_with_one_step_length_has_none_per_channel)
{
    static const char *const sentence[] = { "mine has one step length h", "--step learned" };
    register_mine((ot_scheme_kind){ .flags = OT_SCHEME_STEP, .step = no_change });
    refuses_net(&(ot_net_opts){ .blocks = "mine", .step = OT_STEP_CHANNEL }, sentence, OT_EINVAL);
}
END_TEST

static ot_var identity(ot_block *b, ot_var x, ot_var f)
{
    (void)b, (void)x;
    return f;
}

/* Parts that ask the context for what records them again. */
static ot_var evaluate_again(ot_block *b, ot_var x)
{
    return ot_block_eval(b, x, NULL);
}

static ot_var branch_again(ot_block *b, ot_var x, ot_var f)
{
    (void)x;
    return ot_block_eval(b, f, NULL);
}

static ot_var map_again(ot_block *b, ot_var x)
{
    return ot_block_shortcut(b, x);
}

START_TEST(a_part_that_would_contain_itself_is_a_sentence_on_the_tape)
{
    static const char *const eval[] = { "only the functions of a scheme can evaluate f", NULL };
    static const char *const shortcut[] = { "only the function step of a scheme", NULL };
    static const ot_subnet_kind subnet = { .about.name = "selfnet", .record = evaluate_again };
    static const ot_branch_kind branch = { .about.name = "selfbranch", .record = branch_again };
    static const ot_down_kind inside = { .about.name = "selfdown", .inside = map_again };
    static const ot_down_kind between = { .about.name = "selfbetween", .between = evaluate_again };
    ck_ok(ot_register_subnet(&subnet));
    ck_ok(ot_register_branch(&branch));
    ck_ok(ot_register_down(&inside));
    ck_ok(ot_register_down(&between));
    ot_net_opts o = { .blocks = "euler", .levels = "4,4:2", .image = 8, .batch = 2 };
    o.subnet = "selfnet";
    refuses_net(&o, eval, OT_EINVAL);
    o.subnet = NULL;
    o.branch = "selfbranch";
    refuses_net(&o, eval, OT_EINVAL);
    o.branch = NULL;
    o.down = "selfdown";
    refuses_net(&o, shortcut, OT_EINVAL);
    o.down = "selfbetween";
    refuses_net(&o, eval, OT_EINVAL);
}
END_TEST

START_TEST(a_branch_of_one_shape_asks_for_a_way_down_between_blocks)
{
    static const char *const sentence[] = { "gate cannot change the shape", "--down connector" };
    static const ot_branch_kind gate = { .about.name = "gate",
                                         .one_shape = true,
                                         .record = identity };
    ot_net *net = NULL;
    ck_ok(ot_register_branch(&gate));
    ot_net_opts o = { .blocks = "rk4", .levels = "4,6:2", .branch = "gate", .image = 8 };
    refuses_net(&o, sentence, OT_EINVAL);
    o.down = "connector";
    ck_ok(ot_net_new(&o, &net));
    ot_net_free(net);
}
END_TEST

TCase *own_parts_case(void)
{
    TCase *c = tcase_create("own_parts");
    const int n_wrong = (int)(sizeof wrong / sizeof wrong[0]);
    tcase_add_loop_test(c, a_scheme_that_returns_no_state_is_a_sentence_on_the_tape, 0, n_wrong);
    tcase_add_loop_test(c, a_step_of_such_a_scheme_is_one_too, 0, n_wrong);
    tcase_add_test(c, a_scheme_with_one_step_length_has_none_per_channel);
    tcase_add_test(c, a_part_that_would_contain_itself_is_a_sentence_on_the_tape);
    tcase_add_test(c, a_branch_of_one_shape_asks_for_a_way_down_between_blocks);
    return c;
}
