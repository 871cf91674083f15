/* SPDX-License-Identifier: BSD-3-Clause
 * metrics.jsonl of runs: reading its lines, and telling by the first one which runs differ, and in
 * what.  A configuration is an object with "net", "options" and "images" as that line has them. */
#ifndef OT_CLI_RUNS_JOURNAL_H
#define OT_CLI_RUNS_JOURNAL_H

#include <jansson.h>
#include <stdbool.h>

#include "odetape.h"

/* Read DIRECTORY/metrics.jsonl, whose first line becomes *start, NULL if there is no line yet; what
 * is cut off its end is told once.  *history and *start are the caller's to free, also after a
 * failure. */
ot_status cli_history_read(const char *directory, ot_history **history, json_t **start);

/* A configuration without its seed as text, to be freed: equal where runs differ in the seed only.
 * OT_ENOMEM. */
ot_status cli_config_key(const json_t *config, char **key);

/* The network of configuration i of n, and in what else it differs from any other: "rk4 x2, lr
 * 0.2".  `left_out` may name one key that is not told, or be NULL.  OT_ENOMEM. */
ot_status cli_config_label(char *text, size_t size, int n, const json_t *const config[], int i,
                           const char *left_out);

#endif
