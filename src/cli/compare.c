/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/compare.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/message.h"
#include "cli/options.h"

/* ---- collecting ------------------------------------------------------------------------------ */

static cli_outcome *another(cli_comparison *c)
{
    if (c->n == c->room) {
        const int room = 2 * c->room + 16;
        cli_outcome *const more = realloc(c->run, (size_t)room * sizeof *more);
        if (!more) return NULL;
        c->run = more;
        c->room = room;
    }
    return &c->run[c->n];
}

static int no_memory(void)
{
    return cli_fail(EX_OSERR, "there is no memory");
}

static int add_line(cli_comparison *c, const char *path, int number, const char *line, size_t size)
{
    cli_outcome *const o = another(c);
    if (!o) return no_memory();
    json_error_t why;
    json_t *const object = json_loadb(line, size, 0, &why);
    const bool good = object && cli_outcome_from_json(o, object);
    json_decref(object);
    if (!good)
        return cli_fail(EX_DATAERR, "%s:%d: this is not a line of results.jsonl%s%s", path, number,
                        object ? "" : ": ", object ? "" : why.text);
    c->n++;
    return CLI_GO_ON;
}

static int add_file(cli_comparison *c, const char *path)
{
    FILE *const file = fopen(path, "rb");
    if (!file) return cli_fail(EX_NOINPUT, "%s: %s", path, strerror(errno));
    char *line = NULL;
    size_t room = 0;
    int code = CLI_GO_ON, number = 0;
    for (ssize_t n; code == CLI_GO_ON && (n = getline(&line, &room, file)) > 0;)
        code = add_line(c, path, ++number, line, (size_t)n);
    if (code == CLI_GO_ON && ferror(file))
        code = cli_fail(EX_NOINPUT, "%s: %s", path, strerror(errno));
    free(line);
    fclose(file);
    return code;
}

static int add_run(cli_comparison *c, const char *dir)
{
    cli_outcome *const o = another(c);
    if (!o) return no_memory();
    const bool good = cli_outcome_read(o, dir);
    c->n++;
    snprintf(o->name, sizeof o->name, "%.250s", dir);
    if (!good)
        return cli_fail(EX_DATAERR, "%s/metrics.jsonl is not the journal of a training", dir);
    if (o->state != CLI_WAITING) return CLI_GO_ON;
    return cli_fail(EX_NOINPUT, "%s has neither metrics.jsonl nor results.jsonl", dir);
}

int cli_comparison_add(cli_comparison *c, const char *path)
{
    struct stat there;
    char results[PATH_MAX];
    if (stat(path, &there) != 0) return cli_fail(EX_NOINPUT, "%s: %s", path, strerror(errno));
    if (!S_ISDIR(there.st_mode)) return add_file(c, path);
    snprintf(results, sizeof results, "%s/results.jsonl", path);
    return stat(results, &there) == 0 ? add_file(c, results) : add_run(c, path);
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

/* ---- rows ------------------------------------------------------------------------------------ */

static char *make_key(const cli_outcome *o)
{
    json_t *const config = json_deep_copy(o->config);
    json_object_del(json_object_get(config, "options"), "seed");
    char *const key = config ? json_dumps(config, JSON_COMPACT | JSON_SORT_KEYS) : NULL;
    json_decref(config);
    return key;
}

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

/* What the network says anyway, and what follows from other options. */
static bool is_told(const char *key)
{
    static const char *const told[] = { "blocks", "evaluations", "convs",
                                        "params", "seed",        "milestones" };
    for (size_t i = 0; i < sizeof told / sizeof told[0]; i++)
        if (strcmp(told[i], key) == 0) return true;
    return false;
}

static json_t *part_of(const cli_comparison *c, int row, const char *part)
{
    return json_object_get(c->run[c->row[row].run[0]].config, part);
}

static bool differs(const cli_comparison *c, const char *part, const char *key)
{
    for (int i = 1; i < c->n_rows; i++)
        if (!json_equal(json_object_get(part_of(c, i, part), key),
                        json_object_get(part_of(c, 0, part), key)))
            return true;
    return false;
}

static void append_value(char *text, size_t size, const char *key, const json_t *value)
{
    const size_t used = strlen(text);
    char *const other = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
    if (json_is_string(value))
        snprintf(text + used, size - used, ", %s %s", key, json_string_value(value));
    else if (json_is_real(value))
        snprintf(text + used, size - used, ", %s %g", key, json_real_value(value));
    else
        snprintf(text + used, size - used, ", %s %s", key, other ? other : "?");
    free(other);
}

static void label_row(cli_comparison *c, int i)
{
    static const char *const parts[] = { "net", "options", "images" };
    cli_row *const row = &c->row[i];
    snprintf(row->label, sizeof row->label, "%s", c->run[row->run[0]].blocks);
    for (size_t p = 0; p < sizeof parts / sizeof parts[0]; p++) {
        const char *key;
        json_t *value;
        json_object_foreach(part_of(c, i, parts[p]), key,
                            value) if (!is_told(key) && differs(c, parts[p], key))
            append_value(row->label, sizeof row->label, key, value);
    }
}

bool cli_comparison_group(cli_comparison *c)
{
    c->row = calloc((size_t)c->n + 1, sizeof *c->row);
    if (!c->row) return false;
    for (int i = 0; i < c->n; i++) {
        char *const key = make_key(&c->run[i]);
        cli_row *const row = key ? find_row(c, key) : NULL;
        if (!row) return false;
        row->run[row->n++] = i;
    }
    for (int i = 0; i < c->n_rows; i++)
        label_row(c, i);
    return true;
}

void cli_comparison_free(cli_comparison *c)
{
    for (int i = 0; i < c->n_rows; i++) {
        free(c->row[i].key);
        free(c->row[i].run);
    }
    for (int i = 0; i < c->n; i++)
        cli_outcome_free(&c->run[i]);
    free(c->row);
    free(c->run);
}

/* ---- numbers --------------------------------------------------------------------------------- */

cli_spread cli_row_spread(const cli_comparison *c, const cli_row *row,
                          double (*value)(const cli_outcome *o))
{
    cli_spread s = { 0 };
    double sum = 0, squares = 0;
    for (int i = 0; i < row->n; i++) {
        const cli_outcome *const o = &c->run[row->run[i]];
        if (o->state != CLI_FINISHED) continue;
        sum += value(o);
        s.n++;
    }
    s.mean = s.n > 0 ? sum / s.n : 0;
    for (int i = 0; i < row->n; i++) {
        const cli_outcome *const o = &c->run[row->run[i]];
        if (o->state != CLI_FINISHED) continue;
        squares += (value(o) - s.mean) * (value(o) - s.mean);
    }
    s.deviation = s.n > 1 ? sqrt(squares / (s.n - 1)) : 0;
    return s;
}

int cli_row_count(const cli_comparison *c, const cli_row *row, cli_state state)
{
    int n = 0;
    for (int i = 0; i < row->n; i++)
        n += c->run[row->run[i]].state == state;
    return n;
}
