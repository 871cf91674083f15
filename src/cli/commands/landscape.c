/* SPDX-License-Identifier: BSD-3-Clause
 * odetape landscape: computes the loss along random directions, between two networks, or in the
 * plane of a training.  Points are saved in --out, in points.jsonl.  The same command continues
 * from them.  If no point is missing, it only writes files and pictures again. */
#include <errno.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/directory.h"
#include "cli/frame/csv.h"
#include "cli/frame/groups.h"
#include "cli/frame/message.h"
#include "base/decimal.h"
#include "cli/frame/print.h"
#include "cli/frame/stop.h"
#include "cli/frame/text.h"
#include "cli/frame/threads.h"
#include "cli/plots/gnuplot.h"
#include "cli/plots/landscape_plot.h"
#include "cli/runs/landscape_source.h"
#include "cli/runs/weights.h"

enum { KIND_PLANE, KIND_LINE, KIND_BETWEEN, KIND_TRAJECTORY };
static const char *const kinds[] = { "plane", "line", "between", "trajectory", NULL };
static const char *const norms[] = { "filter", "layer", "weight", NULL };
static const char *const batch_norms[] = { "auto", "running", "batch", NULL };

struct settings {
    ot_net_opts net;
    const char *data, *range, *out;
    int weights_of, kind, points, images, batch, norm, bn, threads;
    uint64_t seed, init_seed;
    bool initial, force, no_plot;
};

#define FIELD(member) .offset = offsetof(struct settings, member)

static const ot_option options[] = {
    { .name = "kind",
      .letter = 'k',
      .kind = OT_OPTION_CHOICE,
      .argument = "KIND",
      .choices = kinds,
      FIELD(kind),
      .help = "what to compute: plane, line, between, or trajectory" },
    { .name = "points",
      .letter = 'p',
      .kind = OT_OPTION_INT,
      .argument = "N",
      .least = 2,
      .most = 3000,
      FIELD(points),
      .help = "points along an axis; default: 51, or 401 between two networks" },
    { .name = "range",
      .kind = OT_OPTION_TEXT,
      .argument = "FROM:TO",
      FIELD(range),
      .help = "range of each axis; default: -1:1; between two: -0.5:1.5" },
    { .name = "images",
      .kind = OT_OPTION_INT,
      .argument = "N",
      .least = 0,
      .most = 1000000,
      FIELD(images),
      .help = "the first N training images, not augmented; 0: all" },
    { .name = "batch",
      .letter = 'b',
      .kind = OT_OPTION_INT,
      .argument = "N",
      .least = 1,
      .most = 65536,
      FIELD(batch),
      .help = "images per batch; losses depend on it if --bn is batch" },
    { .name = "bn",
      .kind = OT_OPTION_CHOICE,
      .argument = "WHICH",
      .choices = batch_norms,
      FIELD(bn),
      .help = "statistics: running, batch, or auto (batch before training)" },
    { .name = "direction-norm",
      .kind = OT_OPTION_CHOICE,
      .argument = "NORM",
      .choices = norms,
      FIELD(norm),
      .help = "length of random directions: filter, layer or weight" },
    { .name = "seed",
      .letter = 's',
      .kind = OT_OPTION_SEED,
      .argument = "N",
      FIELD(seed),
      .help = "seed of random directions" },
    { .name = "initial",
      .kind = OT_OPTION_SWITCH,
      FIELD(initial),
      .help = "take the network of the file as it was before its training" },
    { .name = "init-seed",
      .kind = OT_OPTION_SEED,
      .argument = "N",
      FIELD(init_seed),
      .help = "with --net: seed of the network's initial values" },
    { .name = "out",
      .letter = 'o',
      .kind = OT_OPTION_TEXT,
      .argument = "DIR",
      FIELD(out),
      .help = "directory of all files; continues a landscape there" },
    { .name = "force",
      .kind = OT_OPTION_SWITCH,
      FIELD(force),
      .help = "start over if --out holds another landscape" },
    { .name = "no-plot",
      .kind = OT_OPTION_SWITCH,
      FIELD(no_plot),
      .help = "write numbers without pictures" },
    { 0 },
};

static const cli_group groups[] = {
    CLI_NETWORK_GROUP(net),    CLI_WEIGHTS_GROUP(weights_of),
    CLI_DATA_GROUP(data),      { "Landscape options", options, 0 },
    CLI_THREAD_GROUP(threads), { 0 },
};

typedef struct job {
    const struct settings *s;
    char **operands;
    cli_landscape_source source;
    ot_dataset *data;
    ot_params *target; /* the second network of a line between two */
    ot_direction *along[2];
    ot_trajectory *path;
    ot_landscape_opts opts;
    ot_landscape *l;
    cli_picture figure;
    char journal[PATH_MAX];
    ot__directory directory;
    bool resumed, terminal;
    double started, last;
    int first; /* the first point that this process computed */
} job;

