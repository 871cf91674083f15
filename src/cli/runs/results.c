/* SPDX-License-Identifier: BSD-3-Clause
 * Names and finds files of results. */
#include "cli/runs/results.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/decimal.h"
#include "cli/frame/message.h"

static const char PREFIX[] = "results-", SUFFIX[] = ".jsonl";

/* ---- names ---- */

/* Reads "2/3", or "2-of-3" of a name, which ends at `end`. */
static bool read_shard(const char *text, const char *between, const char *end, cli_shard *s)
{
    if (!ot__read_count(&text, 1, CLI_MOST_SHARDS, &s->i)) return false;
    if (strncmp(text, between, strlen(between)) != 0) return false;
    text += strlen(between);
    return ot__read_count(&text, 1, CLI_MOST_SHARDS, &s->n) && strcmp(text, end) == 0 &&
           s->i <= s->n;
}

ot_status cli_shard_read(const char *text, cli_shard *shard)
{
    if (read_shard(text, "/", "", shard)) return OT_OK;
    return ot__fail(OT_EINVAL,
                    "the shard is '%.80s'; it must be I/N, the I-th of N with 1 <= I <= N <= %d, "
                    "such as 1/2",
                    text, CLI_MOST_SHARDS);
}

ot_status cli_results_path(const char *directory, cli_shard shard, char **path)
{
    if (shard.n == 0) return ot_run_path(directory, OT_RUN_RESULTS, path);
    if (asprintf(path, "%s/%s%d-of-%d%s", directory, PREFIX, shard.i, shard.n, SUFFIX) >= 0)
        return OT_OK;
    *path = NULL;
    return cli_no_memory();
}

/* ---- a directory ---- */

static ot_status add(cli_results *r, char *path)
{
    char **const more = path ? realloc(r->path, ((size_t)r->n + 1) * sizeof *more) : NULL;
    if (!more) {
        free(path);
        return cli_no_memory();
    }
    r->path = more;
    r->path[r->n++] = path;
    return OT_OK;
}

/* The names of one sweep's shards, as found. */
static bool is_shard(const char *name, cli_shard *s)
{
    return strncmp(name, PREFIX, strlen(PREFIX)) == 0 &&
           read_shard(name + strlen(PREFIX), "-of-", SUFFIX, s);
}

static int in_order(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static ot_status add_shards(cli_results *r, const char *directory)
{
    DIR *const d = opendir(directory);
    const int first = r->n;
    cli_shard s;
    if (!d) return ot__fail(OT_ENOENT, "%s: %s", directory, strerror(errno));
    ot_status status = OT_OK;
    for (struct dirent *e; status == OT_OK && (e = readdir(d)) != NULL;) {
        char *path;
        if (!is_shard(e->d_name, &s)) continue;
        status = cli_results_path(directory, s, &path);
        if (status == OT_OK) status = add(r, path);
        if (s.n > r->incomplete.n) r->incomplete = (cli_shard){ 0, s.n };
        r->incomplete.i += s.n == r->incomplete.n;
    }
    closedir(d);
    if (r->n > first) qsort(r->path + first, (size_t)(r->n - first), sizeof *r->path, in_order);
    return status;
}

ot_status cli_results_open(const char *directory, cli_results *r)
{
    char *whole;
    *r = (cli_results){ 0 };
    OT_TRY(ot_run_path(directory, OT_RUN_RESULTS, &whole));
    if (access(whole, F_OK) == 0)
        OT_TRY(add(r, whole));
    else
        free(whole);
    const bool is_whole = r->n > 0;
    OT_TRY(add_shards(r, directory));
    if (is_whole || r->incomplete.i == r->incomplete.n) r->incomplete = (cli_shard){ 0, 0 };
    return OT_OK;
}

void cli_results_close(cli_results *r)
{
    for (int i = 0; i < r->n; i++)
        free(r->path[i]);
    free(r->path);
    *r = (cli_results){ 0 };
}
