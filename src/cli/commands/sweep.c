/* SPDX-License-Identifier: BSD-3-Clause
 * odetape sweep: runs the trainings of an experiment file.  All errors in the file, the networks
 * and the data are found before the first training starts. */
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/directory.h"
#include "cli/frame/groups.h"
#include "cli/frame/message.h"
#include "cli/frame/page.h"
#include "cli/frame/shell.h"
#include "cli/frame/stop.h"
#include "cli/frame/threads.h"
#include "cli/frame/print.h"
#include "cli/runs/about.h"
#include "cli/sweep/series_table.h"

struct settings {
    const char *scale, *data, *out, *shard;
    int jobs, threads;
    bool dry_run;
};

#define FIELD(member) .offset = offsetof(struct settings, member)

static const ot_option options[] = {
    { .name = "scale",
      .kind = OT_OPTION_TEXT,
      .argument = "NAME",
      FIELD(scale),
      .help = "one of the file's scales; default: the first" },
    { .name = "out",
      .letter = 'o',
      .kind = OT_OPTION_TEXT,
      .argument = "DIR",
      FIELD(out),
      .help = "directory of the runs; default: runs/FILE-SCALE" },
    { .name = "jobs",
      .letter = 'j',
      .kind = OT_OPTION_INT,
      .argument = "N",
      .least = 1,
      .most = CLI_MOST_JOBS,
      FIELD(jobs),
      .help = "runs at the same time; they share the threads" },
    { .name = "shard",
      .kind = OT_OPTION_TEXT,
      .argument = "I/N",
      FIELD(shard),
      .help = "only every N-th run, from the I-th on; for several machines" },
    { .name = "dry-run",
      .kind = OT_OPTION_SWITCH,
      FIELD(dry_run),
      .help = "print the commands of the runs that are left; start nothing" },
    { 0 },
};

static const cli_group groups[] = {
    { "Sweep options", options, 0 },
    CLI_DATA_GROUP(data),
    CLI_THREAD_GROUP(threads),
    { 0 },
};

extern const cli_command cli_train;

static cli_experiment experiment;
static cli_series series = { .lock = { .fd = -1, .lock = -1 } };

static ot_status choose_scale(const struct settings *s, cli_grid *g)
{
    const char *names[CLI_MOST_SECTIONS];
    int n = 0;
    g->scale = cli_experiment_section(&experiment, CLI_SCALE, s->scale);
    if (!s->scale || g->scale != CLI_NO_SECTION) return OT_OK;
    for (int i = 0; i < experiment.n_sections; i++)
        if (experiment.section[i].kind == CLI_SCALE) names[n++] = experiment.section[i].name;
    const char *const nearest = ot_nearest(s->scale, n, names);
    return nearest ? ot__fail(OT_EINVAL, "%s has no scale '%s'; did you mean '%s'?",
                              experiment.path, s->scale, nearest)
                   : ot__fail(OT_EINVAL, "%s has no scale '%s'", experiment.path, s->scale);
}

/* The default directory: runs/table3-reduced for experiments/table3.ini at scale reduced. */
static ot_status choose_out(const struct settings *s, const char *file)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s", file);
    char *const name = basename(path);
    char *const dot = strrchr(name, '.');
    if (dot && dot != name) *dot = 0;
    const int scale = series.grid->scale;
    const char *const part = scale == CLI_NO_SECTION ? "" : experiment.section[scale].name;
    const int n = s->out ? snprintf(series.out, sizeof series.out, "%s", s->out)
                         : snprintf(series.out, sizeof series.out, "runs/%.200s%s%s", name,
                                    *part ? "-" : "", part);
    if (n < (int)sizeof series.out) return OT_OK;
    return ot__fail(OT_ECREATE, "the name of the directory is too long");
}

static ot_status try_data(const char *where)
{
    ot_dataset *train = NULL, *test = NULL;
    ot_status status = ot_dataset_open(where, OT_SPLIT_TRAIN, &train);
    if (status == OT_OK) status = ot_dataset_open(where, OT_SPLIT_TEST, &test);
    ot_dataset_free(test);
    ot_dataset_free(train);
    return status;
}

/* Tries to open the data set of every member that is missing, once for members in a row with the
 * same one.  So results of other machines are merged without their data. */
static ot_status check_data(const struct settings *s)
{
    char place[256] = "";
    const int key = cli_experiment_key(&experiment, "data");
    const char *last = "builtin";
    for (int i = 0; i < series.grid->n; i++) {
        const char *const where = cli_member_value(series.grid, &series.grid->member[i], key);
        if (!cli_series_missing(&series, i) || !where || strcmp(where, last) == 0) continue;
        const ot_status status = try_data(where);
        if (status != OT_OK && !s->data)
            snprintf(place, sizeof place, "%.200s:%d: ", experiment.path,
                     series.grid->member[i].chosen[key]->line);
        if (status == OT_ENOENT)
            return ot__fail(OT_ENOENT, "%s%s; --data DIR says where the data are", place,
                            ot_message());
        if (status != OT_OK) return ot__fail(status, "%s%s", place, ot_message());
        last = where;
    }
    return OT_OK;
}

