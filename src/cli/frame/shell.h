/* SPDX-License-Identifier: BSD-3-Clause
 * Words as a shell reads them, for commands that a user pastes. */
#ifndef OT_CLI_FRAME_SHELL_H
#define OT_CLI_FRAME_SHELL_H

#include <stdio.h>

/* Writes a word so that a shell takes exactly these bytes for it.  A word with characters that are
 * not printable becomes $'...', which bash, zsh, ksh and POSIX 2024 know; what is written is always
 * one line of printable text. */
void cli_shell_word(FILE *to, const char *word);

/* The same for a file that is an operand: a name that begins with '-' gets ./ before it, so that it
 * is no option. */
void cli_shell_path(FILE *to, const char *path);

/* Words, ending with NULL, with a blank before each. */
void cli_shell_words(FILE *to, const char *const *words);

#endif
