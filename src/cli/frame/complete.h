/* SPDX-License-Identifier: BSD-3-Clause
 * What a shell offers when Tab is pressed.  The files in completion/ call it as
 * `odetape --complete WORD...`. */
#ifndef OT_CLI_FRAME_COMPLETE_H
#define OT_CLI_FRAME_COMPLETE_H

/* Prints one line for each word that may stand in the place of the last of n words, which follow
 * "odetape" on a command line and of which the last one is not complete: the word, a tab and what
 * it is.  Prints nothing where any file may be meant. */
void cli_print_completions(int n, char **words);

#endif
