/* SPDX-License-Identifier: BSD-3-Clause
 * metrics.jsonl of runs: reading its lines, and telling by the first one which runs differ, and in
 * what.  A configuration is an object with "net", "options" and "images" as that line has them. */
#ifndef OT_CLI_JOURNAL_H
#define OT_CLI_JOURNAL_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

/* What becomes of a line. */
typedef enum cli_taking { CLI_TAKEN, CLI_REFUSED, CLI_NO_MEMORY } cli_taking;

/* The value of a text; CLI_REFUSED when it is no JSON, and *why, which may be NULL, says so. */
cli_taking cli_json_read(const char *text, size_t size, json_t **value, json_error_t *why);

/* Hand the lines to `take`, one by one, as long as it takes them.  A last line without its end is
 * one that is being written, and is left out.  *line becomes the number of the last one. */
cli_taking cli_journal_read(FILE *from, cli_taking (*take)(void *user, json_t *line), void *user,
                            int *line);

/* A configuration without its seed as text: equal where runs differ in the seed only.  To be freed;
 * NULL when memory runs out. */
char *cli_config_key(const json_t *config);

/* The network of configuration i of n, and in what else it differs from any other: "rk4 x2, lr
 * 0.2".  `left_out` may name one key that is not told, or be NULL.  false: out of memory. */
bool cli_config_label(char *text, size_t size, int n, const json_t *const config[], int i,
                      const char *left_out);

#endif
