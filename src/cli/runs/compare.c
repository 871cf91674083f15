/* SPDX-License-Identifier: BSD-3-Clause
 * Collects the outcomes of runs and groups them by their configuration without the seed
 * (cli_config_key).  A group is a row of a table; the row's label names the options in which it
 * differs from other rows. */
#include "cli/runs/compare.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/jsonl.h"
#include "base/memory.h"
#include "cli/runs/journal.h"
#include "cli/runs/results.h"
#include "cli/frame/message.h"
#include "cli/frame/options.h"

/* In bytes.  A line of results has the accuracies of all epochs, which may be a million. */
enum { LONGEST_RESULT = 1 << 25 };

/* ---- collecting ------------------------------------------------------------------------------ */

/* Returns the place for one more run, or NULL if memory runs out. */
static cli_outcome *another(cli_comparison *c)
{
    if (c->n == c->capacity) {
        const int capacity = 2 * c->capacity + 16;
        cli_outcome *const more = realloc(c->run, (size_t)capacity * sizeof *more);
        if (!more) return NULL;
        c->run = more;
        c->capacity = capacity;
    }
    return &c->run[c->n];
}

/* The user pointer of add_line. */
typedef struct results_file {
    const char *path;
    cli_comparison *c;
} results_file;

static ot_status add_line(void *user, json_t *object, int line)
{
    const results_file *const r = user;
    cli_outcome *const o = another(r->c);
    if (!o) return cli_no_memory();
    if (!cli_outcome_from_json(o, object))
        return ot__fail(OT_EFORMAT, "%s:%d: this is not a line of results.jsonl", r->path, line);
    r->c->n++;
    return OT_OK;
}

static ot_status add_file(cli_comparison *c, const char *path)
{
    results_file r = { path, c };
    ot__jsonl f = { .path = path, .longest = LONGEST_RESULT, .take = add_line, .user = &r };
    const ot_status status = ot__jsonl_read(&f);
    if (status != OT_OK) return status;
    char *const note = f.rest > 0 ? ot__jsonl_note(&f, "they are left out") : NULL;
    if (f.rest > 0 && !note) return cli_no_memory();
    if (note) cli_note_once(path, note);
    ot__free(note);
    return OT_OK;
}

static ot_status add_run(cli_comparison *c, const char *dir)
{
    cli_outcome *const o = another(c);
    if (!o) return cli_no_memory();
    const ot_status status = cli_outcome_read(o, dir);
    snprintf(o->name, sizeof o->name, "%.250s", dir);
    if (status == OT_OK && o->state != CLI_WAITING) {
        c->n++;
        return OT_OK;
    }
    cli_outcome_free(o);
    if (status != OT_OK) return status;
    return ot__fail(OT_ENOENT, "%s has neither metrics.jsonl nor results.jsonl", dir);
}

/* ---- a sweep in several files ---- */

static int by_entry(const void *a, const void *b)
{
    const cli_outcome *const x = a, *const y = b;
    return x->entry != y->entry ? (x->entry > y->entry) - (x->entry < y->entry)
                                : strcmp(x->name, y->name);
}

/* Of two results of the same run, from index `first` on, keeps the one of more epochs. */
static void merge(cli_comparison *c, int first)
{
    int n = first;
    for (int i = first; i < c->n; i++) {
        cli_outcome *const o = &c->run[i];
        int k = first;
        while (k < n && strcmp(c->run[k].name, o->name) != 0)
            k++;
        const bool better = k < n && o->epochs > c->run[k].epochs;
        if (k < n) cli_outcome_free(better ? &c->run[k] : o);
        if (k == n || better) c->run[k] = *o;
        n += k == n;
    }
    c->n = n;
    if (n > first) qsort(c->run + first, (size_t)(n - first), sizeof *c->run, by_entry);
}

static void note_incomplete(const char *path, cli_shard s)
{
    char sentence[200];
    snprintf(sentence, sizeof sentence,
             "it has the results of %d of %d shards; the rest is missing", s.i, s.n);
    cli_note_once(path, sentence);
}

