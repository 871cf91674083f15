/* SPDX-License-Identifier: BSD-3-Clause
 * odetape train: trains a network.  All errors in options, network and data are found before the
 * first batch.  The directory of a run holds metrics.jsonl and checkpoints.  final.safetensors is
 * written when all epochs are done, so that an interrupted run never looks finished. */
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "cli/runs/summary.h"
#include "cli/commands/profile.h"
#include "cli/frame/groups.h"
#include "cli/frame/message.h"
#include "cli/frame/options.h"
#include "cli/frame/page.h"
#include "cli/frame/plugins.h"
#include "cli/frame/shell.h"
#include "cli/frame/stop.h"
#include "cli/frame/text.h"
#include "cli/frame/threads.h"
#include "cli/frame/print.h"
#include "cli/runs/init.h"
#include "cli/runs/progress.h"
#include "cli/runs/rundir.h"
#include "cli/runs/training.h"

struct settings {
    ot_net_opts net;
    ot_train_opts recipe;
    bool no_augment;
    const char *data, *out, *resume;
    int threads, save_every, keep, weights_of;
    bool force, profile, accept_plugin;
};

#define FIELD(member) .offset = offsetof(struct settings, member)

static const ot_option options[] = {
    { .name = "out",
      .letter = 'o',
      .kind = OT_OPTION_TEXT,
      .argument = "DIR",
      FIELD(out),
      .help = "directory of the run; default: a new one, runs/NET-SEED" },
    { .name = "force", .kind = OT_OPTION_SWITCH, FIELD(force), .help = "replace the run in --out" },
    { .name = "resume",
      .letter = 'r',
      .kind = OT_OPTION_TEXT,
      .argument = "DIR",
      FIELD(resume),
      .help = "continue the run in DIR, with the options it was started with" },
    { .name = "accept-plugin",
      .kind = OT_OPTION_SWITCH,
      FIELD(accept_plugin),
      .help = "resume although a plugin is another one than before" },
    { .name = "save-every",
      .kind = OT_OPTION_INT,
      .argument = "N",
      .least = 1,
      .most = 1000000000,
      FIELD(save_every),
      .help = "also save a checkpoint after every N steps" },
    { .name = "keep",
      .kind = OT_OPTION_INT,
      .argument = "N",
      .least = 1,
      .most = 1000000,
      FIELD(keep),
      .help = "how many of the newest checkpoints are kept" },
    { .name = "profile",
      .kind = OT_OPTION_SWITCH,
      FIELD(profile),
      .help = "at the end, print to standard error where the time went" },
    { 0 },
};

static const ot_option shorthands[] = {
    { .name = "no-augment",
      .kind = OT_OPTION_SWITCH,
      FIELD(no_augment),
      .help = "train on the raw images: --augment none --cutout 0" },
    { 0 },
};

static const cli_group groups[] = {
    CLI_NETWORK_GROUP(net),
    CLI_DATA_GROUP(data),
    { "Training options", ot_train_rows, offsetof(struct settings, recipe) },
    { "Shorthand options", shorthands, 0 },
    CLI_WEIGHTS_GROUP(weights_of),
    { "Output options", options, 0 },
    CLI_THREAD_GROUP(threads),
    { 0 },
};

/* What one run of the command uses. */
typedef struct job {
    const struct settings *s;
    cli_training t;
    char *checkpoint; /* the checkpoint to resume from, or NULL */
    cli_rundir dir;
    cli_progress progress;
    ot_train_result result;
    size_t process_bytes; /* peak of the whole process */
    ot__page page;        /* the results */
} job;

static void on_init(const ot_fit *fit, void *user)
{
    const job *const j = user;
    cli_init_print(j->t.recipe.init.s, fit);
}

static void on_plan(const ot_train_plan *plan, void *user)
{
    const job *const j = user;
    const cli_summary what = {
        .built = j->t.net,
        .net = ot_net_options(j->t.net),
        .recipe = &j->t.recipe,
        .data = j->t.data,
        .n_train = ot_dataset_count(j->t.train),
        .n_test = ot_dataset_count(j->t.test),
        .output = j->dir.path,
    };
    cli_summary_print(&what, plan);
    if (j->checkpoint) cli_print(stderr, "resumed   %s\n", j->checkpoint);
}

static void on_progress(const ot_train_progress *now, void *user)
{
    cli_progress_batch(&((job *)user)->progress, now);
}

static void on_epoch(const ot_epoch_result *epoch, void *user)
{
    job *const j = user;
    cli_progress_epoch(&j->progress, epoch, j->t.recipe.epochs);
}

