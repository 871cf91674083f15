/* SPDX-License-Identifier: BSD-3-Clause
 * Ways down of the user's own that return the null var or another shape.  The sentence names the
 * way down, not the op that reads its result. */
#include <stdio.h>
#include <string.h>

#include "models/cases.h"

static ot_var null_var(ot_block *b, ot_var x)
{
    (void)b, (void)x;
    return (ot_var){ 0 };
}

static ot_var wild_var(ot_block *b, ot_var x)
{
    (void)b, (void)x;
    return (ot_var){ 123456 };
}

static ot_var unchanged(ot_block *b, ot_var x)
{
    (void)b;
    return x;
}

static ot_var without_stride(ot_block *b, ot_var x)
{
    return ot_block_conv(b, "conv", x, 1, ot_block_channels(b), 1);
}

static ot_var strided_twice(ot_block *b, ot_var x)
{
    return ot_block_conv(b, "conv", x, 1, ot_block_channels(b), 2 * ot_block_stride(b));
}

static ot_var too_narrow(ot_block *b, ot_var x)
{
    return ot_block_conv(b, "conv", x, 1, ot_block_channels(b) - 1, ot_block_stride(b));
}

static ot_var pooled(ot_block *b, ot_var x)
{
    return ot_global_avg_pool(ot_block_tape(b), x);
}

static ot_var scalar(ot_block *b, ot_var x)
{
    return ot_mean(ot_block_tape(b), x);
}

static ot_var fails(ot_block *b, ot_var x)
{
    (void)x;
    return ot_tape_fail(ot_block_tape(b), OT_EINVAL, "the way down has its own reason");
}

static const struct {
    ot_var (*map)(ot_block *b, ot_var x);
    ot_status status;
    const char *sentence;
} wrong[] = {
    { null_var, OT_EINVAL,
      "the way down mine returned the null var; it must return a var of shape "
      "(2,4,4,6)" },
    { wild_var, OT_EINVAL, "the way down mine returned what is no var of this tape" },
    { unchanged, OT_ESHAPE,
      "the way down mine makes (2,8,8,4) of x, which is (2,8,8,4); it must be "
      "(2,4,4,6)" },
    { without_stride, OT_ESHAPE, "the way down mine makes (2,8,8,6) of x" },
    { strided_twice, OT_ESHAPE, "the way down mine makes (2,2,2,6) of x" },
    { too_narrow, OT_ESHAPE, "the way down mine makes (2,4,4,5) of x" },
    { pooled, OT_ESHAPE, "the way down mine makes (2,4) of x" },
    { scalar, OT_ESHAPE, "the way down mine makes () of x" },
    { fails, OT_EINVAL, "the way down has its own reason" },
};

enum { CASES = sizeof wrong / sizeof wrong[0] };

/* Registers a way down called mine, or lets the one that is registered be this one. */
static void register_mine(ot_down_kind kind)
{
    static ot_down_kind mine;
    const bool known = mine.about.name != NULL;
    mine = kind;
    mine.about.name = "mine";
    if (!known) ck_ok(ot_register_down(&mine));
}

START_TEST(a_way_down_that_returns_no_smaller_image_is_a_sentence_with_its_name)
{
    const int k = _i % CASES;
    ot_net_opts o = {
        .blocks = "euler", .levels = "4,6:2", .image = 8, .batch = 2, .down = "mine"
    };
    ot_net *net = NULL;
    register_mine(_i < CASES ? (ot_down_kind){ .inside = wrong[k].map }
                             : (ot_down_kind){ .between = wrong[k].map });
    ck_status(ot_net_new(&o, &net), wrong[k].status);
    ck_assert_ptr_null(net);
    ck_assert_msg(strstr(ot_message(), wrong[k].sentence), "'%s' does not say '%s'", ot_message(),
                  wrong[k].sentence);
}
END_TEST

/* An image of 5 pixels becomes one of 2 or of 3 between blocks, as in the ways down that are built
 * in. */
START_TEST(a_way_down_between_blocks_may_round_up_or_down)
{
    static const char *const downs[] = { "connector", "maxpool" };
    for (int i = 0; i < 2; i++) {
        ot_net *net = NULL;
        ck_ok(ot_net_new(
            &(ot_net_opts){
                .blocks = "euler", .levels = "4,6:2", .image = 5, .batch = 2, .down = downs[i] },
            &net));
        ot_net_free(net);
    }
}
END_TEST

TCase *returns_case(void)
{
    TCase *c = tcase_create("returns");
    tcase_add_loop_test(c, a_way_down_that_returns_no_smaller_image_is_a_sentence_with_its_name, 0,
                        2 * CASES);
    tcase_add_test(c, a_way_down_between_blocks_may_round_up_or_down);
    return c;
}
