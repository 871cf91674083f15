/* SPDX-License-Identifier: BSD-3-Clause
 * Lines are checked before they are believed: the file may be damaged, or come from elsewhere.  A
 * last line without its end is one that is being written, and is left out. */
#include "cli/metrics.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/journal.h"
#include "cli/message.h"
#include "cli/options.h"
#include "cli/text.h"

const char *const cli_curve_titles[CLI_CURVES] = { "Test accuracy", "Training accuracy",
                                                   "Test loss", "Training loss" };
static const char *const keys[CLI_CURVES] = { "test_accuracy", "train_accuracy", "test_loss",
                                              "train_loss" };

static const json_t *find(const json_t *line, const char *within, const char *key)
{
    return json_object_get(within ? json_object_get(line, within) : line, key);
}

/* A number of a line, NAN if it is none; a text of it, "" if it is none.  within may be NULL. */
static double number(const json_t *line, const char *within, const char *key)
{
    const json_t *const value = find(line, within, key);
    return json_is_number(value) ? json_number_value(value) : NAN;
}

static const char *text_of(const json_t *line, const char *within, const char *key)
{
    const char *const text = json_string_value(find(line, within, key));
    return text ? text : "";
}

/* The loss was not finite, so that the run ended early. */
static bool diverged(const cli_run *r)
{
    return strcmp(text_of(r->end, NULL, "status"), ot_strerror(OT_ENUMERIC)) == 0;
}

static cli_taking add_epoch(cli_run *r, const json_t *line)
{
    if (number(line, NULL, "epoch") != r->epochs + 1) return CLI_REFUSED;
    const size_t n = (size_t)r->epochs + 1;
    cli_epoch *const more = reallocarray(r->epoch, n, sizeof *more);
    if (!more) return CLI_NO_MEMORY;
    r->epoch = more;
    for (int k = 0; k < CLI_CURVES; k++)
        more[n - 1].value[k] = number(line, NULL, keys[k]);
    r->epochs++;
    return CLI_TAKEN;
}

static void keep(json_t **place, json_t *line)
{
    json_decref(*place);
    *place = json_incref(line);
}

/* A line that fits behind the ones before. */
static cli_taking take_line(void *user, json_t *line)
{
    cli_run *const r = user;
    const char *const event = text_of(line, NULL, "event");
    const bool first = !r->start;
    if (strcmp(event, "run") == 0) {
        const bool whole = first && json_is_object(json_object_get(line, "net")) &&
                           json_is_object(json_object_get(line, "options"));
        if (whole) keep(&r->start, line);
        return whole ? CLI_TAKEN : CLI_REFUSED;
    }
    if (first) return CLI_REFUSED;
    if (strcmp(event, "epoch") == 0) return add_epoch(r, line);
    if (strcmp(event, "end") == 0) keep(&r->end, line);
    if (strcmp(event, "resume") == 0) keep(&r->end, NULL);
    return *event ? CLI_TAKEN : CLI_REFUSED;
}

static int read_lines(cli_run *r, FILE *from, const char *path)
{
    int line;
    const cli_taking taking = cli_journal_read(from, take_line, r, &line);
    if (taking == CLI_NO_MEMORY) return cli_no_memory();
    if (ferror(from)) return cli_fail(EX_IOERR, "'%s' cannot be read: %s", path, strerror(errno));
    if (taking == CLI_REFUSED)
        return cli_fail(EX_DATAERR,
                        "%s:%d: this is not the line of a training that belongs here; the file is "
                        "damaged",
                        path, line);
    if (r->epochs > 0 || diverged(r)) return CLI_GO_ON;
    return cli_fail(EX_DATAERR, "'%s' has no epoch yet: there is nothing to look at", path);
}