static void on_note(const char *sentence, void *user)
{
    cli_progress_clear(&((job *)user)->progress);
    cli_print(stderr, "odetape: warning: %s\n", sentence);
}

static void on_rebuild(double error, void *user)
{
    cli_progress_clear(&((job *)user)->progress);
    cli_print(stderr,
              "rebuilt   states of the first step differ by up to %s of their largest entry from "
              "those of the forward half\n",
              OT__ROUNDED(error, 2));
}

/* Prints the profile of training or evaluation.  JSON has it in the page of the results. */
static ot_status print_profile(job *j, const ot_execution *e, const char *what,
                               const ot_peaks *peaks, double seconds)
{
    char title[32];
    cli_part part;
    snprintf(title, sizeof title, "profile of %s", what);
    if (!j->page.json) return cli_profile_print(e, title, peaks, seconds, false, stderr);
    OT_TRY(cli_part_open(&part));
    const ot_status status = cli_profile_print(e, title, peaks, seconds, false, part.to);
    snprintf(title, sizeof title, "profile_of_%s", what);
    return cli_part_close(&part, &j->page, title, status);
}

static void print_sharing(const ot_sharing *s)
{
    cli_text bytes;
    if (s->processes < 2) return;
    cli_print(stderr,
              "processes %d: in a step, one sends %s in %s exchanges; data travel for %s ms, %s ms "
              "of them while it computes\n",
              s->processes, cli_bytes(&bytes, s->bytes), OT__ROUNDED(s->exchanges, 3),
              OT__ROUNDED(1e3 * s->seconds, 3), OT__ROUNDED(1e3 * s->hidden, 3));
}

/* Reads the peak memory of the process first, since measuring the machine's peaks takes memory. */
static void on_profile(const ot_train_profile *p, void *user)
{
    job *const j = user;
    ot_peaks peaks;
    j->process_bytes = ot_peak_rss();
    cli_progress_clear(&j->progress);
    print_sharing(&p->sharing);
    cli_profile_peaks(&peaks);
    if (print_profile(j, p->train, "training", &peaks, p->train_seconds) != OT_OK ||
        print_profile(j, p->evaluate, "evaluation", &peaks, p->evaluate_seconds) != OT_OK)
        on_note(ot_message(), j);
}

/* Whether this process only computes its share: process 0 prints and writes files. */
static bool only_computes(void)
{
    return ot_processes_rank() > 0;
}

static void set_callbacks(const job *j, ot_train_opts *opts)
{
    opts->on_init = on_init;
    opts->on_plan = on_plan;
    opts->on_progress = on_progress;
    opts->on_epoch = on_epoch;
    opts->on_note = on_note;
    opts->on_rebuild = on_rebuild;
    if (j->s->profile) opts->on_profile = on_profile;
}

static ot_status train(job *j)
{
    ot_train_opts opts = cli_training_options(&j->t);
    opts.processes = true;
    opts.journal = j->dir.journal;
    opts.run = j->dir.run;
    opts.save_every = j->s->save_every;
    opts.keep = j->s->keep;
    opts.resume = j->checkpoint;
    opts.accept_plugins = j->s->accept_plugin;
    opts.stop = &cli_stop;
    opts.save = &cli_save;
    opts.user = j;
    if (!only_computes()) set_callbacks(j, &opts);
    cli_catch_signals();
    cli_progress_start(&j->progress);
    const ot_status status = ot_train(&opts, &j->result);
    if (!j->s->profile) j->process_bytes = ot_peak_rss();
    cli_progress_clear(&j->progress);
    return status;
}

/* Without held-out images no epoch is called the best: the test images must not choose it. */
static void print_accuracy(const ot_train_result *r)
{
    printf("accuracy  %.2f%% on the test images\n", 100 * r->last.test_accuracy);
    if (!isnan(r->best_validation))
        printf("          %.2f%% after epoch %d, the best by validation with %.2f%%\n",
               100 * r->best_accuracy, r->best_epoch, 100 * r->best_validation);
    if (!isnan(r->last.average_accuracy))
        printf("          %.2f%% with the moving average of the weights\n",
               100 * r->last.average_accuracy);
}

typedef struct facts {
    double accuracy, loss, best_accuracy, best_epoch, best_validation, average, epochs, seconds,
        speed, measured, predicted, process;
    const char *directory, *weights, *journal;
} facts;

#define AT(member) .offset = offsetof(facts, member)

