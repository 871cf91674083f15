/* SPDX-License-Identifier: BSD-3-Clause
 * Lines are checked before they are believed: the file may be damaged, or come from elsewhere.  A
 * last line without its end is one that is being written, and is left out. */
#include "cli/metrics.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

static bool add_epoch(cli_run *r, const json_t *line)
{
    if (number(line, NULL, "epoch") != r->epochs + 1) return false;
    const size_t n = (size_t)r->epochs + 1;
    cli_epoch *const more = reallocarray(r->epoch, n, sizeof *more);
    if (!more) return false;
    r->epoch = more;
    for (int k = 0; k < CLI_CURVES; k++)
        more[n - 1].value[k] = number(line, NULL, keys[k]);
    r->epochs++;
    return true;
}

static void keep(json_t **place, json_t *line)
{
    json_decref(*place);
    *place = json_incref(line);
}

/* Whether the line fits behind the ones before. */
static bool take_line(cli_run *r, json_t *line)
{
    const char *const event = text_of(line, NULL, "event");
    const bool first = !r->start;
    if (strcmp(event, "run") == 0) {
        const bool whole = first && json_is_object(json_object_get(line, "net")) &&
                           json_is_object(json_object_get(line, "options"));
        if (whole) keep(&r->start, line);
        return whole;
    }
    if (first) return false;
    if (strcmp(event, "epoch") == 0) return add_epoch(r, line);
    if (strcmp(event, "end") == 0) keep(&r->end, line);
    if (strcmp(event, "resume") == 0) keep(&r->end, NULL);
    return *event != 0;
}

static int read_lines(cli_run *r, FILE *from, const char *path)
{
    char *text = NULL;
    size_t size = 0;
    ssize_t length;
    bool good = true;
    int at = 0;
    while (good && (length = getline(&text, &size, from)) > 0 && text[length - 1] == '\n') {
        json_t *const line = json_loadb(text, (size_t)length, 0, NULL);
        at++;
        good = line && take_line(r, line);
        json_decref(line);
    }
    free(text);
    if (ferror(from)) return cli_fail(EX_IOERR, "'%s' cannot be read: %s", path, strerror(errno));
    if (!good)
        return cli_fail(EX_DATAERR,
                        "%s:%d: this is not the line of a training that belongs here; the file is "
                        "damaged",
                        path, at);
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

/* Everything of a run but its seed, and the seed's place. */
static json_t *essence(const cli_run *r)
{
    json_t *const options = json_copy(json_object_get(r->start, "options"));
    json_object_del(options, "seed");
    return json_pack("{s:O, s:o, s:O*}", "net", json_object_get(r->start, "net"), "options",
                     options, "images", json_object_get(r->start, "images"));
}

static bool alike(const cli_run *a, const cli_run *b)
{
    json_t *const x = essence(a), *const y = essence(b);
    const bool same = json_equal(x, y) != 0;
    json_decref(x);
    json_decref(y);
    return same;
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
    int i = 0;
    while (i < all->groups && !alike(all->group[i].run[0], r))
        i++;
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

static bool all_agree(const cli_runs *all, const char *within, const char *key)
{
    const json_t *const first = find(all->group[0].run[0]->start, within, key);
    for (int i = 1; i < all->groups; i++)
        if (!json_equal((json_t *)first, (json_t *)find(all->group[i].run[0]->start, within, key)))
            return false;
    return true;
}

/* What differs in this part of the first line, behind the label. */
static void add_differences(const cli_runs *all, cli_group_of_runs *g, const char *within)
{
    static const char *const said = " blocks seed evaluations convs params ";
    const char *key;
    json_t *value;
    json_object_foreach(json_object_get(g->run[0]->start, within), key, value)
    {
        char word[64];
        snprintf(word, sizeof word, " %.60s ", key);
        if (strstr(said, word) || all_agree(all, within, key)) continue;
        char *const text = json_is_real(value)     ? NULL
                           : json_is_string(value) ? strdup(json_string_value(value))
                                                   : json_dumps(value, JSON_ENCODE_ANY);
        const size_t used = strlen(g->label);
        if (text)
            snprintf(g->label + used, sizeof g->label - used, ", %s %s", key, text);
        else
            snprintf(g->label + used, sizeof g->label - used, ", %s %.6g", key,
                     json_real_value(value));
        free(text);
    }
}

static void name_groups(cli_runs *all)
{
    for (int i = 0; i < all->groups; i++) {
        cli_group_of_runs *const g = &all->group[i];
        snprintf(g->label, sizeof g->label, "%.100s", text_of(g->run[0]->start, "net", "blocks"));
        add_differences(all, g, "net");
        add_differences(all, g, "options");
        add_differences(all, g, "images");
        for (char *c = g->label; *c; c++)
            if ((unsigned char)*c < ' ' || *c == 127) *c = '?';
    }
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
    name_groups(all);
    return CLI_GO_ON;
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
    cli_spread s = { .mean = NAN, .deviation = NAN, .least = NAN, .most = NAN };
    double sum = 0, squares = 0;
    for (int i = 0; i < g->n; i++) {
        const double v = value_at(g->run[i], curve, epoch);
        if (!isfinite(v)) continue;
        s.n++;
        sum += v;
        s.least = fmin(s.least, v);
        s.most = fmax(s.most, v);
    }
    if (s.n == 0) return s;
    s.mean = sum / s.n;
    for (int i = 0; i < g->n; i++) {
        const double v = value_at(g->run[i], curve, epoch);
        if (isfinite(v)) squares += (v - s.mean) * (v - s.mean);
    }
    s.deviation = s.n > 1 ? sqrt(squares / (s.n - 1)) : 0;
    return s;
}

int cli_group_diverged(const cli_group_of_runs *g)
{
    int n = 0;
    for (int i = 0; i < g->n; i++)
        n += diverged(g->run[i]);
    return n;
}
