/* SPDX-License-Identifier: BSD-3-Clause */
#include "models/blocks.h"

#include <string.h>

#include "models/cases.h"

static const struct {
    const char *text, *plain;
} good[] = {
    { "rk4x2", "rk4 x2" },
    { "rk4", "rk4 x1" },
    { "euler x8", "euler x8" },
    { "verner89x1", "verner89 x1" },
    { "  euler x4,rk4x1 ", "euler x4, rk4 x1" },
    { "rk4_38 x 3", NULL }, /* a blank inside the count */
    { "ssprk33x3", "ssprk33 x3" },
    { "euler x1000", "euler x1000" },
};

START_TEST(descriptions_have_a_plain_form_that_parses_to_itself)
{
    ot__blocks blocks;
    char text[256];
    if (!good[_i].plain) {
        ck_status(ot__blocks_parse(good[_i].text, &blocks), OT_EINVAL);
        return;
    }
    ck_ok(ot__blocks_parse(good[_i].text, &blocks));
    ot__blocks_text(&blocks, text, sizeof text);
    ck_assert_str_eq(text, good[_i].plain);
    ck_ok(ot__blocks_parse(text, &blocks));
}
END_TEST

static const struct {
    const char *text, *sentence;
} bad[] = {
    { "", "missing" },
    { "rk4x2,", "missing" },
    { ",rk4", "missing" },
    { "rk5x2", "rk4" },
    { "eulr x2", "euler" },
    { "rk4x0", "count" },
    { "rk4x1001", "count" },
    { "euler x600, rk4x600", "1000" },
    { "x3", "x3" },
    { "rk4x99999999999999999999", "count" },
    { "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "long" },
    { "rk4,rk4,rk4,rk4,rk4,rk4,rk4,rk4,rk4,rk4,rk4,rk4,rk4,rk4,rk4,rk4,rk4,rk4,rk4,rk4,rk4,rk4,rk4,"
      "rk4,rk4,rk4,rk4,rk4,rk4,rk4,rk4,rk4,rk4",
      "32" },
};

START_TEST(what_is_no_description_is_refused_with_a_hint)
{
    ot__blocks blocks;
    ck_status(ot__blocks_parse(bad[_i].text, &blocks), OT_EINVAL);
    ck_assert_msg(strstr(ot_message(), bad[_i].sentence) != NULL, "'%s': %s", bad[_i].text,
                  ot_message());
}
END_TEST

TCase *blocks_case(void)
{
    TCase *c = tcase_create("blocks");
    tcase_add_loop_test(c, descriptions_have_a_plain_form_that_parses_to_itself, 0,
                        (int)(sizeof good / sizeof good[0]));
    tcase_add_loop_test(c, what_is_no_description_is_refused_with_a_hint, 0,
                        (int)(sizeof bad / sizeof bad[0]));
    return c;
}