static const ot__column fact_columns[] = {
    { "test_accuracy", NULL, OT__CELL_REAL, AT(accuracy) },
    { "test_loss", NULL, OT__CELL_REAL, AT(loss) },
    { "best_accuracy", NULL, OT__CELL_REAL, AT(best_accuracy) },
    { "best_epoch", NULL, OT__CELL_COUNT, AT(best_epoch) },
    { "best_validation", NULL, OT__CELL_REAL, AT(best_validation) },
    { "average_accuracy", NULL, OT__CELL_REAL, AT(average) },
    { "epochs", NULL, OT__CELL_COUNT, AT(epochs) },
    { "seconds", NULL, OT__CELL_REAL, AT(seconds) },
    { "images_per_second", NULL, OT__CELL_REAL, AT(speed) },
    { "peak_bytes", NULL, OT__CELL_COUNT, AT(measured) },
    { "predicted_bytes", NULL, OT__CELL_COUNT, AT(predicted) },
    { "process_bytes", NULL, OT__CELL_COUNT, AT(process) },
    { "directory", NULL, OT__CELL_TEXT, AT(directory) },
    { "weights", NULL, OT__CELL_TEXT, AT(weights) },
    { "journal", NULL, OT__CELL_TEXT, AT(journal) },
};
static const ot__table fact_table = OT__TABLE(NULL, fact_columns);

static void put_facts(job *j)
{
    const ot_train_result *const r = &j->result;
    const bool chosen = !isnan(r->best_validation);
    ot__page_facts(&j->page, &fact_table,
                   &(facts){ .accuracy = r->last.test_accuracy,
                             .loss = r->last.test_loss,
                             .best_accuracy = chosen ? r->best_accuracy : NAN,
                             .best_epoch = chosen ? r->best_epoch : NAN,
                             .best_validation = r->best_validation,
                             .average = r->last.average_accuracy,
                             .epochs = r->epochs,
                             .seconds = r->seconds,
                             .speed = r->last.images_per_second,
                             .measured = (double)r->measured_bytes,
                             .predicted = (double)r->predicted_bytes,
                             .process = (double)j->process_bytes,
                             .directory = j->dir.path,
                             .weights = j->dir.weights,
                             .journal = j->dir.journal });
}

static void print_summary(const job *j)
{
    const ot_train_result *const r = &j->result;
    cli_text a, b, c;
    print_accuracy(r);
    cli_print(stdout, "time      %s for %d epoch%s, %.0f images/s in the last\n",
              cli_duration(&a, r->seconds), r->epochs, r->epochs == 1 ? "" : "s",
              r->last.images_per_second);
    cli_print(stdout, "memory    %s at the peak, %s predicted; %s for the whole process\n",
              cli_bytes(&a, (double)r->measured_bytes), cli_bytes(&b, (double)r->predicted_bytes),
              cli_bytes(&c, (double)j->process_bytes));
    cli_print(stdout, "files     %s\n          %s\n", j->dir.weights, j->dir.journal);
    fputs("next      odetape eval ", stdout);
    cli_shell_path(stdout, j->dir.weights);
    cli_plugins_write(stdout);
    fputs("\n          odetape report ", stdout);
    cli_shell_path(stdout, j->dir.path);
    cli_plugins_write(stdout);
    putchar('\n');
}

static ot_status finish(job *j)
{
    char epochs[16], accuracy[32];
    snprintf(epochs, sizeof epochs, "%d", j->result.epochs);
    snprintf(accuracy, sizeof accuracy, "%.6f", j->result.last.test_accuracy);
    const char *const results[][2] = { { "finished-epochs", epochs },
                                       { "test-accuracy", accuracy } };
    ot_train_opts opts = cli_training_options(&j->t);
    opts.run = j->dir.run;
    const ot_status status = ot_train_save(&opts, ot_run_file_name(OT_RUN_FINAL), 2, results);
    if (status != OT_OK) return status;
    put_facts(j);
    if (ot__page_is_text(&j->page)) print_summary(j);
    return OT_OK;
}

/* Prints the command that resumes this run. */
static ot_status leave(const job *j)
{
    fprintf(stderr,
            "odetape: interrupted after %d of %d epochs; continue with: odetape train --resume ",
            j->result.epochs, j->t.recipe.epochs);
    cli_shell_word(stderr, j->dir.path);
    if (j->s->save_every) fprintf(stderr, " --save-every %d", j->s->save_every);
    if (j->s->keep) fprintf(stderr, " --keep %d", j->s->keep);
    if (j->s->threads) fprintf(stderr, " --threads %d", j->s->threads);
    cli_plugins_write(stderr);
    fputc('\n', stderr);
    return cli_silent(OT_EINTERRUPTED);
}

