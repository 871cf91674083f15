/* SPDX-License-Identifier: BSD-3-Clause
 * Tables of parts that cannot be used: malformed or taken names, missing functions, attributes of
 * kinds that a description cannot hold.  They are not registered. */
#include <string.h>

#include "models/cases.h"

static ot_state no_change(ot_block *b, ot_state in)
{
    (void)b;
    return in;
}

static ot_var identity(ot_block *b, ot_var x, ot_var f)
{
    (void)b, (void)x;
    return f;
}

static const ot_option text_row[] = { { .name = "a", .kind = OT_OPTION_TEXT }, { 0 } };
static const ot_option real_row[] = { { .name = "a", .kind = OT_OPTION_REAL, .most = 1 }, { 0 } };
static const ot_option far_row[] = { { .name = "a", .kind = OT_OPTION_INT, .most = 1, .offset = 8 },
                                     { 0 } };
static const ot_option odd_row[] = { { .name = "a=b", .kind = OT_OPTION_SWITCH }, { 0 } };
static const ot_option no_choice[] = { { .name = "a", .kind = OT_OPTION_CHOICE }, { 0 } };
static const ot_option wild_row[] = { { .name = "a", .kind = (ot_option_kind)99 }, { 0 } };
static char long_name[] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"; /* 41 bytes */

static const struct {
    ot_scheme_kind kind;
    const char *sentence;
} unfit[] = {
#define GOOD .evaluations = 1, .step = no_change
    { { .about.name = NULL, GOOD }, "cannot be called ''" },
    { { .about.name = "", GOOD }, "cannot be called ''" },
    { { .about.name = "Mine", GOOD }, "cannot be called 'Mine'" },
    { { .about.name = "9mine", GOOD }, "cannot be called '9mine'" },
    { { .about.name = "two words", GOOD }, "lower-case" },
    { { .about.name = "a.b", GOOD }, "lower-case" },
    { { .about.name = "a/b", GOOD }, "lower-case" },
    { { .about.name = "minex2", GOOD }, "count" },
    { { .about.name = long_name, GOOD }, "cannot be called" },
    { { .about.name = "mine", .evaluations = 1 }, "the function step is missing" },
    { { .about.name = "mine", .step = no_change }, "evaluations is 0; it must be at least 1" },
    { { .about.name = "revnet", GOOD }, "called revnet already" },
    { { .about.name = "rk4", GOOD }, "called rk4 already" },
    { { .about.name = "runge_kutta", GOOD }, "called runge_kutta already" },
    { { .about = { .name = "mine", .attributes = text_row, .size = 64 }, GOOD },
      "must be a switch" },
    { { .about = { .name = "mine", .attributes = wild_row, .size = 64 }, GOOD },
      "must be a switch" },
    { { .about = { .name = "mine", .attributes = real_row }, GOOD }, "outside of its struct" },
    { { .about = { .name = "mine", .attributes = far_row, .size = 8 }, GOOD }, "outside" },
    { { .about = { .name = "mine", .attributes = odd_row, .size = 8 }, GOOD }, "called 'a=b'" },
    { { .about = { .name = "mine", .attributes = no_choice, .size = 8 }, GOOD }, "has no choices" },
#undef GOOD
};

START_TEST(what_is_no_table_of_a_scheme_is_not_registered)
{
    const int before = ot_scheme_count();
    ck_status(ot_register_scheme(&unfit[_i].kind), OT_EINVAL);
    ck_assert_msg(strstr(ot_message(), unfit[_i].sentence) != NULL, "%s", ot_message());
    ck_assert_int_eq(ot_scheme_count(), before);
}
END_TEST

static ot_var same(ot_block *b, ot_var x)
{
    (void)b;
    return x;
}

#define REFUSES_TABLE(call, part)                                                                  \
    do {                                                                                           \
        ck_status(call, OT_EINVAL);                                                                \
        ck_assert_msg(strstr(ot_message(), part) != NULL, "%s: %s", #call, ot_message());          \
    } while (0)

START_TEST(what_is_no_table_of_another_part_is_not_registered)
{
    static const ot_subnet_kind empty_subnet = { .about.name = "mine" };
    static const ot_subnet_kind known_subnet = { .about.name = "vgg", .record = same };
    static const ot_subnet_kind odd_subnet = { .about.name = "mine", .convs = -1, .record = same };
    static const ot_branch_kind empty_branch = { .about.name = "mine" };
    static const ot_branch_kind known_branch = { .about.name = "rezero", .record = identity };
    static const ot_down_kind empty_down = { .about.name = "mine" };
    static const ot_down_kind both = { .about.name = "mine", .inside = same, .between = same };
    static const ot_down_kind known_down = { .about.name = "maxpool", .between = same };
    REFUSES_TABLE(ot_register_subnet(&empty_subnet), "the function record is missing");
    REFUSES_TABLE(ot_register_subnet(&known_subnet), "a sub-net called vgg already");
    REFUSES_TABLE(ot_register_subnet(&odd_subnet), "convs is -1");
    REFUSES_TABLE(ot_register_branch(&empty_branch), "the function record is missing");
    REFUSES_TABLE(ot_register_branch(&known_branch), "a branch called rezero already");
    REFUSES_TABLE(ot_register_down(&empty_down), "one of the functions inside and between");
    REFUSES_TABLE(ot_register_down(&both), "one of the functions inside and between");
    REFUSES_TABLE(ot_register_down(&known_down), "a way down called maxpool already");
}
END_TEST

TCase *registration_case(void)
{
    TCase *c = tcase_create("registration");
    tcase_add_loop_test(c, what_is_no_table_of_a_scheme_is_not_registered, 0,
                        (int)(sizeof unfit / sizeof unfit[0]));
    tcase_add_test(c, what_is_no_table_of_another_part_is_not_registered);
    return c;
}
