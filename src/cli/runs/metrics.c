/* SPDX-License-Identifier: BSD-3-Clause
 * Groups runs by their configuration without the seed, for curves over epochs.  A mean over a group
 * at an epoch uses only the runs that have the epoch. */
#include "cli/runs/metrics.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/runs/journal.h"
#include "cli/runs/left_out.h"
#include "cli/frame/message.h"
#include "cli/frame/options.h"
#include "cli/frame/text.h"

const char *const cli_curve_titles[CLI_CURVES] = {
    [CLI_TEST_ACCURACY] = "Test accuracy",
    [CLI_TRAIN_ACCURACY] = "Training accuracy",
    [CLI_TEST_LOSS] = "Test loss",
    [CLI_TRAIN_LOSS] = "Training loss",
    [CLI_VALIDATION_ACCURACY] = "Validation accuracy",
    [CLI_VALIDATION_LOSS] = "Validation loss",
    [CLI_AVERAGE_ACCURACY] = "Test accuracy, average of weights",
    [CLI_AVERAGE_LOSS] = "Test loss, average of weights",
    [CLI_AVERAGE_VALIDATION_ACCURACY] = "Validation accuracy, average of weights",
    [CLI_AVERAGE_VALIDATION_LOSS] = "Validation loss, average of weights",
};

static const json_t *find(const json_t *line, const char *within, const char *key)
{
    return json_object_get(json_object_get(line, within), key);
}

/* Whether the run ended early because its loss was not finite. */
static bool diverged(const cli_run *r)
{
    return r->history->ended && r->history->status == OT_ENUMERIC;
}

static ot_status open_run(cli_run *r, const char *path)
{
    size_t length = strlen(path);
    while (length > 1 && path[length - 1] == '/')
        length--;
    snprintf(r->path, sizeof r->path, "%.*s", (int)(length < PATH_MAX ? length : 0), path);
    const ot_status status = cli_history_read(r->path, &r->history, &r->start);
    if (status != OT_OK) return status;
    r->epochs = r->history->epochs;
    if (r->epochs > 0 || diverged(r)) return OT_OK;
    return ot__fail(OT_EFORMAT, "'%s/%s' has no epoch yet, so there is no curve", r->path,
                    ot_run_file_name(OT_RUN_JOURNAL));
}

/* *found becomes the index of the run's group, or all->groups if there is none yet. */
static ot_status find_group(const cli_runs *all, const cli_run *r, int *found)
{
    char *key, *other;
    ot_status status = cli_config_key(r->start, &key);
    *found = all->groups;
    for (int i = 0; i < all->groups && *found == all->groups && status == OT_OK; i++) {
        status = cli_config_key(all->group[i].run[0]->start, &other);
        if (status == OT_OK && strcmp(key, other) == 0) *found = i;
        free(other);
    }
    free(key);
    return status;
}

/* Returns the run of the group that has the same seed as r, or NULL.  The mean must not count the
 * same training twice. */
static const cli_run *find_same_seed(const cli_group_of_runs *g, const cli_run *r)
{
    for (int i = 0; i < g->n; i++)
        if (json_equal((json_t *)find(g->run[i]->start, "options", "seed"),
                       (json_t *)find(r->start, "options", "seed")))
            return g->run[i];
    return NULL;
}

/* Adds a run to its group. */
static ot_status add_to_group(cli_runs *all, const cli_run *r)
{
    int i;
    OT_TRY(find_group(all, r, &i));
    cli_group_of_runs *const g = &all->group[i];
    const cli_run *const other = find_same_seed(g, r);
    if (other)
        return ot__fail(OT_EFORMAT,
                        "'%.200s' and '%.200s' are the same training with the same seed; one of "
                        "them counts",
                        other->path, r->path);
    if (i == all->groups) all->groups++;
    g->run[g->n++] = r;
    if (r->epochs > g->epochs) g->epochs = r->epochs;
    if (r->epochs > all->epochs) all->epochs = r->epochs;
    return OT_OK;
}

static bool labels_differ(const cli_runs *all)
{
    for (int i = 1; i < all->groups; i++)
        for (int j = 0; j < i; j++)
            if (strcmp(all->group[i].label, all->group[j].label) == 0) return false;
    return true;
}

/* Milestones usually follow from the number of epochs, so labels have them only if some groups
 * differ in nothing else. */
static ot_status name_groups(cli_runs *all)
{
    static const char *const left_out[] = { "milestones", NULL };
    const json_t *config[CLI_MOST_RUNS];
    for (int i = 0; i < all->groups; i++)
        config[i] = all->group[i].run[0]->start;
    for (int k = 0; k == 0 || (k < 2 && !labels_differ(all)); k++)
        for (int i = 0; i < all->groups; i++)
            OT_TRY(cli_config_label(all->group[i].label, sizeof all->group[i].label, all->groups,
                                    config, i, left_out[k]));
    for (int i = 0; i < all->groups; i++) {
        cli_group_of_runs *const g = &all->group[i];
        for (char *c = g->label; *c; c++)
            if ((unsigned char)*c < ' ' || *c == 127) *c = '?';
    }
    return OT_OK;
}

static void close_run(cli_run *r)
{
    json_decref(r->start);
    ot_history_free(r->history);
    r->start = NULL;
    r->history = NULL;
}

static ot_status add_run(const char *path, void *runs)
{
    cli_runs *const all = runs;
    cli_run *const r = &all->run[all->n];
    if (all->n == CLI_MOST_RUNS)
        return ot__fail(OT_EINVAL, "there are more than %d runs", CLI_MOST_RUNS);
    ot_status status = open_run(r, path);
    if (status == OT_OK) status = add_to_group(all, r);
    if (status == OT_OK)
        all->n++;
    else
        close_run(r);
    return status;
}