static ot_status add_directory(cli_comparison *c, const char *path)
{
    cli_results r;
    const int first = c->n;
    ot_status status = cli_results_open(path, &r);
    for (int i = 0; i < r.n && status == OT_OK; i++)
        status = add_file(c, r.path[i]);
    if (status == OT_OK && r.n == 0) status = add_run(c, path);
    if (status == OT_OK && r.n > 1) merge(c, first);
    if (status == OT_OK && r.incomplete.n > 0) note_incomplete(path, r.incomplete);
    cli_results_close(&r);
    return status;
}

ot_status cli_comparison_add(cli_comparison *c, const char *path)
{
    struct stat there;
    const int first = c->n;
    if (stat(path, &there) != 0) return ot__fail(OT_ENOENT, "%s: %s", path, strerror(errno));
    const ot_status status = S_ISDIR(there.st_mode) ? add_directory(c, path) : add_file(c, path);
    for (; status != OT_OK && c->n > first; c->n--)
        cli_outcome_free(&c->run[c->n - 1]);
    return status;
}

void cli_comparison_keep(cli_comparison *c, int convs)
{
    int n = 0;
    for (int i = 0; i < c->n; i++)
        if (c->run[i].convs == convs)
            c->run[n++] = c->run[i];
        else
            cli_outcome_free(&c->run[i]);
    c->n = n;
}

ot_status cli_comparison_reach(cli_comparison *c, const double accuracy[2])
{
    for (int i = 0; i < c->n; i++) {
        cli_outcome *const o = &c->run[i];
        if (!json_is_array(o->accuracies))
            return ot__fail(
                OT_EFORMAT,
                "%s has no accuracies of its epochs, since an older odetape wrote these "
                "results; run the same odetape sweep again to write them",
                o->name);
        for (int k = 0; k < 2; k++)
            o->reached[k] = cli_outcome_epochs_to(o, accuracy[k]);
    }
    return OT_OK;
}

/* ---- rows ------------------------------------------------------------------------------------ */

static cli_row *find_row(cli_comparison *c, char *key)
{
    for (int i = 0; i < c->n_rows; i++)
        if (strcmp(c->row[i].key, key) == 0) {
            free(key);
            return &c->row[i];
        }
    cli_row *const row = &c->row[c->n_rows];
    row->run = calloc((size_t)c->n, sizeof *row->run);
    if (!row->run) {
        free(key);
        return NULL;
    }
    c->n_rows++;
    row->key = key;
    return row;
}

static bool labels_differ(const cli_comparison *c)
{
    for (int i = 0; i < c->n_rows; i++)
        for (int j = 0; j < i; j++)
            if (strcmp(c->row[i].label, c->row[j].label) == 0) return false;
    return true;
}

/* Milestones usually follow from the number of epochs, so labels have them only if some rows differ
 * in nothing else. */
static ot_status label_rows(cli_comparison *c)
{
    static const char *const left_out[] = { "milestones", NULL };
    const json_t **const config = calloc((size_t)c->n_rows + 1, sizeof *config);
    if (!config) return cli_no_memory();
    for (int i = 0; i < c->n_rows; i++)
        config[i] = c->run[c->row[i].run[0]].config;
    ot_status status = OT_OK;
    for (int k = 0; k == 0 || (k < 2 && !labels_differ(c)); k++)
        for (int i = 0; i < c->n_rows && status == OT_OK; i++)
            status = cli_config_label(c->row[i].label, sizeof c->row[i].label, c->n_rows, config, i,
                                      left_out[k]);
    free(config);
    return status;
}

/* ---- builds ---- */

/* What an entry of c->build holds of a run; NULL if memory runs out. */
static json_t *build_of(const cli_outcome *o)
{
    return json_pack("{s:O?, s:O?}", "build", json_object_get(o->config, "build"), "cpu",
                     json_object_get(o->machine, "cpu"));
}