/* ---- directions and axes ---- */

static ot_status check_settings(const job *j, char **operands)
{
    const struct settings *const s = j->s;
    int n = 0;
    while (operands[n])
        n++;
    if ((n > 0) == (s->net.blocks != NULL))
        return ot__fail(OT_EINVAL, n ? "--net makes a new network, so no run or file can be given "
                                       "with it"
                                     : "a run, a file, or --net is missing");
    if (s->weights_of != CLI_WEIGHTS_FINAL && (n == 0 || s->kind == KIND_TRAJECTORY))
        return ot__fail(OT_EINVAL, "--weights-of chooses one file of a run, and %s",
                        n == 0 ? "--net takes none" : "--kind trajectory takes its checkpoints");
    if (s->kind == KIND_BETWEEN && (n != 2 || s->initial))
        return ot__fail(OT_EINVAL, "--kind between takes two runs or files, and no --initial");
    if (s->kind == KIND_TRAJECTORY && (n == 0 || s->initial))
        return ot__fail(OT_EINVAL, "--kind trajectory takes a run or files, and no --initial");
    if ((s->kind == KIND_PLANE || s->kind == KIND_LINE) && n > 1)
        return ot__fail(OT_EINVAL, "--kind %s takes one run or file; there are %d", kinds[s->kind],
                        n);
    return OT_OK;
}

static ot_status read_range(const job *j, ot_axis *axis)
{
    double ends[2];
    const bool read = ot__read_pair(j->s->range, ':', -DBL_MAX, DBL_MAX, ends);
    if (!read || ends[0] >= ends[1])
        return ot__fail(
            OT_EINVAL,
            "range is '%.80s'; it must be two decimal numbers, the smaller one first: -1:1",
            j->s->range);
    axis->from = ends[0];
    axis->to = ends[1];
    return OT_OK;
}

/* Makes an axis that contains 0 and all x, with a margin of a fifth of the width on both sides. */
static void cover(ot_axis *axis, int n, const double x[])
{
    axis->from = axis->to = 0.0;
    for (int i = 0; i < n; i++) {
        axis->from = fmin(axis->from, x[i]);
        axis->to = fmax(axis->to, x[i]);
    }
    const double margin = 0.2 * (axis->to - axis->from);
    axis->from -= margin;
    axis->to += margin;
}

static ot_status set_axes(job *j)
{
    const struct settings *const s = j->s;
    const bool between = s->kind == KIND_BETWEEN;
    j->opts.n_axes = j->along[1] ? 2 : 1;
    for (int k = 0; k < j->opts.n_axes; k++) {
        ot_axis *const axis = &j->opts.axis[k];
        *axis = (ot_axis){ j->along[k], between ? -0.5 : -1.0, between ? 1.5 : 1.0,
                           s->points ? s->points
                           : between ? 401
                                     : 51 };
        if (j->path) cover(axis, j->path->n, k == 0 ? j->path->x : j->path->y);
        const ot_status status = s->range ? read_range(j, axis) : OT_OK;
        if (status != OT_OK) return status;
    }
    return OT_OK;
}

static ot_status find_random(job *j, int n)
{
    ot_status status = OT_OK;
    for (int k = 0; k < n && status == OT_OK; k++) {
        status =
            ot_direction_random(j->source.params, (ot_norm)j->s->norm, j->s->seed, k, &j->along[k]);
        snprintf(j->figure.label[k], sizeof j->figure.label[k],
                 "%s along random direction %d, %s norm", k == 0 ? "a" : "b", k + 1,
                 norms[j->s->norm]);
    }
    return status;
}

/* Makes the direction from the first file's network to the second's. */
static ot_status find_line(job *j)
{
    j->target = j->source.params;
    j->source.params = NULL;
    ot_status status = cli_landscape_source_load(&j->source, 0, &j->source.params);
    if (status == OT_OK) status = ot_direction_towards(j->source.params, j->target, &j->along[0]);
    snprintf(j->figure.label[0], sizeof j->figure.label[0],
             "a: from the first network (0) to the second (1)");
    return status;
}

static ot_status find_plane(job *j)
{
    const cli_landscape_source *const s = &j->source;
    const ot_status status =
        ot_trajectory_new(s->net, s->n, (const char *const *)s->file, &j->path);
    if (status != OT_OK) return status;
    for (int k = 0; k < 2; k++) {
        j->along[k] = j->path->along[k];
        snprintf(j->figure.label[k], sizeof j->figure.label[k],
                 "principal component %d, %.1f%% of the variance", k + 1, 100 * j->path->share[k]);
    }
    return OT_OK;
}