ot_status cli_runs_open(cli_runs *all, char *const operands[])
{
    OT_TRY(cli_left_out_each(operands, add_run, all));
    if (all->epochs == 0)
        return ot__fail(OT_EFORMAT, "'%.200s' diverged in its first epoch: there is no curve",
                        operands[0]);
    return name_groups(all);
}

void cli_runs_close(cli_runs *all)
{
    for (int i = 0; i < all->n; i++)
        close_run(&all->run[i]);
    all->n = all->groups = 0;
}

static double value_at(const cli_run *r, cli_curve curve, int epoch)
{
    if (epoch < 0 || epoch >= r->epochs) return NAN;
    const ot_epoch_result *const e = &r->history->epoch[epoch];
    const double value[CLI_CURVES] = {
        [CLI_TEST_ACCURACY] = e->test_accuracy,
        [CLI_TRAIN_ACCURACY] = e->train_accuracy,
        [CLI_TEST_LOSS] = e->test_loss,
        [CLI_TRAIN_LOSS] = e->train_loss,
        [CLI_VALIDATION_ACCURACY] = e->validation_accuracy,
        [CLI_VALIDATION_LOSS] = e->validation_loss,
        [CLI_AVERAGE_ACCURACY] = e->average_accuracy,
        [CLI_AVERAGE_LOSS] = e->average_loss,
        [CLI_AVERAGE_VALIDATION_ACCURACY] = e->average_validation_accuracy,
        [CLI_AVERAGE_VALIDATION_LOSS] = e->average_validation_loss,
    };
    return value[curve];
}

double cli_curve_unit(cli_curve curve)
{
    return strstr(cli_curve_titles[curve], "accuracy") ? 100 : 1;
}

static bool has_value(const cli_runs *all, cli_curve curve)
{
    for (int i = 0; i < all->n; i++)
        for (int e = 0; e < all->run[i].epochs; e++)
            if (isfinite(value_at(&all->run[i], curve, e))) return true;
    return false;
}

int cli_curves_shown(const cli_runs *all, cli_curve shown[CLI_CURVES])
{
    int n = 0;
    for (int curve = 0; curve < CLI_CURVES; curve++)
        if (curve <= CLI_TRAIN_LOSS || has_value(all, (cli_curve)curve))
            shown[n++] = (cli_curve)curve;
    return n;
}

cli_spread cli_group_spread(const cli_group_of_runs *g, cli_curve curve, int epoch)
{
    double v[CLI_MOST_RUNS];
    int n = 0;
    for (int i = 0; i < g->n; i++) {
        v[n] = value_at(g->run[i], curve, epoch);
        n += isfinite(v[n]) != 0;
    }
    return cli_spread_of(n, v);
}

int cli_group_diverged(const cli_group_of_runs *g)
{
    int n = 0;
    for (int i = 0; i < g->n; i++)
        n += diverged(g->run[i]);
    return n;
}

/* ---- what legends say ---- */

/* Adds an epoch to an ascending list that does not have it. */
static int add_drop(int drop[CLI_MOST_DROPS], int n, int epoch)
{
    int at = n;
    while (at > 0 && drop[at - 1] >= epoch)
        at--;
    if (n == CLI_MOST_DROPS || (at < n && drop[at] == epoch)) return n;
    memmove(drop + at + 1, drop + at, (size_t)(n - at) * sizeof *drop);
    drop[at] = epoch;
    return n + 1;
}

int cli_runs_drops(const cli_runs *all, int drop[CLI_MOST_DROPS])
{
    int n = 0;
    for (int i = 0; i < all->n; i++) {
        const ot_epoch_result *const epoch = all->run[i].history->epoch;
        int own = 0;
        for (int e = 1; e < all->run[i].epochs; e++)
            own += epoch[e].lr < CLI_DROP * epoch[e - 1].lr;
        for (int e = 1; e < all->run[i].epochs && 2 * own < all->run[i].epochs; e++)
            if (epoch[e].lr < CLI_DROP * epoch[e - 1].lr) n = add_drop(drop, n, e);
    }
    return n;
}

int cli_runs_seeds(const cli_runs *all)
{
    for (int g = 1; g < all->groups; g++)
        if (all->group[g].n != all->group[0].n) return 0;
    return all->groups > 0 ? all->group[0].n : 0;
}

void cli_runs_common(const cli_runs *all, char *text, size_t size)
{
    int drop[CLI_MOST_DROPS];
    const int seeds = cli_runs_seeds(all);
    int n = 0;
    text[0] = 0;
    if (seeds > 1) n = snprintf(text, size, "mean and range of %d seeds", seeds);
    if (cli_runs_drops(all, drop) > 0)
        snprintf(text + n, size - (size_t)n, "%sdotted: the learning rate drops", n ? "; " : "");
}

void cli_group_title(const cli_runs *all, int group, char *text, size_t size)
{
    const cli_group_of_runs *const g = &all->group[group];
    int n = snprintf(text, size, "%s", g->label);
    if (cli_runs_seeds(all) == 0)
        n += snprintf(text + n, size - (size_t)n,
                      g->n > 1 ? ", mean and range of %d seeds" : ", %d seed", g->n);
    if (cli_group_diverged(g) > 0)
        snprintf(text + n, size - (size_t)n, ", %d of %d DIVERGED", cli_group_diverged(g), g->n);
}
