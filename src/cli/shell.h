/* SPDX-License-Identifier: BSD-3-Clause
 * Words as a shell wants them, for commands that a user is to copy. */
#ifndef OT_CLI_SHELL_H
#define OT_CLI_SHELL_H

#include <stddef.h>

/* The word, or text with the word quoted in it: ' becomes '\''. */
const char *cli_quoted(const char *word, char *text, size_t size);
/* Words, ending with NULL, behind what text has already, a blank before each. */
void cli_append_words(char *text, size_t size, const char *const *words);

#endif