/* Ends the command after the training has ended with a status. */
static ot_status conclude(job *j, ot_status status)
{
    if (only_computes()) return status;
    if (status == OT_OK) return finish(j);
    if (status == OT_EINTERRUPTED) return leave(j);
    if (j->checkpoint) return cli_resumed(status);
    cli_rundir_abandon(&j->dir);
    return status;
}

/* Options of the command itself that have no effect without another one. */
static ot_status check_pairs(const struct settings *s)
{
    if (s->accept_plugin && !s->resume)
        return ot__fail(OT_EINVAL, "--accept-plugin has no effect without --resume; leave it out");
    if (s->force && !s->out)
        return ot__fail(OT_EINVAL, "--force replaces the run in --out, which is not given; without "
                                   "it the run gets a new directory");
    return OT_OK;
}

static ot_status start(job *j)
{
    OT_TRY(check_pairs(j->s));
    j->t.net_opts = j->s->net;
    j->t.recipe = j->s->recipe;
    OT_TRY(cli_init_find(&j->t.recipe, (cli_weights_rule){ .of = j->s->weights_of }));
    ot_train_defaults(&j->t.recipe);
    OT_TRY(cli_training_open(&j->t));
    if (only_computes()) return OT_OK;
    return cli_rundir_open(&j->dir, j->s->out, j->s->net.blocks, j->s->recipe.seed, j->s->force);
}

/* Epochs, milestones and a limit of memory that are given replace those of the checkpoint. */
static void vary(job *j)
{
    if (cli_is_given("memory-limit")) j->t.recipe.memory_limit = j->s->recipe.memory_limit;
    const bool epochs = cli_is_given("epochs"), milestones = cli_is_given("milestones");
    if (epochs) j->t.recipe.epochs = j->s->recipe.epochs;
    if (milestones) j->t.recipe.milestones = j->s->recipe.milestones;
    j->t.recipe.prolong = epochs || milestones;
}

/* Finds the checkpoint to resume from. */
static ot_status find_checkpoint(job *j)
{
    OT_TRY(cli_rundir_reopen(&j->dir, j->s->resume));
    return ot_run_newest(j->dir.run, on_note, j, &j->checkpoint);
}

/* All processes resume from the checkpoint that process 0 finds. */
static ot_status share_checkpoint(job *j)
{
    char path[PATH_MAX] = "";
    if (ot_processes_count() < 2) return OT_OK;
    if (j->checkpoint) snprintf(path, sizeof path, "%s", j->checkpoint);
    OT_TRY(ot_processes_copy(path, sizeof path));
    free(j->checkpoint);
    j->checkpoint = strdup(path);
    return j->checkpoint ? OT_OK : cli_no_memory();
}

static ot_status resume(job *j)
{
    ot_status status = only_computes() ? OT_OK : find_checkpoint(j);
    if (status == OT_OK) status = share_checkpoint(j);
    if (status == OT_OK) status = cli_training_reopen(&j->t, j->checkpoint);
    if (status == OT_OK) vary(j);
    return status;
}

static ot_status run(void *settings, char **operands)
{
    (void)operands;
    static job j; /* too large for the stack; used once */
    j.s = settings;
    j.t.data = j.s->data;
    ot_status status = ot_processes_join();
    if (status == OT_OK) status = cli_use_threads(j.s->threads);
    if (status == OT_OK) status = j.s->resume ? resume(&j) : start(&j);
    if (!only_computes()) cli_page_open(&j.page);
    if (status == OT_OK) status = conclude(&j, train(&j));
    if (!only_computes()) status = ot__page_close(&j.page, status);
    free(j.checkpoint);
    cli_training_close(&j.t);
    cli_rundir_close(&j.dir);
    return status;
}

static const char *const with_resume[] = { "data",   "threads",    "save-every",
                                           "keep",   "profile",    "accept-plugin",
                                           "epochs", "milestones", "memory-limit",
                                           NULL };

const cli_command cli_train = {
    .name = "train",
    .operands = "",
    .summary = "train a network",
    .detail =
        "Writes metrics.jsonl, checkpoints and final.safetensors into the directory of the run.\n"
        "After any interruption, --resume continues to the same weights; with --epochs it\n"
        "prolongs a run.  --init starts from the weights of another one.  The defaults are the\n"
        "paper's recipe, which takes hours; --epochs and --max-seconds shorten it, and --width 16\n"
        "--stem-stride 2 make an epoch many times faster.",
    .groups = groups,
    .required = "net",
    .source = "resume",
    .with_source = with_resume,
    .defaults =
        &(const struct settings){
            .net = CLI_PAPER_NETWORK,
            .recipe = CLI_PAPER_RECIPE,
        },
    .settings_size = sizeof(struct settings),
    .json = true,
    .wide = true,
    .run = run,
};
