/* SPDX-License-Identifier: BSD-3-Clause
 * Descriptions of blocks, good and wrong ones, with tableau files and schemes of the caller. */
#include "models/blocks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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
    { "rk4:x2, euler : x3", NULL },
    { "rk4:x2, euler :x3", "rk4 x2, euler x3" },
};

START_TEST(descriptions_have_a_plain_form_that_parses_to_itself)
{
    ot__blocks blocks;
    char text[OT__BLOCKS_TEXT_MOST];
    if (!good[_i].plain) {
        ck_status(ot__blocks_parse(good[_i].text, 0, NULL, &blocks), OT_EINVAL);
        return;
    }
    ck_ok(ot__blocks_parse(good[_i].text, 0, NULL, &blocks));
    ck_ok(ot__blocks_text(&blocks, text));
    ck_assert_str_eq(text, good[_i].plain);
    ot__blocks_free(&blocks);
    ck_ok(ot__blocks_parse(text, 0, NULL, &blocks));
    ot__blocks_free(&blocks);
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
    { "rk4x", "\"rk4x\"" },
    { "rk4x99999999999999999999", "count" },
    { "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
      "no scheme" },
    { "rk4,rk4,rk4,rk4,rk4,rk4,rk4,rk4,rk4,rk4,rk4,rk4,rk4,rk4,rk4,rk4,rk4,rk4,rk4,rk4,rk4,rk4,rk4,"
      "rk4,rk4,rk4,rk4,rk4,rk4,rk4,rk4,rk4,rk4",
      "32" },
};

START_TEST(what_is_no_description_is_refused_with_a_hint)
{
    ot__blocks blocks;
    ck_status(ot__blocks_parse(bad[_i].text, 0, NULL, &blocks), OT_EINVAL);
    ck_assert_msg(strstr(ot_message(), bad[_i].sentence) != NULL, "'%s': %s", bad[_i].text,
                  ot_message());
}
END_TEST

START_TEST(a_group_that_is_too_long_is_refused)
{
    enum { MOST = 4096 };
    static char text[MOST + 8] = "euler, ";
    ot__blocks blocks;
    memset(text + 6, 'a', MOST);
    ck_status(ot__blocks_parse(text, 0, NULL, &blocks), OT_EINVAL);
    ck_assert_msg(strstr(ot_message(), "no scheme"), "%s", ot_message());
    text[6 + MOST] = 'a';
    ck_status(ot__blocks_parse(text, 0, NULL, &blocks), OT_EINVAL);
    ck_assert_str_eq(ot_message(),
                     "net: 'aaaaaaaaaaaaaaaaaaaa...' is too long for a scheme and a count");
}
END_TEST

static ot_state same_state(ot_block *b, ot_state in)
{
    (void)b;
    return in;
}