/* Whether an entry of an object, which is null if there was nothing, is this value or nothing. */
static bool is_same(const json_t *object, const char *key, const json_t *value)
{
    const json_t *const entry = json_object_get(object, key);
    return value ? json_equal(entry, value) : json_is_null(entry);
}

/* Returns the index of a run's build, or -1 if it is not listed.  It needs no memory. */
static int find_build(const cli_comparison *c, const cli_outcome *o)
{
    for (int i = 0; i < c->n_builds; i++)
        if (is_same(c->build[i], "build", json_object_get(o->config, "build")) &&
            is_same(c->build[i], "cpu", json_object_get(o->machine, "cpu")))
            return i;
    return -1;
}

static ot_status list_builds(cli_comparison *c)
{
    for (int i = 0; i < c->n; i++) {
        if (find_build(c, &c->run[i]) >= 0) continue;
        c->build[c->n_builds] = build_of(&c->run[i]);
        if (!c->build[c->n_builds++]) return cli_no_memory();
    }
    return OT_OK;
}

static const char *text_of(const json_t *object, const char *key)
{
    const char *const text = json_string_value(json_object_get(object, key));
    return text ? text : "unknown";
}

const char *cli_build_text(cli_cell *cell, const cli_comparison *c, int i)
{
    const json_t *const build = json_object_get(c->build[i], "build");
    snprintf(cell->s, sizeof cell->s,
             "odetape %.100s, kernels %.20s (%.40s), BLIS %.40s %.40s, "
             "CPU %.80s%s%s",
             text_of(build, "version"), text_of(build, "kernels"), text_of(build, "cpu_features"),
             text_of(build, "blis_version"), text_of(build, "blis_kernels"),
             text_of(c->build[i], "cpu"), json_object_get(build, "resumed") ? "; resumed " : "",
             json_object_get(build, "resumed") ? text_of(build, "resumed") : "");
    return cell->s;
}

const char *cli_build_part(const cli_comparison *c, int i, const char *part)
{
    const bool of_run = strcmp(part, "cpu") == 0; /* and not of its build */
    const json_t *const build = json_object_get(c->build[i], "build");
    return json_string_value(json_object_get(of_run ? c->build[i] : build, part));
}

ot_status cli_comparison_group(cli_comparison *c)
{
    c->row = calloc((size_t)c->n + 1, sizeof *c->row);
    c->value = calloc((size_t)c->n + 1, sizeof *c->value);
    c->build = calloc((size_t)c->n + 1, sizeof *c->build);
    if (!c->row || !c->value || !c->build) return cli_no_memory();
    OT_TRY(list_builds(c));
    for (int i = 0; i < c->n; i++) {
        char *key;
        OT_TRY(cli_config_key(c->run[i].config, &key));
        cli_row *const row = find_row(c, key);
        if (!row) return cli_no_memory();
        row->run[row->n++] = i;
    }
    return label_rows(c);
}

void cli_comparison_free(cli_comparison *c)
{
    for (int i = 0; i < c->n_rows; i++) {
        free(c->row[i].key);
        free(c->row[i].run);
    }
    for (int i = 0; i < c->n; i++)
        cli_outcome_free(&c->run[i]);
    for (int i = 0; i < c->n_builds; i++)
        json_decref(c->build[i]);
    free(c->build);
    free(c->value);
    free(c->row);
    free(c->run);
}

/* ---- numbers --------------------------------------------------------------------------------- */

cli_spread cli_row_spread(const cli_comparison *c, const cli_row *row, cli_column_id id)
{
    int n = 0;
    for (int i = 0; i < row->n; i++) {
        const cli_outcome *const o = &c->run[row->run[i]];
        if (o->state == CLI_FINISHED) c->value[n++] = cli_column_value(id, o);
    }
    return cli_spread_of(n, c->value);
}

static double most_of(const cli_comparison *c, const cli_row *row, cli_column_id id)
{
    double most = NAN;
    for (int i = 0; i < row->n; i++)
        most = fmax(most, cli_column_value(id, &c->run[row->run[i]]));
    return most;
}