static void on_end(const cli_series *s, int member)
{
    cli_series_print_row(s, member);
}

static ot_status prepare(const struct settings *s, const char *file, cli_grid *g)
{
    ot_status status = s->shard ? cli_shard_read(s->shard, &g->shard) : OT_OK;
    if (status == OT_OK) status = cli_experiment_read(&experiment, &cli_train, file);
    if (status == OT_OK) status = choose_scale(s, g);
    if (status == OT_OK) status = cli_grid_expand(g);
    if (status != OT_OK) return status;
    const int threads = ot_machine().threads;
    series.grid = g;
    series.jobs = s->jobs;
    series.threads = threads > s->jobs ? threads / s->jobs : 1;
    series.on_end = on_end;
    series.on_wait = cli_series_print_progress;
    series.before_message = cli_series_clear_progress;
    status = choose_out(s, file);
    return status == OT_OK ? cli_series_open(&series) : status;
}

/* Prints the command that resumes this sweep. */
static void print_resume_command(const struct settings *s, const char *file)
{
    const struct {
        const char *option, *value;
    } given[] = {
        { "--scale", s->scale }, { "--data", s->data }, { "--out", s->out }, { "--shard", s->shard }
    };
    fputs("odetape: what is done is kept; continue with: odetape sweep ", stderr);
    cli_shell_path(stderr, file);
    for (size_t i = 0; i < sizeof given / sizeof given[0]; i++)
        if (given[i].value)
            cli_shell_words(stderr, (const char *const[]){ given[i].option, given[i].value, NULL });
    if (s->jobs > 1) fprintf(stderr, " --jobs %d", s->jobs);
    if (s->threads > 0) fprintf(stderr, " --threads %d", s->threads);
    fputc('\n', stderr);
}

static ot_status print_results(cli_shard shard)
{
    char *path;
    OT_TRY(cli_results_path(series.out, shard, &path));
    cli_print(stderr, "results   %s\n", path);
    free(path);
    return OT_OK;
}

static ot_status train_all(const struct settings *s, const char *file)
{
    ot_status status = cli_series_lock(&series);
    if (status != OT_OK) return status;
    OT_TRY(cli_about_write(series.out, experiment.title, experiment.note));
    cli_catch_signals();
    cli_series_print_head(&series, file);
    cli_series_print_header(&series);
    for (int i = 0; i < series.grid->n; i++)
        if (!cli_series_missing(&series, i)) cli_series_print_row(&series, i);
    status = cli_series_run(&series);
    cli_series_clear_progress();
    const ot_status printed = cli_series_end_table();
    if (status == OT_OK) status = printed;
    if (status != OT_OK) print_resume_command(s, file);
    return status == OT_OK ? print_results(series.grid->shard) : status;
}

static ot_status print_only(const char *file)
{
    cli_series_print_head(&series, file);
    cli_series_print_missing(&series);
    return OT_OK;
}

static ot_status run(void *settings, char **operands)
{
    const struct settings *const s = settings;
    cli_grid grid = { .e = &experiment, .data = s->data };
    if (s->dry_run && cli_chosen_view.json)
        return ot__fail(OT_EINVAL, "--json has no effect with --dry-run, which prints commands");
    ot_status status = cli_use_threads(s->threads);
    if (status == OT_OK) status = prepare(s, operands[0], &grid);
    if (status == OT_OK && !s->dry_run) status = check_data(s);
    if (status == OT_OK) status = s->dry_run ? print_only(operands[0]) : train_all(s, operands[0]);
    cli_series_close(&series);
    cli_grid_free(&grid);
    return status;
}

const cli_command cli_sweep = {
    .name = "sweep",
    .operands = "FILE",
    .n_operands = 1,
    .summary = "train all networks of an experiment file",
    .detail =
        "FILE is an experiment, see odetape-experiment(5).  Finished runs are not repeated and\n"
        "interrupted ones are resumed, so after a crash the same command does what is left.  Each\n"
        "run has a directory in --out, where results.jsonl has one line per run.  --shard divides\n"
        "the runs among machines; their directories are then copied together.",
    .groups = groups,
    .defaults = &(const struct settings){ .jobs = 1 },
    .settings_size = sizeof(struct settings),
    .json = true,
    .wide = true,
    .run = run,
};
