/* SPDX-License-Identifier: BSD-3-Clause
 * The files of results in the directory of a sweep: results.jsonl, or results-2-of-3.jsonl of the
 * second of three shards.  The names differ, so shards can be copied into one directory. */
#ifndef OT_CLI_RUNS_RESULTS_H
#define OT_CLI_RUNS_RESULTS_H

#include "odetape.h"

enum { CLI_MOST_SHARDS = 1024 };

typedef struct cli_shard {
    int i, n; /* the i-th of n, from 1; n = 0: the whole sweep */
} cli_shard;

/* Reads "2/3".  Returns OT_EINVAL for what is no shard. */
ot_status cli_shard_read(const char *text, cli_shard *shard);

/* *path becomes the path of a file of results, which the caller frees. */
ot_status cli_results_path(const char *directory, cli_shard shard, char **path);

typedef struct cli_results {
    int n;
    char **path;          /* results.jsonl first, if it is there, then those of shards by name */
    cli_shard incomplete; /* n: shards of this sweep, of which only i have a file; 0: none lacks */
} cli_results;

/* Finds the files of results in a directory.  Call cli_results_close also after a failure. */
ot_status cli_results_open(const char *directory, cli_results *r);
void cli_results_close(cli_results *r);

#endif