/* "91.20 +- 0.13" */
static const char *write_spread(cli_cell *cell, cli_spread s)
{
    if (isnan(s.mean))
        snprintf(cell->s, sizeof cell->s, "-");
    else if (s.n == 1)
        snprintf(cell->s, sizeof cell->s, "%.2f", s.mean);
    else
        snprintf(cell->s, sizeof cell->s, "%.2f +- %.2f", s.mean, s.deviation);
    return cell->s;
}

static int count(const cli_comparison *c, const cli_row *row, cli_state state)
{
    int n = 0;
    for (int i = 0; i < row->n; i++)
        n += c->run[row->run[i]].state == state;
    return n;
}

int cli_row_finished(const cli_comparison *c, const cli_row *row)
{
    return count(c, row, CLI_FINISHED);
}

/* "3 finished, 1 diverged" */
static const char *write_states(cli_cell *cell, const cli_comparison *c, const cli_row *row)
{
    cell->s[0] = 0;
    for (cli_state state = CLI_UNFINISHED; state <= CLI_FAILED; state++) {
        const int n = count(c, row, state);
        const size_t used = strlen(cell->s);
        if (n > 0)
            snprintf(cell->s + used, sizeof cell->s - used, "%s%d %s", used ? ", " : "", n,
                     cli_state_name(state));
    }
    return cell->s;
}

/* "1,2,3", cut at the end of the cell */
static const char *write_seeds(cli_cell *cell, const cli_comparison *c, const cli_row *row)
{
    cell->s[0] = 0;
    for (int i = 0; i < row->n; i++) {
        const size_t used = strlen(cell->s);
        snprintf(cell->s + used, sizeof cell->s - used, "%s%s", i ? "," : "",
                 c->run[row->run[i]].seed);
    }
    return cell->s;
}

/* "1,2": the numbers of the builds of the runs. */
static const char *write_builds(cli_cell *cell, const cli_comparison *c, const cli_row *row)
{
    cell->s[0] = 0;
    for (int b = 0; b < c->n_builds; b++)
        for (int i = 0; i < row->n; i++) {
            const size_t used = strlen(cell->s);
            if (find_build(c, &c->run[row->run[i]]) != b) continue;
            snprintf(cell->s + used, sizeof cell->s - used, "%s%d", used ? "," : "", b + 1);
            break;
        }
    return cell->s;
}

static const char *write_list(cli_cell *cell, const cli_comparison *c, const cli_row *row,
                              cli_column_id id)
{
    return id == CLI_COLUMN_SEEDS   ? write_seeds(cell, c, row)
           : id == CLI_COLUMN_BUILD ? write_builds(cell, c, row)
                                    : write_states(cell, c, row);
}

double cli_row_number(const cli_comparison *c, const cli_row *row, cli_column_id id)
{
    switch (cli_column_of(id)->statistic) {
    case CLI_OF_MOST:
        return most_of(c, row, id);
    case CLI_OF_MEAN:
    case CLI_OF_SPREAD:
        return cli_row_spread(c, row, id).mean;
    case CLI_OF_FIRST:
        return cli_column_value(id, &c->run[row->run[0]]);
    case CLI_OF_LIST:
        break;
    }
    return NAN;
}

const char *cli_row_text(cli_cell *cell, const cli_comparison *c, const cli_row *row,
                         cli_column_id id)
{
    if (id == CLI_COLUMN_NET) return row->label;
    switch (cli_column_of(id)->statistic) {
    case CLI_OF_MOST:
        return cli_column_format(cell, id, most_of(c, row, id));
    case CLI_OF_MEAN:
        return cli_column_format(cell, id, cli_row_spread(c, row, id).mean);
    case CLI_OF_SPREAD:
        return write_spread(cell, cli_row_spread(c, row, id));
    case CLI_OF_LIST:
        return write_list(cell, c, row, id);
    case CLI_OF_FIRST:
        break;
    }
    return cli_column_text(cell, id, &c->run[row->run[0]]);
}
