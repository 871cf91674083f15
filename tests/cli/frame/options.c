/* SPDX-License-Identifier: BSD-3-Clause
 * Gives every option of every command wrong values, in a loop over the tables of options.  Each
 * must be a usage error: one sentence, a pointer to --help, and nothing on stdout.  A last
 * case checks that every status ends a command with its exit code and its sentence. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/frame/command.h"
#include "cli/frame/dispatch.h"
#include "cli/frame/message.h"
#include "cli/frame/options.h"
#include "cli/text_of.h"
#include "suite.h"

enum { MOST_WORDS = 40, USAGE = 64 };

/* They include texts that strtol and strtod accept although they are no decimal numbers. */
enum { MOST_WRONG = 24 };
static const char *const wrong[][MOST_WRONG] = {
    [OT_OPTION_INT] = { "", "x", "1.5", "8 ", " 8", "\t8", "\n8", "0x8", "1e1", "+", "--8", "8\n",
                        "99999999999999999999" },
    [OT_OPTION_SEED] = { "", "x", "-1", "+1", "18446744073709551616", "3x", " 3", "3 ", "0x3",
                         "3.0" },
    [OT_OPTION_REAL] = { "",       "x",  "nan", "NAN(1)", "inf", "-inf", "infinity", " 1",
                         "\t1",    "1 ", "1\n", "1e",     "1e+", "0x1",  "0x1p-3",   "1e400",
                         "-1e400", ".",  "-",   "e1",     "0,1", "1_0",  "--1" },
    [OT_OPTION_TEXT] = { "" },
    [OT_OPTION_TEXTS] = { "" },
    [OT_OPTION_CHOICE] = { "", "no-such-choice" },
    [OT_OPTION_LIST] = { "", "x", "3,2", "1,", ",1", "1;2", " 1", "1, 2", "1 ", "0x10", "1,0x10",
                         "1e1",
                         "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,"
                         "28,29,"
                         "30,31,32,33" },
    [OT_OPTION_BYTES] = { "", "x", "0", "1", "-5", "10X", "10MM", "5 M", "1.5M", "0x10", "MIN", "M",
                          " 7", "99999999999999999999" },
    [CLI_VERSION] = { NULL },
};

static char out[OT_TEMPORARY], err[OT_TEMPORARY];

static void set_up(void)
{
    ot_temporary(out);
    ot_temporary(err);
    close(mkstemp(out));
    close(mkstemp(err));
}

static void tear_down(void)
{
    unlink(out);
    unlink(err);
}