static int open_run(cli_run *r, const char *path)
{
    char journal[PATH_MAX + 16];
    size_t length = strlen(path);
    while (length > 1 && path[length - 1] == '/')
        length--;
    snprintf(r->path, sizeof r->path, "%.*s", (int)(length < PATH_MAX ? length : 0), path);
    snprintf(journal, sizeof journal, "%s/metrics.jsonl", r->path);
    FILE *const from = fopen(journal, "re");
    if (!from)
        return cli_fail(EX_NOINPUT,
                        "'%.200s' is not the directory of a run: metrics.jsonl in it cannot be "
                        "read: %s",
                        path, strerror(errno));
    const int code = read_lines(r, from, journal);
    fclose(from);
    return code;
}

/* The group that the run belongs to, all->groups for a new one; -1: out of memory. */
static int find_group(const cli_runs *all, const cli_run *r)
{
    char *const key = cli_config_key(r->start);
    int found = key ? all->groups : -1;
    for (int i = 0; i < all->groups && found == all->groups; i++) {
        char *const other = cli_config_key(all->group[i].run[0]->start);
        if (!other)
            found = -1;
        else if (strcmp(key, other) == 0)
            found = i;
        free(other);
    }
    free(key);
    return found;
}

/* The run of the group with this seed, which would count twice in the mean; NULL if there is none.
 */
static const cli_run *twin(const cli_group_of_runs *g, const cli_run *r)
{
    for (int i = 0; i < g->n; i++)
        if (json_equal((json_t *)find(g->run[i]->start, "options", "seed"),
                       (json_t *)find(r->start, "options", "seed")))
            return g->run[i];
    return NULL;
}

static int place(cli_runs *all, const cli_run *r)
{
    const int i = find_group(all, r);
    if (i < 0) return cli_no_memory();
    cli_group_of_runs *const g = &all->group[i];
    const cli_run *const other = twin(g, r);
    if (other)
        return cli_fail(EX_DATAERR,
                        "'%.200s' and '%.200s' are the same training with the same seed; give one "
                        "of them",
                        other->path, r->path);
    if (i == all->groups) all->groups++;
    g->run[g->n++] = r;
    if (r->epochs > g->epochs) g->epochs = r->epochs;
    if (r->epochs > all->epochs) all->epochs = r->epochs;
    return CLI_GO_ON;
}

static int name_groups(cli_runs *all)
{
    const json_t *config[CLI_MOST_RUNS];
    for (int i = 0; i < all->groups; i++)
        config[i] = all->group[i].run[0]->start;
    for (int i = 0; i < all->groups; i++) {
        cli_group_of_runs *const g = &all->group[i];
        if (!cli_config_label(g->label, sizeof g->label, all->groups, config, i, NULL))
            return cli_no_memory();
        for (char *c = g->label; *c; c++)
            if ((unsigned char)*c < ' ' || *c == 127) *c = '?';
    }
    return CLI_GO_ON;
}

int cli_runs_open(cli_runs *all, char *const operands[])
{
    for (; operands[all->n]; all->n++) {
        if (all->n == CLI_MOST_RUNS)
            return cli_fail(EX_USAGE, "there are more than %d runs", CLI_MOST_RUNS);
        const int code = open_run(&all->run[all->n], operands[all->n]);
        if (code == CLI_GO_ON) continue;
        all->n++;
        return code;
    }
    for (int i = 0; i < all->n; i++) {
        const int code = place(all, &all->run[i]);
        if (code != CLI_GO_ON) return code;
    }
    if (all->epochs == 0)
        return cli_fail(EX_DATAERR, "'%.200s' diverged in its first epoch: there is no curve",
                        operands[0]);
    return name_groups(all);
}

void cli_runs_close(cli_runs *all)
{
    for (int i = 0; i < all->n; i++) {
        json_decref(all->run[i].start);
        json_decref(all->run[i].end);
        free(all->run[i].epoch);
    }
    all->n = all->groups = 0;
}

static double value_at(const cli_run *r, cli_curve curve, int epoch)
{
    return epoch >= 0 && epoch < r->epochs ? r->epoch[epoch].value[curve] : NAN;
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
