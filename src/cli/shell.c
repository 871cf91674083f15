/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/shell.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

const char *cli_quoted(const char *word, char *text, size_t size)
{
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./,+:=@";
    if (*word && strspn(word, plain) == strlen(word)) return word;
    size_t n = 0;
    text[n++] = '\'';
    for (; *word && n + 6 < size; word++)
        if (*word == '\'')
            n += (size_t)snprintf(text + n, size - n, "'\\''");
        else
            text[n++] = *word;
    text[n++] = '\'';
    text[n] = 0;
    return text;
}

void cli_append_words(char *text, size_t size, const char *const *words)
{
    char word[4 * PATH_MAX];
    for (; *words; words++) {
        const size_t used = strlen(text);
        snprintf(text + used, size - used, " %s", cli_quoted(*words, word, sizeof word));
    }
}
