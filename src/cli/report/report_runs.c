/* SPDX-License-Identifier: BSD-3-Clause
 * The runs that a report is of.  Nothing is locked and nothing is written in their directories, so
 * that a training that is going on can be looked at. */
#include <dirent.h>
#include <errno.h>
#include <fts.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/frame/message.h"
#include "cli/report/report.h"

static bool is_file(const char *directory, const char *name)
{
    struct stat there;
    char path[PATH_MAX];
    const int n = snprintf(path, sizeof path, "%s/%s", directory, name);
    return n < (int)sizeof path && stat(path, &there) == 0 && S_ISREG(there.st_mode);
}

/* Whatever it is: reading it will say what is wrong. */
static bool has_journal(const char *directory)
{
    struct stat there;
    char path[PATH_MAX];
    const int n = snprintf(path, sizeof path, "%s/metrics.jsonl", directory);
    return n < (int)sizeof path && stat(path, &there) == 0;
}

/* ---- weights --------------------------------------------------------------------------------- */

/* Numbers of steps in names have leading zeros. */
static int is_checkpoint(const struct dirent *entry)
{
    static const char start[] = "checkpoint-", end[] = ".safetensors";
    const size_t n = strlen(entry->d_name);
    return strncmp(entry->d_name, start, sizeof start - 1) == 0 && n > sizeof end &&
           strcmp(entry->d_name + n - (sizeof end - 1), end) == 0;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

/* The path of the weights of a run, "" if it has none.  Returns 0 or an errno. */
static int find_weights(const char *directory, char path[PATH_MAX])
{
    struct dirent **entry = NULL;
    path[0] = 0;
    if (is_file(directory, "final.safetensors")) {
        snprintf(path, PATH_MAX, "%.*s/final.safetensors", PATH_MAX - 64, directory);
        return 0;
    }
    const int n = scandir(directory, &entry, is_checkpoint, by_name);
    if (n < 0) return errno;
    if (n > 0) snprintf(path, PATH_MAX, "%.*s/%s", PATH_MAX - 300, directory, entry[n - 1]->d_name);
    for (int i = 0; i < n; i++)
        free(entry[i]);
    free(entry);
    return 0;
}

bool cli_report_look_again(cli_reported *run)
{
    char path[PATH_MAX];
    if (access(run->weights, F_OK) == 0 || errno != ENOENT) return false;
    if (find_weights(run->directory, path) != 0 || !*path) return false;
    char *const weights = strdup(path);
    if (!weights) return false;
    free(run->weights);
    run->weights = weights;
    return true;
}

ot_status cli_report_weights(cli_reported *run, ot_safetensors **file)
{
    ot_status status = ot_safetensors_open(run->weights, file);
    for (int i = 0; i < CLI_MOST_LOOKS && status == OT_ENOENT && cli_report_look_again(run); i++)
        status = ot_safetensors_open(run->weights, file);
    return status;
}

/* ---- runs ------------------------------------------------------------------------------------ */

static ot_status add(cli_page *r, const char *directory)
{
    if (r->n == CLI_MOST_RUNS)
        return ot__fail(OT_EFORMAT, "'%.200s' has more than %d runs", r->source, CLI_MOST_RUNS);
    cli_reported *const run = &r->run[r->n++];
    char weights[PATH_MAX];
    const int why = find_weights(directory, weights);
    if (why != 0) return ot__fail(OT_ENOENT, "'%.200s': %s", directory, strerror(why));
    run->directory = strdup(directory);
    run->weights = *weights ? strdup(weights) : NULL;
    if (!run->directory || (*weights && !run->weights)) return cli_no_memory();
    return cli_outcome_read(&run->outcome, directory);
}

static int in_order(const FTSENT **a, const FTSENT **b)
{
    return strcmp((*a)->fts_name, (*b)->fts_name);
}

static ot_status add_below(cli_page *r)
{
    char *const roots[] = { r->source, NULL };
    FTS *const tree = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, in_order);
    if (!tree) return ot__fail(OT_ENOENT, "'%.200s': %s", r->source, strerror(errno));
    ot_status status = OT_OK;
    for (FTSENT *at; status == OT_OK && (at = fts_read(tree)) != NULL;)
        if (at->fts_info == FTS_D && has_journal(at->fts_path)) status = add(r, at->fts_path);
    fts_close(tree);
    return status;
}

static ot_status read_table(cli_page *r)
{
    ot_status status = OT_OK;
    if (is_file(r->source, "results.jsonl")) status = cli_comparison_add(&r->table, r->source);
    const bool told = r->table.n > 0;
    for (int i = 0; i < r->n && !told && status == OT_OK; i++)
        if (r->run[i].outcome.state != CLI_WAITING)
            status = cli_comparison_add(&r->table, r->run[i].directory);
    if (status != OT_OK) return status;
    return cli_comparison_group(&r->table);
}

static ot_status read_curves(cli_page *r)
{
    char *with_epochs[CLI_MOST_RUNS + 1];
    int n = 0;
    for (int i = 0; i < r->n; i++)
        if (r->run[i].outcome.epochs > 0) with_epochs[n++] = r->run[i].directory;
    with_epochs[n] = NULL;
    return n > 0 ? cli_runs_open(&r->curves, with_epochs) : OT_OK;
}

ot_status cli_report_open(cli_page *r, const char *source)
{
    struct stat there;
    size_t length = strlen(source);
    while (length > 1 && source[length - 1] == '/')
        length--;
    if (length >= sizeof r->source)
        return ot__fail(OT_ENOENT, "'%.100s...': %s", source, strerror(ENAMETOOLONG));
    snprintf(r->source, sizeof r->source, "%.*s", (int)length, source);
    if (stat(source, &there) != 0)
        return ot__fail(OT_ENOENT, "'%.200s': %s", source, strerror(errno));
    if (!S_ISDIR(there.st_mode))
        return ot__fail(OT_ENOENT, "'%.200s' is not the directory of a run or of a sweep", source);
    r->run = calloc(CLI_MOST_RUNS, sizeof *r->run);
    if (!r->run) return cli_no_memory();
    ot_status status = has_journal(r->source) ? add(r, r->source) : add_below(r);
    if (status == OT_OK && r->n == 0)
        status = ot__fail(OT_ENOENT,
                          "'%.200s' has no run in it: no metrics.jsonl in it or below it", source);
    if (status == OT_OK) status = read_table(r);
    return status == OT_OK ? read_curves(r) : status;
}

void cli_report_close(cli_page *r)
{
    for (int i = 0; i < r->n; i++) {
        free(r->run[i].directory);
        free(r->run[i].weights);
        cli_outcome_free(&r->run[i].outcome);
    }
    free(r->run);
    cli_runs_close(&r->curves);
    cli_comparison_free(&r->table);
    free(r->seen.weights);
    cli_training_close(&r->seen.training);
    cli_confusion_free(&r->seen.confusion);
    cli_scratch_remove(&r->seen.folder);
}
