/* SPDX-License-Identifier: BSD-3-Clause
 * odetape verify: trains again from the second newest checkpoint of a run to the newest, in a
 * temporary directory, and compares the two newest checkpoints. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands/tensors.h"
#include "cli/frame/groups.h"
#include "cli/frame/message.h"
#include "base/decimal.h"
#include "cli/frame/scratch.h"
#include "cli/frame/stop.h"
#include "cli/frame/threads.h"
#include "cli/frame/page.h"
#include "cli/frame/print.h"
#include "cli/runs/rundir.h"
#include "cli/runs/training.h"

struct settings {
    const char *data;
    int threads;
};

enum { REACHED = -1 }; /* value of cli_stop when the last step is reached; no signal has it */

static const cli_group groups[] = {
    CLI_DATA_GROUP(data),
    CLI_THREAD_GROUP(threads),
    { 0 },
};

typedef struct job {
    cli_training t;
    cli_rundir dir;
    char *from, *to;  /* checkpoints */
    long long steps;  /* number of steps, counted from the start of the run, at which to end */
    cli_scratch copy; /* directory of the repeated training */
    ot_run *copy_run;
    char *replayed; /* the checkpoint of the repeated training */
} job;

static void on_progress(const ot_train_progress *now, void *user)
{
    job *const j = user;
    const long long steps = (long long)(now->epoch - 1) * now->batches + now->batch;
    if (!now->evaluating && steps >= j->steps && cli_stop == 0) cli_stop = REACHED;
}

static void on_note(const char *sentence, void *user)
{
    (void)user;
    cli_print(stderr, "odetape: warning: %s\n", sentence);
}

static ot_status choose(job *j)
{
    ot_run_files *files;
    OT_TRY(ot_run_list(j->dir.path, &files));
    const int n = files->checkpoints;
    if (n > 1) {
        j->to = strdup(files->checkpoint[0]);
        j->from = strdup(files->checkpoint[1]);
        j->steps = files->steps[0];
    }
    ot_run_files_free(files);
    if (n < 2)
        return ot__fail(OT_ENOENT, "%s has %s; two are needed, to train from one to the other",
                        j->dir.path, n == 1 ? "one checkpoint" : "no checkpoint");
    return j->to && j->from ? OT_OK : cli_no_memory();
}

/* A resume does without the file of --init.  A run is verified only with all it was made of. */
static ot_status check_init(const job *j)
{
    const ot_text *const init = &j->t.recipe.init;
    char checksum[33];
    if (!*init->s) return OT_OK;
    const ot_status status = ot_file_checksum(init->s, checksum);
    if (status != OT_ENOENT) return status;
    return ot__fail(OT_ENOENT,
                    "%s: the file of --init, from whose weights %s started, is missing, so the run "
                    "cannot be verified; put it back",
                    init->s, j->dir.path);
}

static ot_status make_copy(job *j)
{
    ot_status status = cli_scratch_make(&j->copy);
    if (status == OT_OK) status = ot_run_open(j->copy.path, &j->copy_run);
    return status;
}

static ot_status replay(job *j)
{
    ot_train_opts opts = cli_training_options(&j->t);
    opts.run = j->copy_run;
    opts.keep = 1;
    opts.resume = j->from;
    opts.stop = &cli_stop;
    opts.on_progress = on_progress;
    opts.on_note = on_note;
    opts.user = j;
    cli_print(stderr, "replay    %s\n  to      %s\n", j->from, j->to);
    cli_catch_signals();
    ot_status status = ot_train(&opts, NULL);
    if (cli_stop > 0) return ot__fail(OT_EINTERRUPTED, "interrupted");
    if (status == OT_EINTERRUPTED) status = OT_OK;
    if (status == OT_OK) status = ot_run_checkpoint(j->copy_run, 0, &j->replayed);
    return status == OT_OK ? OT_OK : cli_resumed(status);
}

typedef struct facts {
    double steps;
} facts;

static const ot__column columns[] = {
    { "steps", NULL, OT__CELL_COUNT, .offset = offsetof(facts, steps) },
};
static const ot__table table = OT__TABLE(NULL, columns);

static void print_verdict(ot__page *p, int different, long long steps)
{
    ot__page_facts(p, &table, &(facts){ (double)steps });
    if (!ot__page_is_text(p)) return;
    if (different == 0)
        printf("the replay has the same bits after %lld steps\n", steps);
    else
        cli_print(stdout, "%d tensor%s differ%s after %lld steps\n", different,
                  different == 1 ? "" : "s", different == 1 ? "s" : "", steps);
}

static ot_status compare(job *j)
{
    int different = 0;
    ot__page page;
    cli_page_open(&page);
    ot_status status = cli_compare_files(&page, j->to, j->replayed, &different);
    if (status == OT_OK) print_verdict(&page, different, j->steps);
    status = ot__page_close(&page, status);
    return status == OT_OK ? cli_answer(different == 0) : status;
}

static ot_status run(void *settings, char **operands)
{
    const struct settings *const s = settings;
    static job j; /* too large for the stack; used once */
    j.t.data = s->data;
    ot_status status = cli_use_threads(s->threads);
    if (status == OT_OK) status = cli_rundir_reopen(&j.dir, operands[0]);
    if (status == OT_OK) status = choose(&j);
    if (status == OT_OK) status = cli_training_reopen(&j.t, j.from);
    if (status == OT_OK) status = check_init(&j);
    if (status == OT_OK) status = make_copy(&j);
    if (status == OT_OK) status = replay(&j);
    if (status == OT_OK) status = compare(&j);
    ot_run_close(j.copy_run);
    cli_scratch_remove(&j.copy);
    free(j.from);
    free(j.to);
    free(j.replayed);
    cli_training_close(&j.t);
    cli_rundir_close(&j.dir);
    return status;
}

const cli_command cli_verify = {
    .name = "verify",
    .operands = "DIR",
    .n_operands = 1,
    .summary = "train a piece of a run again and compare the bits",
    .detail = "DIR is the directory of a run.  The training is repeated from the second newest\n"
              "checkpoint to the newest, with the present data, threads and kernels.  DIR is not\n"
              "changed.",
    .groups = groups,
    .defaults = &(const struct settings){ 0 },
    .settings_size = sizeof(struct settings),
    .json = true,
    .run = run,
};
