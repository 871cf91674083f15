/* SPDX-License-Identifier: BSD-3-Clause
 * Finds the runs of a report and their weights.  Nothing is locked or written in their directories,
 * so a training can be reported while it is running. */
#include <errno.h>
#include <fts.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/frame/message.h"
#include "cli/report/report.h"
#include "cli/runs/left_out.h"
#include "cli/runs/results.h"

/* ---- weights --------------------------------------------------------------------------------- */

/* Copies the path of the run's weights to *path, or NULL if it does not have them. */
static ot_status take_weights(const cli_reported *run, const ot_run_files *files, char **path)
{
    const ot_status status = cli_weights_choose(run->directory, files, run->rule, path);
    return status == OT_ENOENT ? OT_OK : status;
}

bool cli_report_find_newer(cli_reported *run)
{
    ot_run_files *files = NULL;
    char *weights = NULL;
    if (access(run->weights, F_OK) == 0 || errno != ENOENT) return false;
    ot_status status = ot_run_list(run->directory, &files);
    if (status == OT_OK) status = take_weights(run, files, &weights);
    ot_run_files_free(files);
    if (status != OT_OK || !weights) return false;
    free(run->weights);
    run->weights = weights;
    return true;
}

ot_status cli_report_weights(cli_reported *run, ot_safetensors **file)
{
    ot_status status = ot_safetensors_open(run->weights, file);
    for (int i = 0; i < CLI_MOST_RETRIES && status == OT_ENOENT && cli_report_find_newer(run); i++)
        status = ot_safetensors_open(run->weights, file);
    return status;
}

/* ---- runs ------------------------------------------------------------------------------------ */

static void forget(cli_reported *run)
{
    free(run->directory);
    free(run->weights);
    cli_outcome_free(&run->outcome);
    *run = (cli_reported){ .directory = NULL };
}

static ot_status add(cli_page *r, const char *directory, const ot_run_files *files)
{
    if (r->n == CLI_MOST_RUNS)
        return ot__fail(OT_EFORMAT, "'%.200s' has more than %d runs", r->source, CLI_MOST_RUNS);
    cli_reported *const run = &r->run[r->n];
    run->rule = r->rule;
    run->directory = strdup(directory);
    ot_status status = run->directory ? take_weights(run, files, &run->weights) : cli_no_memory();
    if (status == OT_OK) status = cli_outcome_read(&run->outcome, directory);
    if (status == OT_OK)
        r->n++;
    else
        forget(run);
    return status;
}

/* Adds a directory that has a journal; CLI_DONE if it has none.  If the journal is damaged, reading
 * it reports why. */
static ot_status add_if_run(const char *directory, void *page)
{
    cli_page *const r = page;
    ot_run_files *files;
    OT_TRY(ot_run_list(directory, &files));
    const ot_status status = files->path[OT_RUN_JOURNAL] ? add(r, directory, files) : CLI_DONE;
    ot_run_files_free(files);
    return status;
}

static int in_order(const FTSENT **a, const FTSENT **b)
{
    return strcmp((*a)->fts_name, (*b)->fts_name);
}

/* Adds a path to a list that ends with NULL.  Returns false if memory runs out. */
static bool add_folder(char ***folders, size_t *n, const char *path)
{
    char **const more = realloc(*folders, (*n + 2) * sizeof *more);
    if (!more) return false;
    *folders = more;
    more[*n] = strdup(path);
    more[*n + 1] = NULL;
    return more[(*n)++] != NULL;
}

/* Damaged runs below are left out with a note, unless all are. */
static ot_status add_below(cli_page *r)
{
    char *const roots[] = { r->source, NULL };
    FTS *const tree = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, in_order);
    if (!tree) return ot__fail(OT_ENOENT, "'%.200s': %s", r->source, strerror(errno));
    size_t n = 0;
    char **folders = calloc(1, sizeof *folders);
    bool good = folders != NULL;
    for (FTSENT *at; good && (at = fts_read(tree)) != NULL;)
        if (at->fts_info == FTS_D) good = add_folder(&folders, &n, at->fts_path);
    fts_close(tree);
    const ot_status status = good ? cli_left_out_each(folders, add_if_run, r) : cli_no_memory();
    for (size_t i = 0; i < n; i++)
        free(folders[i]);
    free(folders);
    return status;
}

/* Fails if --weights-of chose a file that no run has. */
static ot_status need_chosen(const cli_page *r)
{
    ot_run_files *files;
    char *path = NULL;
    if (r->rule.of == CLI_WEIGHTS_FINAL) return OT_OK;
    for (int i = 0; i < r->n; i++)
        if (r->run[i].weights) return OT_OK;
    OT_TRY(ot_run_list(r->run[0].directory, &files));
    const ot_status status = cli_weights_choose(r->run[0].directory, files, r->rule, &path);
    ot_run_files_free(files);
    free(path);
    return status;
}

static ot_status read_table(cli_page *r)
{
    cli_results results;
    ot_status status = cli_results_open(r->source, &results);
    if (status == OT_OK && results.n > 0) status = cli_comparison_add(&r->table, r->source);
    cli_results_close(&results);
    const bool listed = r->table.n > 0;
    for (int i = 0; i < r->n && !listed && status == OT_OK; i++)
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
    ot_status status = add_if_run(r->source, r);
    if (status == CLI_DONE) status = add_below(r);
    if (status == OT_OK && r->n == 0)
        status =
            ot__fail(OT_ENOENT,
                     "'%.200s' holds no run: there is no metrics.jsonl in it or below it", source);
    if (status == OT_OK) status = need_chosen(r);
    if (status == OT_OK) status = cli_about_read(r->source, &r->about);
    if (status == OT_OK) status = read_table(r);
    return status == OT_OK ? read_curves(r) : status;
}

void cli_report_close(cli_page *r)
{
    cli_about_free(&r->about);
    for (int i = 0; i < r->n; i++)
        forget(&r->run[i]);
    free(r->run);
    cli_runs_close(&r->curves);
    cli_comparison_free(&r->table);
    free(r->inspection.weights);
    cli_training_close(&r->inspection.training);
    cli_confusion_free(&r->inspection.confusion);
    cli_scratch_remove(&r->inspection.folder);
}
