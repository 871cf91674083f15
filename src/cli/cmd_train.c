/* SPDX-License-Identifier: BSD-3-Clause
 * odetape train.  Everything that can be refused is refused before the first batch.  The directory
 * of a run holds metrics.jsonl and, when the training has ended as asked, final.safetensors; a run
 * that was interrupted leaves interrupted.safetensors instead, so that it never looks finished. */
#include <stdio.h>
#include <string.h>

#include "cli/groups.h"
#include "cli/message.h"
#include "cli/plan.h"
#include "cli/progress.h"
#include "cli/recipe.h"
#include "cli/record.h"
#include "cli/rundir.h"
#include "cli/stop.h"
#include "cli/text.h"
#include "cli/threads.h"

struct settings {
    ot_net_opts net;
    cli_recipe recipe;
    const char *data, *out;
    int threads;
    bool force;
};

static const cli_option options[] = {
    { .name = "out",
      .letter = 'o',
      .kind = CLI_TEXT,
      .argument = "DIR",
      .offset = offsetof(struct settings, out),
      .help = "directory of the run, else a new one: runs/NET-SEED" },
    { .name = "force",
      .kind = CLI_SWITCH,
      .offset = offsetof(struct settings, force),
      .help = "replace the run that is in --out" },
    { 0 },
};

static const cli_group groups[] = {
    CLI_NETWORK_GROUP(net),
    CLI_DATA_GROUP(data),
    { "Training options", cli_recipe_options, offsetof(struct settings, recipe) },
    { "Output options", options, 0 },
    CLI_THREAD_GROUP(threads),
    { 0 },
};

/* What a training holds on to. */
typedef struct job {
    const cli_command *self;
    struct settings *s;
    ot_dataset *train, *test;
    ot_net *net;
    ot_params *params;
    cli_rundir dir;
    cli_progress progress;
    ot_train_result result;
} job;

static int open_all(job *j)
{
    ot_status status = ot_net_new(&j->s->net, &j->net); /* refuses soonest */
    if (status == OT_OK) status = ot_dataset_open(j->s->data, OT_SPLIT_TRAIN, &j->train);
    if (status == OT_OK) status = ot_dataset_open(j->s->data, OT_SPLIT_TEST, &j->test);
    if (status == OT_OK) status = ot_params_new(ot_net_tape(j->net), &j->params);
    if (status != OT_OK) return cli_fail_status(j->self, status);
    ot_params_init(j->params, j->s->recipe.seed);
    return CLI_GO_ON;
}

static void close_all(job *j)
{
    ot_params_free(j->params);
    ot_net_free(j->net);
    ot_dataset_free(j->test);
    ot_dataset_free(j->train);
}

static void on_plan(const ot_train_plan *plan, void *user)
{
    const job *const j = user;
    const cli_plan what = {
        .built = j->net,
        .net = ot_net_options(j->net),
        .recipe = &j->s->recipe,
        .data = j->s->data,
        .n_train = ot_dataset_count(j->train),
        .n_test = ot_dataset_count(j->test),
        .output = j->dir.path,
    };
    cli_plan_print(&what, plan);
}

static void on_progress(const ot_train_progress *now, void *user)
{
    cli_progress_batch(&((job *)user)->progress, now);
}

static void on_epoch(const ot_epoch_result *epoch, void *user)
{
    job *const j = user;
    cli_progress_epoch(&j->progress, epoch, j->s->recipe.epochs);
}

static ot_status train(job *j)
{
    const cli_recipe *const r = &j->s->recipe;
    const ot_train_opts opts = {
        .net = j->net,
        .params = j->params,
        .train = j->train,
        .test = j->test,
        .epochs = r->epochs,
        .batch = r->batch,
        .lr = r->lr,
        .momentum = r->momentum,
        .weight_decay = r->weight_decay,
        .n_milestones = r->milestones.n,
        .milestones = r->milestones.value,
        .decay = r->decay,
        .seed = r->seed,
        .crop_pad = r->crop,
        .flip = r->flip,
        .max_seconds = r->max_seconds,
        .journal = j->dir.journal,
        .stop = &cli_stop,
        .on_plan = on_plan,
        .on_progress = on_progress,
        .on_epoch = on_epoch,
        .user = j,
    };
    cli_catch_signals();
    cli_progress_start(&j->progress);
    const ot_status status = ot_train(&opts, &j->result);
    cli_progress_clear(&j->progress);
    return status;
}