static ot_status find_directions(job *j)
{
    if (j->s->kind == KIND_TRAJECTORY && j->source.n < 3)
        return ot__fail(OT_EFORMAT,
                        "there are %d checkpoints, and a plane needs 3; odetape train --keep N "
                        "keeps N of them",
                        j->source.n);
    const ot_status status = j->s->kind == KIND_BETWEEN ? find_line(j)
                             : j->s->kind == KIND_TRAJECTORY
                                 ? find_plane(j)
                                 : find_random(j, j->s->kind == KIND_PLANE ? 2 : 1);
    return status == OT_OK ? set_axes(j) : status;
}

/* Opens the training images of the first file.  A new network needs --data. */
static ot_status open_data(job *j)
{
    cli_source *const source = &j->source.source;
    if (!source->file) {
        const char *const where = j->s->data ? j->s->data : "builtin";
        const ot_status status = ot_dataset_open(where, OT_SPLIT_TRAIN, &j->data);
        return status == OT_OK ? cli_landscape_source_fit(&j->source, j->data) : status;
    }
    source->given = j->s->data;
    ot_status status = cli_source_read(source);
    if (status == OT_OK) status = cli_source_open(source, OT_SPLIT_TRAIN, &j->data);
    if (status != OT_OK) return status;
    for (int i = 1; i < j->source.n; i++)
        cli_source_compare(j->source.file[i], OT_SPLIT_TRAIN, j->data);
    return OT_OK;
}

static ot_status open_source(job *j, char **operands)
{
    const struct settings *const s = j->s;
    const cli_landscape_choice choice = { s->weights_of, s->kind == KIND_TRAJECTORY, s->initial };
    const ot_status status =
        s->net.blocks ? cli_landscape_source_new(&j->source, &s->net, s->init_seed, s->batch)
                      : cli_landscape_source_open(&j->source, operands, &choice, s->batch);
    return status == OT_OK ? open_data(j) : status;
}

/* Makes and locks the directory.  The lock is held until the pictures are drawn, so that no other
 * landscape writes in between. */
static ot_status make_directory(job *j)
{
    const char *const out = j->s->out;
    if (strlen(out) + 64 >= sizeof j->journal)
        return ot__fail(OT_ECREATE, "the directory '%.200s' cannot be created: %s", out,
                        strerror(ENAMETOOLONG));
    ot_status status = ot__make_directories(out);
    if (status == OT_OK)
        status =
            ot__directory_open(out, "another process is computing a landscape here", &j->directory);
    if (status != OT_OK) return status;
    snprintf(j->journal, sizeof j->journal, "%s/points.jsonl", out);
    j->resumed = !j->s->force && access(j->journal, F_OK) == 0;
    return OT_OK;
}

/* ---- computing ---- */

static void on_note(const char *sentence, void *user)
{
    const job *const j = user;
    cli_note_once(j->journal, sentence);
}

static void on_point(int done, int points, double loss, void *user)
{
    job *const j = user;
    const double now = ot__now();
    if (j->first == 0) j->first = done;
    if (done < points && now - j->last < (j->terminal ? 0.1 : 60.0)) return;
    j->last = now;
    cli_text eta;
    const double left = (now - j->started) / (done - j->first + 1) * (points - done);
    cli_print(stderr,
              j->terminal ? "\rpoint %d of %d, loss %s, ETA %s\033[K"
                          : "point %d of %d, loss %s, ETA %s\n",
              done, points, OT__ROUNDED(loss, 4), cli_duration(&eta, left));
}

static ot_status compute(job *j)
{
    j->opts.net = j->source.net;
    j->opts.params = j->source.params;
    j->opts.data = j->data;
    const int images = ot_dataset_count(j->data);
    j->opts.images = j->s->images < images ? j->s->images : images;
    j->opts.batch = j->s->batch;
    j->opts.bn = (ot_bn)j->s->bn;
    j->opts.journal = j->journal;
    j->opts.anew = j->s->force;
    j->opts.stop = &cli_stop;
    j->opts.on_note = on_note;
    j->opts.on_point = on_point;
    j->opts.user = j;
    cli_catch_signals();
    j->terminal = isatty(STDERR_FILENO);
    j->started = j->last = ot__now();
    const ot_status status = ot_landscape_new(&j->opts, &j->l);
    if (j->terminal) cli_erase_line();
    if (status == OT_OK) return OT_OK;
    if (status == OT_EINTERRUPTED) {
        cli_print(stderr, "odetape: interrupted; the same command continues from '%s'\n",
                  j->journal);
        return cli_silent(status);
    }
    return j->resumed ? cli_resumed(status) : status;
}

/* ---- output ---- */

/* The files of a trajectory are in trajectory.csv. */
static void say_weights(const job *j)
{
    const cli_weights_rule rule = { .of = j->s->weights_of };
    for (int i = 0; j->s->kind != KIND_TRAJECTORY && i < j->source.n; i++)
        cli_weights_say(j->operands[i], rule, j->source.file[i]);
}

