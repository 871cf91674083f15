/* SPDX-License-Identifier: BSD-3-Clause
 * Words that other programs have for options and commands of this one.  A wrong word is answered
 * with the right one. */
#ifndef OT_CLI_FRAME_WORDS_H
#define OT_CLI_FRAME_WORDS_H

#include <stddef.h>

/* Answers an option that does not exist: "did you mean --lr?".  `word` is its name without hyphens,
 * of one letter or more; names[] are the n options of the command.  A word of the table is
 * preferred to the nearest name.  Returns answer, which is "" if nothing is known. */
const char *cli_word_of_option(const char *word, int n, const char *const names[], char *answer,
                               size_t size);

/* The words that do what another program's command does: "eval" for "test".  NULL if it is none. */
const char *cli_word_of_command(const char *word);

#endif
