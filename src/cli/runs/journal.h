/* SPDX-License-Identifier: BSD-3-Clause
 * Reading metrics.jsonl of runs, and comparing their configurations.  A configuration is a JSON
 * object with "net", "options" and "images", which the first line of metrics.jsonl has, and with
 * "build": the version and the kernels that computed the run. */
#ifndef OT_CLI_RUNS_JOURNAL_H
#define OT_CLI_RUNS_JOURNAL_H

#include <jansson.h>
#include <stdbool.h>

#include "odetape.h"

/* Reads DIRECTORY/metrics.jsonl.  *start becomes its first line with "build" added, or NULL if it
 * has none yet.  If a damaged end is left out, a note on stderr says so, once per file.  The caller
 * frees *history and *start, also after a failure. */
ot_status cli_history_read(const char *directory, ot_history **history, json_t **start);

/* Writes a configuration without its seed as text, which the caller frees.  Runs that differ only
 * in their seed have equal keys.  Returns OT_ENOMEM if memory runs out. */
ot_status cli_config_key(const json_t *config, char **key);

/* Writes the label of configuration i of n, such as "rk4 x2, lr 0.2".  It has the network, and the
 * values of the options that differ among the n.  `left_out` is a key to omit, or NULL.  Returns
 * OT_ENOMEM if memory runs out. */
ot_status cli_config_label(char *text, size_t size, int n, const json_t *const config[], int i,
                           const char *left_out);

#endif
