/* SPDX-License-Identifier: BSD-3-Clause
 * Quoting for the shell (POSIX.1-2024, 2.2).  A word of plain characters is written unchanged,
 * other printable words between single quotes, and words that are not printable as $'...' with
 * octal escapes.  Words are written directly to a stream, so a word may have any length. */
#include "cli/frame/shell.h"

#include <string.h>

#include "base/text.h"

static void put_quoted(FILE *to, const char *word)
{
    fputc('\'', to);
    for (; *word; word++)
        if (*word == '\'')
            fputs("'\\''", to);
        else
            fputc(*word, to);
    fputc('\'', to);
}

static void put_escaped(FILE *to, const char *word)
{
    bool printable;
    fputs("$'", to);
    for (int n; *word; word += n) {
        n = ot__read_character(word, &printable);
        if (*word == '\'' || *word == '\\') fputc('\\', to);
        for (int i = 0; i < n; i++)
            if (printable)
                fputc(word[i], to);
            else
                fprintf(to, "\\%03o", (unsigned char)word[i]);
    }
    fputc('\'', to);
}

void cli_shell_word(FILE *to, const char *word)
{
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./,+:=@";
    const bool special = *word == 0 || *word == '=' || word[strspn(word, plain)];
    if (!special)
        fputs(word, to);
    else if (ot__is_printable(word))
        put_quoted(to, word);
    else
        put_escaped(to, word);
}

void cli_shell_path(FILE *to, const char *path)
{
    if (*path == '-') fputs("./", to);
    cli_shell_word(to, path);
}

void cli_shell_words(FILE *to, const char *const *words)
{
    for (; *words; words++) {
        fputc(' ', to);
        cli_shell_word(to, *words);
    }
}
