/* SPDX-License-Identifier: BSD-3-Clause
 * Names from outside in shell commands, CSV and gnuplot scripts. */
#include <stdlib.h>
#include <string.h>

#include "cli/cases.h"
#include "cli/frame/csv.h"
#include "cli/frame/shell.h"
#include "cli/plots/gnuplot.h"

/* What a function writes, in memory that the next call reuses. */
static const char *written(void (*write)(FILE *to, const char *text), const char *text)
{
    static char *page;
    size_t size;
    free(page);
    FILE *const to = open_memstream(&page, &size);
    write(to, text);
    fclose(to);
    return page;
}

static const struct {
    void (*write)(FILE *to, const char *text);
    const char *text, *expected;
} texts[] = {
    { cli_shell_word, "rk4", "rk4" },
    { cli_shell_word, "a-b_c./d,e+f:g@h=i", "a-b_c./d,e+f:g@h=i" },
    { cli_shell_word, "", "''" },
    { cli_shell_word, "=x", "'=x'" }, /* zsh expands it */
    { cli_shell_word, "a b", "'a b'" },
    { cli_shell_word, "it's", "'it'\\''s'" },
    { cli_shell_word, "'", "''\\'''" },
    { cli_shell_word, "$(rm x)`y`\"*", "'$(rm x)`y`\"*'" },
    { cli_shell_word, "a\nb", "$'a\\012b'" },
    { cli_shell_word, "\x1B'\\", "$'\\033\\'\\\\'" },
    { cli_shell_word, "\xC3\xA9", "'\xC3\xA9'" },
    { cli_shell_word, "\xFF", "$'\\377'" },
    { cli_shell_path, "run", "run" },
    { cli_shell_path, "-run", "./-run" },
    { cli_shell_path, "-it's", "./'-it'\\''s'" },
    { cli_csv_field, "rk4 x2", "rk4 x2" },
    { cli_csv_field, "a,b", "\"a,b\"" },
    { cli_csv_field, "say \"x\"", "\"say \"\"x\"\"\"" },
    { cli_csv_field, "a\nb", "\"a\nb\"" },
    { cli_csv_field, "a\rb", "\"a\rb\"" },
    { cli_csv_field, "", "" },
    { cli_plot_quote, "rk4", "'rk4'" },
    { cli_plot_quote, "it's", "'it'.\"\\047\".'s'" },
    { cli_plot_quote, "a\nb\x1B", "'a?b?'" },
    { cli_plot_quote, "@x `y` \"\\n", "'@x `y` \"\\n'" },
    { cli_plot_comment, "run 'x'", "run 'x'" },
    { cli_plot_comment, "run\nplot", "run?plot" },
};

START_TEST(a_name_stays_one_word_and_is_never_interpreted)
{
    ck_assert_str_eq(written(texts[_i].write, texts[_i].text), texts[_i].expected);
}
END_TEST

/* bash is what the commands that the program prints are pasted into. */
START_TEST(a_shell_reads_back_the_bytes_of_a_word)
{
    char command[300], read[64] = "";
    if (texts[_i].write != cli_shell_word) return;
    snprintf(command, sizeof command, "exec bash -c 'printf %%s \"$0\"' %s",
             written(cli_shell_word, texts[_i].text));
    if (strncmp(written(cli_shell_word, texts[_i].text), "$'", 2) == 0) return; /* not in sh */
    FILE *const shell = popen(command, "r");
    const size_t n = fread(read, 1, sizeof read - 1, shell);
    ck_assert_int_eq(pclose(shell), 0);
    ck_assert_uint_eq(n, strlen(texts[_i].text));
    ck_assert_str_eq(read, texts[_i].text);
}
END_TEST

START_TEST(words_have_blanks_between_them)
{
    char *page;
    size_t size;
    FILE *const to = open_memstream(&page, &size);
    cli_shell_words(to, (const char *const[]){ "odetape", "train", "a b", NULL });
    fclose(to);
    ck_assert_str_eq(page, " odetape train 'a b'");
    free(page);
}
END_TEST

TCase *quoting_case(void)
{
    const int n = sizeof texts / sizeof texts[0];
    TCase *c = tcase_create("quoting");
    tcase_add_loop_test(c, a_name_stays_one_word_and_is_never_interpreted, 0, n);
    tcase_add_loop_test(c, a_shell_reads_back_the_bytes_of_a_word, 0, n);
    tcase_add_test(c, words_have_blanks_between_them);
    return c;
}
