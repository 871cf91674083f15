/* SPDX-License-Identifier: BSD-3-Clause
 * metrics.jsonl of runs: reading its lines, and telling by the first one which runs differ, and in
 * what.  A configuration is an object with "net", "options" and "images" as that line has them. */
#ifndef OT_CLI_JOURNAL_H
#define OT_CLI_JOURNAL_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

/* Hand the lines to `take`, which says whether it believes them, one by one.  A last line without
 * its end is one that is being written, and is left out.  0, or the number of the line that is no
 * JSON or was not taken. */
int cli_journal_read(FILE *from, bool (*take)(void *user, json_t *line), void *user);

/* A configuration without its seed as text: equal where runs differ in the seed only.  To be freed;
 * NULL when memory runs out. */
char *cli_config_key(const json_t *config);

/* The network of configuration i of n, and in what else it differs from any other: "rk4 x2, lr
 * 0.2".  `left_out` may name one key that is not told, or be NULL. */
void cli_config_label(char *text, size_t size, int n, const json_t *const config[], int i,
                      const char *left_out);

#endif
