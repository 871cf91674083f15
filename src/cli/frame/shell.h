/* SPDX-License-Identifier: BSD-3-Clause
 * Quoting of words for a shell, in commands that users paste. */
#ifndef OT_CLI_FRAME_SHELL_H
#define OT_CLI_FRAME_SHELL_H

#include <stdio.h>

/* Writes a word so that a shell reads back exactly its bytes.  The output is always one line of
 * printable text: a word with other characters becomes $'...', which bash, zsh, ksh and POSIX 2024
 * understand. */
void cli_shell_word(FILE *to, const char *word);

/* Writes the path of a file that is an operand.  A path that begins with '-' gets "./" before it,
 * so that it is not read as an option. */
void cli_shell_path(FILE *to, const char *path);

/* Writes a list of words that ends with NULL, with a blank before each. */
void cli_shell_words(FILE *to, const char *const *words);

#endif