/* Runs the command with more words in a process of its own. */
static int run(const cli_command *c, int n, const char *const word[])
{
    char name[64];
    char *argv[MOST_WORDS] = { (char *)"odetape" };
    int argc = 1, status;
    snprintf(name, sizeof name, "%s", c->name);
    for (char *w = strtok(name, " "); w; w = strtok(NULL, " "))
        argv[argc++] = w;
    for (int i = 0; i < n; i++)
        argv[argc++] = (char *)word[i];
    const pid_t pid = fork();
    if (pid == 0) {
        if (!freopen(out, "w", stdout) || !freopen(err, "w", stderr)) _exit(126);
        exit(cli_dispatch(argc, argv));
    }
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void expect_usage(const cli_command *c, int n, const char *const word[], const char *says)
{
    const int code = run(c, n, word);
    const char *const words = text_of(err), *const end = strchr(words, '\n');
    ck_assert_msg(code == USAGE, "odetape %s %s %s: exit %d: %s", c->name, n > 0 ? word[0] : "",
                  n > 1 ? word[1] : "", code, words);
    ck_assert_msg(strncmp(words, "odetape: ", 9) == 0 && end &&
                      strncmp(end, "\nTry 'odetape ", 14) == 0,
                  "odetape %s: %s", c->name, words);
    ck_assert_msg(strstr(words, says) != NULL, "odetape %s %s: '%s' is not in: %s", c->name,
                  n > 0 ? word[0] : "", says, words);
    ck_assert_str_eq(text_of(out), "");
}

static void refuse_values(const cli_command *c, const ot_option *o, const char *dashed)
{
    char beyond[64];
    for (int i = 0; i < MOST_WRONG && wrong[o->kind][i]; i++)
        expect_usage(c, 2, (const char *const[]){ dashed, wrong[o->kind][i] }, o->name);
    if (o->kind != OT_OPTION_INT && o->kind != OT_OPTION_REAL) return;
    const double step = o->kind == OT_OPTION_INT ? 1 : 1e-3 + fabs(o->least);
    snprintf(beyond, sizeof beyond, "%.17g", o->least - step);
    expect_usage(c, 2, (const char *const[]){ dashed, beyond }, o->name);
    if (!isfinite(o->most) || o->most >= 1e300) return;
    snprintf(beyond, sizeof beyond, "%.17g", o->most + 1 + 1e-3 * fabs(o->most) * (o->most > 1e9));
    expect_usage(c, 2, (const char *const[]){ dashed, beyond }, o->name);
}

/* Gives a list one item more than it can hold. */
static void refuse_more(const cli_command *c, const ot_option *o)
{
    const char *word[OT_TEXT_LIST_MOST + 1];
    char with_value[80];
    snprintf(with_value, sizeof with_value, "--%s=x", o->name);
    for (int i = 0; i <= OT_TEXT_LIST_MOST; i++)
        word[i] = with_value;
    expect_usage(c, OT_TEXT_LIST_MOST + 1, word, "not empty, up to 32 times");
}

static void refuse_option(const cli_command *c, const ot_option *o)
{
    char dashed[64], with_value[80];
    snprintf(dashed, sizeof dashed, "--%s", o->name);
    snprintf(with_value, sizeof with_value, "--%s=1", o->name);
    if (ot__option_has_argument(o)) {
        expect_usage(c, 1, (const char *const[]){ dashed }, "needs a value");
        refuse_values(c, o, dashed);
        if (o->kind == OT_OPTION_TEXTS) refuse_more(c, o);
    } else {
        expect_usage(c, 1, (const char *const[]){ with_value }, "takes no value");
    }
}

START_TEST(an_option_refuses_what_it_cannot_take)
{
    const cli_command *const c = cli_commands[_i];
    for (const cli_group *g = c->groups; g && g->title; g++)
        for (const ot_option *o = g->options; o->name; o++)
            refuse_option(c, o);
    for (const ot_option *o = cli_common_options; o->name; o++)
        refuse_option(c, o);
}
END_TEST

/* Which options of the tables of a command have the name, and which the letter. */
static int count_options(const cli_command *c, const char *name, char letter)
{
    int n = 0;
    for (const cli_group *g = c->groups; g && g->title; g++)
        for (const ot_option *o = g->options; o->name; o++)
            n += name ? strcmp(o->name, name) == 0 : o->letter == letter;
    for (const ot_option *o = cli_common_options; o->name; o++)
        n += name ? strcmp(o->name, name) == 0 : o->letter == letter;
    return n;
}

START_TEST(no_two_options_of_a_command_have_one_name_or_letter)
{
    const cli_command *const c = cli_commands[_i];
    for (const cli_group *g = c->groups; g && g->title; g++)
        for (const ot_option *o = g->options; o->name; o++) {
            ck_assert_msg(count_options(c, o->name, 0) == 1, "%s: --%s", c->name, o->name);
            ck_assert_msg(!o->letter || count_options(c, NULL, o->letter) == 1, "%s: -%c", c->name,
                          o->letter);
        }
}
END_TEST

START_TEST(what_is_no_option_or_too_much_is_refused)
{
    const cli_command *const c = cli_commands[_i];
    expect_usage(c, 1, (const char *const[]){ "--no-such-option-at-all" }, "there is no option");
    expect_usage(c, 1, (const char *const[]){ "-@" }, "there is no option -@");
    if (c->n_operands > 0) expect_usage(c, 0, NULL, "needs");
    if (c->required) expect_usage(c, 0, NULL, c->required);
    if (c->required || c->n_operands + c->more_operands > 4) return;
    expect_usage(c, 5, (const char *const[]){ "a", "b", "c", "d", "e" }, "one argument too many");
}
END_TEST

START_TEST(help_and_version_end_well)
{
    const cli_command *const c = cli_commands[_i];
    static const char *const words[] = { "--help", "-h", "--version", "-V" };
    for (int i = 0; i < 4; i++) {
        ck_assert_int_eq(run(c, 1, &words[i]), 0);
        ck_assert_str_eq(text_of(err), "");
        ck_assert_str_ne(text_of(out), "");
    }
}
END_TEST

/* ---- values as text ---- */

static const char *const colours[] = { "red", "green", NULL };

/* A text, and how its value is written, or the message about it. */
static const struct {
    ot_option option;
    const char *read, *written, *why;
} values[] = {
    { { .name = "s", .kind = OT_OPTION_SWITCH }, "true", "true", NULL },
    { { .name = "s", .kind = OT_OPTION_OFF }, "false", "false", NULL },
    { { .name = "i", .kind = OT_OPTION_INT, .least = -9, .most = 9 }, "-7", "-7", NULL },
    { { .name = "s", .kind = OT_OPTION_SEED },
      "18446744073709551615",
      "18446744073709551615",
      NULL },
    { { .name = "r", .kind = OT_OPTION_REAL, .most = 1 }, "1e-1", "0.1", NULL },
    { { .name = "r", .kind = OT_OPTION_REAL, .most = 1 }, "0.10000000000000001", "0.1", NULL },
    { { .name = "r", .kind = OT_OPTION_REAL, .most = 1 }, ".5", "0.5", NULL },
    { { .name = "r", .kind = OT_OPTION_REAL, .most = 9 }, "+5.", "5", NULL },
    { { .name = "r", .kind = OT_OPTION_REAL, .least = -1 }, "-2.5E-3", "-0.0025", NULL },
    { { .name = "r", .kind = OT_OPTION_REAL, .most = 1 },
      "0x0",
      NULL,
      "r is '0x0'; it must be a decimal number from 0 to 1" },
    { { .name = "t", .kind = OT_OPTION_TEXT }, "a text", "a text", NULL },
    { { .name = "t", .kind = OT_OPTION_TEXTS }, "a text", "a text", NULL },
    { { .name = "c", .kind = OT_OPTION_CHOICE, .choices = colours }, "green", "green", NULL },
    { { .name = "l", .kind = OT_OPTION_LIST, .least = 1, .most = 999 },
      "1,20,300",
      "1,20,300",
      NULL },
    { { .name = "l", .kind = OT_OPTION_LIST, .least = 1, .most = 999 }, "none", "none", NULL },
    { { .name = "i", .kind = OT_OPTION_INT, .least = -9, .most = 9 },
      "x",
      NULL,
      "i is 'x'; it must be a whole number from -9 to 9" },
    { { .name = "c", .kind = OT_OPTION_CHOICE, .choices = colours },
      "blue",
      NULL,
      "c is 'blue'; it must be one of red, green" },
    { { .name = "t", .kind = OT_OPTION_TEXT },
      "",
      NULL,
      "t is ''; it must be a text that is not empty" },
};

typedef union field {
    bool on;
    int whole;
    uint64_t seed;
    double real;
    const char *text;
    ot_int_list list;
    ot_text_list texts;
} field;

START_TEST(a_value_is_read_and_written_and_cut_where_its_room_ends)
{
    const ot_option *const o = &values[_i].option;
    const bool good = values[_i].written != NULL;
    const char *const whole = good ? values[_i].written : "";
    field f = { .texts = { 0 } };
    char text[80];
    ck_assert_int_eq(ot__option_read(o, values[_i].read, &f), good ? OT_OK : OT_EINVAL);
    if (!good) ck_assert_str_eq(ot_message(), values[_i].why);
    for (size_t size = 1; good && size <= strlen(whole) + 1; size++) {
        memset(text, '#', sizeof text);
        ot__option_write(o, &f, text, size);
        ck_assert_int_eq(text[size], '#');
        ck_assert_uint_eq(strlen(text), size - 1);
        ck_assert_msg(strncmp(text, whole, size - 1) == 0, "%s instead of %s", text, whole);
    }
    ck_assert(ot__option_accepts(o, values[_i].read) == good);
}
END_TEST

START_TEST(a_text_that_is_not_given_is_written_as_none)
{
    static const ot_option_kind kinds[] = { OT_OPTION_TEXT, OT_OPTION_TEXTS };
    const ot_option o = { .name = "t", .kind = kinds[_i] };
    const field f = { .texts = { 0 } };
    char text[] = "#";
    ot__option_write(&o, &f, text, sizeof text);
    ck_assert_str_eq(text, "");
}
END_TEST

/* ---- the end ---- */

static const struct {
    ot_status status;
    int code;
} ends[] = {
    { OT_OK, 0 },        { CLI_DONE, 0 },          { CLI_NO, 1 },       { OT_EINVAL, USAGE },
    { OT_ESHAPE, 64 },   { OT_EFORMAT, 65 },       { OT_ENOENT, 66 },   { CLI_EUNAVAILABLE, 69 },
    { OT_EBUG, 70 },     { OT_ENOMEM, 71 },        { CLI_ESYSTEM, 71 }, { OT_ECREATE, 73 },
    { OT_EIO, 74 },      { OT_EBUSY, 75 },         { OT_EPEER, 76 },    { CLI_ECONFIG, 78 },
    { OT_ENUMERIC, 79 }, { OT_EINTERRUPTED, 130 },
};
enum { ENDS = sizeof ends / sizeof ends[0] };

/* What the process of a command leaves on stderr when it ends so.  The exit code. */
static int end(ot_status status, const char *sentence)
{
    int wait;
    const pid_t pid = fork();
    if (pid == 0) {
        if (!freopen(err, "w", stderr)) _exit(126);
        ot__fail(status, "%s", sentence);
        exit(cli_conclude(cli_commands[0], status));
    }
    ck_assert_int_eq(waitpid(pid, &wait, 0), pid);
    return WIFEXITED(wait) ? WEXITSTATUS(wait) : -1;
}

START_TEST(a_status_has_its_exit_code_and_its_sentence_is_printed_once)
{
    const int code = ends[_i].code;
    char expected[128] = "";
    if (code != 0)
        snprintf(expected, sizeof expected, "odetape: it failed\n%s%s%s",
                 code == USAGE ? "Try 'odetape " : "", code == USAGE ? cli_commands[0]->name : "",
                 code == USAGE ? " --help'.\n" : "");
    ck_assert_int_eq(end(ends[_i].status, "it failed"), code);
    ck_assert_str_eq(text_of(err), expected);
    ck_assert_int_eq(end(ends[_i].status, ""), code);
    ck_assert_str_eq(text_of(err), "");
}
END_TEST

START_TEST(every_status_of_the_library_is_among_them)
{
#define NAMED(name, text) OT_##name,
    static const ot_status all[] = { OT_STATUS_LIST(NAMED) };
#undef NAMED
    int found = 0;
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        for (int k = 0; k < ENDS; k++)
            found += ends[k].status == all[i];
    ck_assert_int_eq(found, (int)(sizeof all / sizeof all[0]));
    ck_assert_int_eq(cli_exit_code((ot_status)1000), 70);
}
END_TEST

static TCase *end_case(void)
{
    TCase *c = tcase_create("end");
    tcase_add_checked_fixture(c, set_up, tear_down);
    tcase_add_loop_test(c, a_status_has_its_exit_code_and_its_sentence_is_printed_once, 0, ENDS);
    tcase_add_test(c, every_status_of_the_library_is_among_them);
    return c;
}

static TCase *values_case(void)
{
    TCase *c = tcase_create("values");
    tcase_add_loop_test(c, a_value_is_read_and_written_and_cut_where_its_room_ends, 0,
                        (int)(sizeof values / sizeof values[0]));
    tcase_add_loop_test(c, a_text_that_is_not_given_is_written_as_none, 0, 2);
    return c;
}

static TCase *options_case(void)
{
    TCase *c = tcase_create("options");
    tcase_add_checked_fixture(c, set_up, tear_down);
    tcase_add_loop_test(c, an_option_refuses_what_it_cannot_take, 0, cli_command_count);
    tcase_add_loop_test(c, no_two_options_of_a_command_have_one_name_or_letter, 0,
                        cli_command_count);
    tcase_add_loop_test(c, what_is_no_option_or_too_much_is_refused, 0, cli_command_count);
    tcase_add_loop_test(c, help_and_version_end_well, 0, cli_command_count);
    return c;
}

OT_TEST_MAIN("options", options_case, values_case, end_case)