/* A scheme with its attribute takes 65 bytes of the plain form, and there are 32 groups. */
START_TEST(a_plain_form_that_is_too_long_is_refused)
{
    static const char name[] = "long(an-attribute-whose-name-is-rather-long=0.123456789012345)";
    static const ot_option rows[] = { { .name = "an-attribute-whose-name-is-rather-long",
                                        .kind = OT_OPTION_REAL,
                                        .most = 1,
                                        .help = "a part" },
                                      { 0 } };
    static const double defaults = 0;
    static const ot_scheme_kind kind = { .about = { .name = "long",
                                                    .equation = "y = x",
                                                    .reference = "none",
                                                    .attributes = rows,
                                                    .size = sizeof(double),
                                                    .defaults = &defaults },
                                         .evaluations = 1,
                                         .step = same_state };
    static char text[OT__MOST_GROUPS * (sizeof name + 2)];
    char plain[OT__BLOCKS_TEXT_MOST];
    ot__blocks blocks;
    ck_ok(ot_register_scheme(&kind));
    for (int i = 0; i < OT__MOST_GROUPS; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s", i ? "," : "", name);
    ck_ok(ot__blocks_parse(text, 0, NULL, &blocks));
    ck_status(ot__blocks_text(&blocks, plain), OT_EINVAL);
    ck_assert_str_eq(ot_message(), "net: the description is longer than 2047 bytes");
    ck_assert_uint_lt(strlen(plain), sizeof plain);
    blocks.n = 30;
    ck_ok(ot__blocks_text(&blocks, plain));
    blocks.n = OT__MOST_GROUPS;
    ot__blocks_free(&blocks);
}
END_TEST

/* ---- files ---- */

static const char own[] = "scheme = mine\norder = 2\na2 = 1/2\nb = 0, 1\n";

static void write_file(const char *name, const char *text)
{
    FILE *file = fopen(name, "w");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_ge(fputs(text, file), 0);
    ck_assert_int_eq(fclose(file), 0);
}

static char folder[OT_TEMPORARY];

static void enter_folder(void)
{
    ot_temporary(folder);
    ck_assert_ptr_nonnull(mkdtemp(folder));
    ck_assert_int_eq(chdir(folder), 0);
    ck_assert_int_eq(mkdir("r4.x3", 0777), 0);
    write_file("mine.tableau", own);
    write_file("rk4x2", own);
    write_file("a b:x.4x7", own);
    write_file("r4.x3/x9", own);
    write_file("other.tableau", "scheme = mine\norder = 1\nb = 1\n");
    write_file("bad.tableau", "scheme = mine\norder = 1\nb = 1/0\n");
}

static void leave_folder(void)
{
    static const char *const names[] = { "mine.tableau",  "rk4x2",       "a b:x.4x7", "r4.x3/x9",
                                         "other.tableau", "bad.tableau", "r4.x3" };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        remove(names[i]);
    if (chdir("/") == 0) rmdir(folder);
}

START_TEST(a_path_may_contain_what_elsewhere_is_a_count)
{
    static const struct {
        const char *text, *plain;
    } cases[] = {
        { "./mine.tableau:x2", "mine x2" },
        { "mine.tableau", "mine x1" },
        { "./rk4x2:x3", "mine x3" },
        { "./rk4x2", "mine x1" },
        { " ./a b:x.4x7 , euler", "mine x1, euler x1" },
        { "./a b:x.4x7:x12", "mine x12" },
        { "r4.x3/x9 :x2", "mine x2" },
        { "r4.x3/x9", "mine x1" },
        { "mine.tableau:x1,./rk4x2", "mine x1, mine x1" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        ot__blocks blocks;
        char text[OT__BLOCKS_TEXT_MOST];
        ck_ok(ot__blocks_parse(cases[i].text, 0, NULL, &blocks));
        ck_ok(ot__blocks_text(&blocks, text));
        ck_assert_str_eq(text, cases[i].plain);
        ot__blocks_free(&blocks);
    }
}
END_TEST

START_TEST(files_that_cannot_be_blocks_are_named)
{
    static const struct {
        const char *text;
        ot_status status;
        const char *sentence;
    } cases[] = {
        { "./none.tableau:x2", OT_ENOENT, "net: ./none.tableau: " },
        { "rk4x1, ./bad.tableau", OT_EFORMAT, "net: ./bad.tableau:3:6: division by zero" },
        { "./mine.tableau x2", OT_ENOENT, "./mine.tableau x2: " },
        { "mine.tableau, other.tableau", OT_EINVAL, "two different schemes are called mine" },
        { ":x2", OT_EINVAL, "a scheme is missing" },
        { "r4.x3", OT_ENOENT, "not a regular file" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        ot__blocks blocks;
        ck_status(ot__blocks_parse(cases[i].text, 0, NULL, &blocks), cases[i].status);
        ck_assert_msg(strstr(ot_message(), cases[i].sentence) != NULL, "%s", ot_message());
    }
}
END_TEST

START_TEST(a_network_of_files_can_be_made_again_without_them)
{
    ot_net *net = NULL, *again = NULL;
    ot_scheme *copy = NULL;
    ck_ok(ot_net_new(&(ot_net_opts){ .blocks = "mine.tableau:x2, euler", .width = 4 }, &net));
    ot_net_opts opts = *ot_net_options(net);
    ck_assert_str_eq(opts.blocks, "mine x2, euler x1");
    ck_assert_str_eq(ot_scheme_name(ot_net_scheme(net, 0)), "mine");
    ck_assert_str_eq(ot_scheme_name(ot_net_scheme(net, 1)), "euler");
    ck_assert_ptr_null(ot_net_scheme(net, 2));
    remove("mine.tableau");
    ck_status(ot_net_new(&opts, &again), OT_EINVAL);
    ck_ok(ot_scheme_parse(ot_scheme_text(ot_net_scheme(net, 0)), "mine", &copy));
    opts.n_schemes = 1;
    opts.schemes = (const ot_scheme *const[]){ copy };
    ck_ok(ot_net_new(&opts, &again));
    ot_scheme_free(copy); /* the network has its own */
    ck_assert_int_eq(ot_tape_length(ot_net_tape(again)), ot_tape_length(ot_net_tape(net)));
    ck_assert_str_eq(ot_scheme_text(ot_net_scheme(again, 0)),
                     ot_scheme_text(ot_net_scheme(net, 0)));
    ot_net_free(again);
    ot_net_free(net);
}
END_TEST

START_TEST(a_scheme_of_ones_own_may_have_the_name_of_a_built_in)
{
    ot_scheme *copy = NULL;
    ot_net *net = NULL;
    ck_ok(ot_scheme_parse("scheme = rk4\norder = 1\nb = 1\n", "mine", &copy));
    const ot_net_opts opts = {
        .blocks = "rk4x3", .width = 4, .n_schemes = 1, .schemes = (const ot_scheme *const[]){ copy }
    };
    ck_ok(ot_net_new(&opts, &net));
    ck_assert_int_eq(ot_net_describe(net).evaluations, 3);
    ot_net_free(net);
    ot_scheme_free(copy);
}
END_TEST

/* ---- levels ---- */

static const char *const levels[] = { "16", "16,32:2,64:2", "8:3,*:2,*", "1:8,4096" };
static const char *const no_levels[] = { "",     "*",     "16,", "0",   "16:0",  "16:9",
                                         "4097", "16 32", "16:", ",16", "16,-8", "16;32" };

START_TEST(levels_are_written_as_they_are_read)
{
    int n;
    ot__level level[OT__MOST_LEVELS];
    char text[OT__LEVELS_TEXT_MOST];
    ck_ok(ot__levels_parse(levels[_i], &n, level));
    ot__levels_text(n, level, text);
    ck_assert_str_eq(text, levels[_i]);
}
END_TEST

START_TEST(what_is_no_list_of_levels_is_refused)
{
    int n;
    ot__level level[OT__MOST_LEVELS];
    ck_status(ot__levels_parse(no_levels[_i], &n, level), OT_EINVAL);
}
END_TEST

TCase *blocks_case(void)
{
    TCase *c = tcase_create("blocks");
    tcase_add_loop_test(c, levels_are_written_as_they_are_read, 0,
                        sizeof levels / sizeof levels[0]);
    tcase_add_loop_test(c, what_is_no_list_of_levels_is_refused, 0,
                        sizeof no_levels / sizeof no_levels[0]);
    tcase_add_loop_test(c, descriptions_have_a_plain_form_that_parses_to_itself, 0,
                        (int)(sizeof good / sizeof good[0]));
    tcase_add_loop_test(c, what_is_no_description_is_refused_with_a_hint, 0,
                        (int)(sizeof bad / sizeof bad[0]));
    tcase_add_test(c, a_group_that_is_too_long_is_refused);
    tcase_add_test(c, a_plain_form_that_is_too_long_is_refused);
    return c;
}

TCase *block_files_case(void)
{
    TCase *c = tcase_create("block files");
    tcase_add_checked_fixture(c, enter_folder, leave_folder);
    tcase_add_test(c, a_path_may_contain_what_elsewhere_is_a_count);
    tcase_add_test(c, files_that_cannot_be_blocks_are_named);
    tcase_add_test(c, a_network_of_files_can_be_made_again_without_them);
    tcase_add_test(c, a_scheme_of_ones_own_may_have_the_name_of_a_built_in);
    return c;
}