static ot_status save(job *j, const char *path)
{
    static cli_record record; /* large; once a run */
    cli_record_add(&record, "odetape", "%s", ot_version());
    cli_record_options(&record, cli_network_options, ot_net_options(j->net));
    cli_record_schemes(&record, j->net);
    cli_record_options(&record, cli_recipe_options, &j->s->recipe);
    cli_record_options(&record, cli_data_options, &j->s->data);
    cli_record_add(&record, "finished-epochs", "%d", j->result.epochs);
    if (j->result.epochs > 0)
        cli_record_add(&record, "test-accuracy", "%.6f", j->result.last.test_accuracy);
    return ot_params_save(j->params, path, record.n, record.pair);
}

static void print_summary(const job *j)
{
    const ot_train_result *const r = &j->result;
    cli_text a, b, c;
    printf("accuracy  %.2f%% on the test images; best %.2f%% after epoch %d\n",
           100 * r->last.test_accuracy, 100 * r->best_accuracy, r->best_epoch);
    printf("time      %s for %d epochs, %.0f images/s in the last\n", cli_duration(&a, r->seconds),
           r->epochs, r->last.images_per_second);
    printf("memory    %s at the peak, %s predicted; %s for the whole process\n",
           cli_bytes(&a, (double)r->measured_bytes), cli_bytes(&b, (double)r->predicted_bytes),
           cli_bytes(&c, (double)ot_peak_rss()));
    printf("files     %s\n          %s\n", j->dir.weights, j->dir.journal);
    printf("next      odetape eval %s", j->dir.weights);
    if (strcmp(j->s->data, "builtin") != 0) printf(" --data '%s'", j->s->data);
    printf("\n          odetape gradcheck --net '%s'\n", j->s->net.blocks);
}

static int finish(job *j)
{
    const ot_status status = save(j, j->dir.weights);
    if (status != OT_OK) return cli_fail_status(j->self, status);
    print_summary(j);
    return 0;
}

static int leave(job *j)
{
    const ot_status status = save(j, j->dir.interrupted);
    if (status != OT_OK) return cli_fail_status(j->self, status);
    return cli_fail(CLI_SIGNALLED + cli_stop,
                    "interrupted after %d of %d epochs; the weights so far are in %s",
                    j->result.epochs, j->s->recipe.epochs, j->dir.interrupted);
}

static int run(const cli_command *self, void *settings, char **operands)
{
    (void)operands;
    job j = { .self = self, .s = settings };
    cli_recipe_complete(&j.s->recipe);
    j.s->net.batch = j.s->recipe.batch;
    int code = cli_use_threads(self, j.s->threads);
    if (code == CLI_GO_ON) code = open_all(&j);
    if (code == CLI_GO_ON)
        code = cli_rundir_open(&j.dir, j.s->out, j.s->net.blocks, j.s->recipe.seed, j.s->force);
    if (code == CLI_GO_ON) {
        const ot_status status = train(&j);
        code = status == OT_OK             ? finish(&j)
               : status == OT_EINTERRUPTED ? leave(&j)
                                           : cli_fail_status(self, status);
        if (status != OT_OK && status != OT_EINTERRUPTED) cli_rundir_abandon(&j.dir);
    }
    close_all(&j);
    return code;
}

const cli_command cli_train = {
    .name = "train",
    .operands = "",
    .summary = "train a network",
    .detail =
        "Leaves metrics.jsonl and final.safetensors in the directory of the run.  The defaults\n"
        "are the paper's recipe, which takes hours; --epochs and --max-seconds shorten it, and\n"
        "--width 16 --stem-stride 2 make an epoch many times faster.",
    .groups = groups,
    .required = "net",
    .defaults =
        &(const struct settings){
            .net = CLI_PAPER_NETWORK,
            .recipe = CLI_PAPER_RECIPE,
            .data = "builtin",
        },
    .settings_size = sizeof(struct settings),
    .run = run,
};