static void print_summary(const job *j)
{
    const ot_landscape *const l = j->l;
    const int n = l->points[0] * l->points[1];
    int least = -1, most = -1, numbers = 0;
    for (int k = 0; k < n; k++) {
        if (!isfinite(l->loss[k])) continue;
        numbers++;
        if (least < 0 || l->loss[k] < l->loss[least]) least = k;
        if (most < 0 || l->loss[k] > l->loss[most]) most = k;
    }
    cli_print(stdout, "network   %s\n", j->figure.title);
    printf("images    the first %d of %d training images, not augmented\n", l->images,
           ot_dataset_count(j->data));
    cli_print(stdout, "norm      %s\n",
              l->bn == OT_BN_BATCH ? "statistics of each batch" : "running statistics");
    printf("points    %d, of which %d were computed before\n", n, l->loaded);
    if (numbers < n) printf("          %d losses are not numbers\n", n - numbers);
    if (numbers > 0)
        cli_print(stdout, "loss      %s to %s\n", OT__ROUNDED(l->loss[least], 6),
                  OT__ROUNDED(l->loss[most], 6));
    cli_print(stdout, "files     %s/loss.npy, accuracy.npy, landscape.csv, landscape.vtk\n",
              j->s->out);
}

static void write_path(FILE *to, void *user)
{
    const job *const j = user;
    fputs("a,b,file\n", to);
    for (int i = 0; i < j->path->n; i++) {
        fprintf(to, "%s,%s,", OT__REAL(j->path->x[i]), OT__REAL(j->path->y[i]));
        cli_csv_field(to, j->source.file[i]);
        fputc('\n', to);
    }
}

static void make_title(job *j)
{
    const ot_landscape *const l = j->l;
    const bool untrained = j->s->initial || j->s->net.blocks;
    snprintf(j->figure.title, sizeof j->figure.title, "%s%s, loss of %d training images%s",
             ot_net_options(j->source.net)->blocks, untrained ? " before training" : "", l->images,
             l->bn == OT_BN_BATCH ? ", batch statistics" : "");
}

static ot_status finish(job *j)
{
    make_title(j);
    ot_status status = ot__directory_check(&j->directory);
    if (status == OT_OK) status = ot_landscape_save(j->l, j->s->out);
    if (status != OT_OK) return status;
    if (j->path) {
        char path[PATH_MAX];
        snprintf(path, sizeof path, "%.*s/trajectory.csv", PATH_MAX - 64, j->s->out);
        status = cli_plot_write(path, write_path, j);
        if (status != OT_OK) return status;
    }
    print_summary(j);
    say_weights(j);
    if (j->s->no_plot) return OT_OK;
    j->figure.l = j->l;
    j->figure.path = j->path;
    j->figure.directory = j->s->out;
    return cli_landscape_plot(&j->figure);
}

static void close_job(job *j)
{
    ot_landscape_free(j->l);
    if (!j->path)
        for (int k = 0; k < 2; k++)
            ot_direction_free(j->along[k]);
    ot_trajectory_free(j->path);
    ot_params_free(j->target);
    ot_dataset_free(j->data);
    cli_landscape_source_close(&j->source);
    ot__directory_close(&j->directory);
}

static ot_status run(void *settings, char **operands)
{
    static job j; /* too large for the stack; used once */
    j.s = settings;
    j.operands = operands;
    j.directory = OT__DIRECTORY_NONE;
    ot_status status = check_settings(&j, operands);
    if (status == OT_OK) status = cli_use_threads(j.s->threads);
    if (status == OT_OK) status = open_source(&j, operands);
    if (status == OT_OK) status = find_directions(&j);
    if (status == OT_OK) status = make_directory(&j);
    if (status == OT_OK) status = compute(&j);
    if (status == OT_OK) status = finish(&j);
    close_job(&j);
    return status;
}

const cli_command cli_landscape = {
    .name = "landscape",
    .operands = "RUN|FILE ...",
    .n_operands = 0,
    .more_operands = 4096,
    .summary = "draw the loss around a network, or between two",
    .detail =
        "Plane and line go along random directions from one network: that of a run or file, the\n"
        "same before its training (--initial), or a new one (--net).  Between is the line from\n"
        "one network to another.  Trajectory is the plane of the checkpoints that a run has\n"
        "kept.  After an interruption, the same command continues.",
    .groups = groups,
    .required = "out",
    .defaults =
        &(const struct settings){
            .net = CLI_PAPER_NETWORK,
            .images = 1000,
            .batch = 128,
            .seed = 1,
            .init_seed = 1,
        },
    .settings_size = sizeof(struct settings),
    .run = run,
};
