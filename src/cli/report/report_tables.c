/* SPDX-License-Identifier: BSD-3-Clause
 * The sections with tables: results, runs, configuration, environment, and the commands that train
 * the networks again. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "base/json.h"
#include "cli/report/html.h"
#include "cli/frame/message.h"
#include "cli/report/report.h"
#include "cli/frame/shell.h"

/* ---- results --------------------------------------------------------------------------------- */

/* Names may be wrapped at any character; numbers are aligned right. */
static void write_cell(FILE *to, cli_column_id id, const char *text, const char *more)
{
    cli_html_element(to,
                     id == CLI_COLUMN_RUN || id == CLI_COLUMN_NET ? "td class=\"path\""
                     : cli_column_of(id)->number                  ? "td class=\"n\""
                                                                  : "td",
                     "%s%s", text, more);
}

/* Columns whose cells have a unit in other tables, and have it in the heading here. */
static const struct unit {
    cli_column_id id;
    const char *heading;
    double size;
    int digits;
} units[] = {
    { CLI_COLUMN_FLOPS, "MFLOP", 1e6, 1 },
    { CLI_COLUMN_MEMORY, "memory, MiB", 1 << 20, 1 },
    { CLI_COLUMN_PREDICTED_MEMORY, "predicted, MiB", 1 << 20, 1 },
};

static const struct unit *unit_of(cli_column_id id)
{
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
        if (units[i].id == id) return &units[i];
    return NULL;
}

static void write_headings(FILE *to, const cli_comparison *c, int n, const cli_column_id columns[])
{
    cli_cell cell;
    fputs("<div class=\"wide\"><table class=\"results\">\n<tr>", to);
    for (int i = 0; i < n; i++)
        if (cli_column_is_shown(columns[i], c->n, c->run))
            cli_html_element(to, "th", "%s",
                             unit_of(columns[i]) ? unit_of(columns[i])->heading
                                                 : cli_column_heading(&cell, columns[i], NULL));
    fputs("</tr>\n", to);
}

static void write_row_cell(FILE *to, const cli_comparison *c, const cli_row *row, cli_column_id id,
                           const char *more)
{
    cli_cell cell;
    const struct unit *const u = unit_of(id);
    const double value = u ? cli_row_number(c, row, id) : NAN;
    if (isfinite(value))
        cli_html_element(to, "td class=\"n\"", "%.*f", u->digits, value / u->size);
    else
        write_cell(to, id, cli_row_text(&cell, c, row, id), more);
}

/* The best of several rows is marked. */
static void write_row(FILE *to, const cli_comparison *c, const cli_row *row, bool best)
{
    const char *more = best ? " (best)" : "";
    fputs(best ? "<tr class=\"best\">" : "<tr>", to);
    for (int i = 0; i < CLI_GROUP_COLUMNS; i++)
        if (cli_column_is_shown(cli_group_columns[i], c->n, c->run)) {
            write_row_cell(to, c, row, cli_group_columns[i], more);
            more = "";
        }
    fputs("</tr>\n", to);
}

const cli_row *cli_report_best(const cli_comparison *c)
{
    const cli_row *best = NULL;
    double most = -INFINITY;
    for (int i = 0; i < c->n_rows; i++) {
        const double mean = cli_row_spread(c, &c->row[i], CLI_COLUMN_BEST).mean;
        if (mean > most) most = mean, best = &c->row[i];
    }
    return best;
}

/* Returns the run with the greatest test accuracy so far; NULL if no run has one. */
static const cli_outcome *best_so_far(const cli_comparison *c)
{
    const cli_outcome *best = NULL;
    for (int i = 0; i < c->n; i++)
        if (c->run[i].best_accuracy > (best ? best->best_accuracy : -1)) best = &c->run[i];
    return best;
}

/* Returns the first run of a row that has finished. */
static const cli_outcome *finished_of(const cli_comparison *c, const cli_row *row)
{
    int i = 0;
    while (i < row->n - 1 && c->run[row->run[i]].state != CLI_FINISHED)
        i++;
    return &c->run[row->run[i]];
}

void cli_report_headline(FILE *to, const cli_page *r)
{
    const cli_comparison *const c = &r->table;
    const cli_row *const best = cli_report_best(c);
    const cli_spread s = best ? cli_row_spread(c, best, CLI_COLUMN_BEST) : (cli_spread){ .n = 0 };
    const cli_outcome *const o = best ? finished_of(c, best) : best_so_far(c);
    if (!o) return;
    fprintf(to, "<p class=\"lead\"><strong>%.2f", best ? s.mean : 100 * o->best_accuracy);
    if (s.n > 1) fprintf(to, " \u00b1 %.2f", s.deviation);
    fprintf(to, " %%</strong> best test accuracy%s", best ? "" : " so far");
    if (s.n > 1)
        cli_html_put(to, ", mean of %d seeds: %s", s.n, best->label);
    else
        cli_html_put(to, " in epoch %d of %d: %s", o->best_epoch, o->planned_epochs, o->blocks);
    fputs("</p>\n", to);
}

static void write_fairness(FILE *to, const cli_comparison *c)
{
    for (int i = 1; i < c->n_rows; i++)
        if (c->run[c->row[i].run[0]].convs != c->run[c->row[0].run[0]].convs) {
            cli_html_missing(to, "These networks have different numbers of convolutions, so they "
                                 "differ in more than their schemes.");
            return;
        }
}

void cli_report_results(FILE *to, const cli_page *r)
{
    const cli_comparison *const c = &r->table;
    cli_cell cell;
    cli_html_section(to, "Results");
    if (c->n_rows == 0) {
        cli_html_missing(to, "There is no result: the journal has no line yet.");
        return;
    }
    cli_html_element(to, "p",
                     "Results of finished runs. Runs that differ only in their seed share a row: "
                     "mean +- sample standard deviation. Accuracies are those on the test images, "
                     "except validation. \"Chosen\" is the epoch with the greatest validation "
                     "accuracy, \"best test\" the one with the greatest test accuracy, and "
                     "\"average\" the moving average of the weights. "
                     "Runs of different data, options, versions or kernels have rows of their own. "
                     "FLOP are those of a training step, per image. \"Epochs to\" is the first "
                     "epoch that reaches an accuracy.");
    write_fairness(to, c);
    write_headings(to, c, CLI_GROUP_COLUMNS, cli_group_columns);
    for (int i = 0; i < c->n_rows; i++)
        write_row(to, c, &c->row[i], c->n_rows > 1 && &c->row[i] == cli_report_best(c));
    fputs("</table></div>\n", to);
    for (int i = 0; i < c->n_builds; i++)
        cli_html_element(to, "p", "Build %d: %s.", i + 1, cli_build_text(&cell, c, i));
}

/* ---- runs ------------------------------------------------------------------------------------ */

static const char *explain(const cli_outcome *o)
{
    static const char *const why[] = {
        [CLI_WAITING] = "; its training has not begun",
        [CLI_UNFINISHED] = "; odetape train --resume continues it, unless it is running",
        [CLI_FINISHED] = "",
        [CLI_DIVERGED_STATE] = "; its loss became too large or was not finite",
        [CLI_FAILED] = "; its train.log has the reason",
    };
    return why[o->state];
}

static const cli_column_id run_columns[] = {
    CLI_COLUMN_RUN,        CLI_COLUMN_NET,    CLI_COLUMN_SEED,         CLI_COLUMN_LR,
    CLI_COLUMN_EPOCHS,     CLI_COLUMN_BEST,   CLI_COLUMN_BEST_EPOCH,   CLI_COLUMN_FINAL,
    CLI_COLUMN_VALIDATION, CLI_COLUMN_CHOSEN, CLI_COLUMN_CHOSEN_EPOCH, CLI_COLUMN_AVERAGE,
    CLI_COLUMN_STATUS,
};
enum { RUN_COLUMNS = sizeof run_columns / sizeof run_columns[0] };

static void write_run(FILE *to, const cli_comparison *c, const cli_outcome *o)
{
    cli_cell cell;
    fputs("<tr>", to);
    for (int i = 0; i < RUN_COLUMNS; i++)
        if (cli_column_is_shown(run_columns[i], c->n, c->run))
            write_cell(to, run_columns[i], cli_column_text(&cell, run_columns[i], o),
                       run_columns[i] == CLI_COLUMN_STATUS ? explain(o) : "");
    fputs("</tr>\n", to);
}

void cli_report_runs(FILE *to, const cli_page *r)
{
    cli_html_section(to, "Runs");
    write_headings(to, &r->table, RUN_COLUMNS, run_columns);
    for (int i = 0; i < r->table.n; i++)
        write_run(to, &r->table, &r->table.run[i]);
    fputs("</table></div>\n", to);
    for (int i = 0; i < r->n; i++)
        if (r->run[i].outcome.state == CLI_WAITING)
            cli_html_missing(to, "%s has only just begun: its journal has no line yet.",
                             r->run[i].directory);
}

/* ---- configuration --------------------------------------------------------------------------- */

/* A real number is written as the shortest text that reads back as the same number. */
static void write_value(FILE *to, const json_t *value)
{
    if (json_is_string(value)) {
        cli_html_text(to, json_string_value(value));
    } else if (json_is_real(value)) {
        cli_html_text(to, OT__REAL(json_real_value(value)));
    } else {
        char *const text = ot__json_dump(value, JSON_ENCODE_ANY | JSON_COMPACT);
        if (!text) cli_html_record_failure(OT_ENOMEM);
        cli_html_text(to, text ? text : "");
        free(text);
    }
}

static const json_t *value_of(const cli_page *r, int run, const char *section, const char *key)
{
    return json_object_get(json_object_get(r->table.run[run].config, section), key);
}

static bool came_before(const cli_page *r, int run, const char *section, const char *key)
{
    for (int i = 0; i < run; i++)
        if (json_equal(value_of(r, i, section, key), value_of(r, run, section, key))) return true;
    return false;
}

/* Writes the different values of a key, in the order of the runs. */
static void write_key(FILE *to, const cli_page *r, const char *section, const char *key)
{
    const char *between = "";
    fputs("<tr>", to);
    cli_html_element(to, "th", "%s", key);
    fputs("<td class=\"path\">", to);
    for (int i = 0; i < r->table.n; i++) {
        const json_t *const value = value_of(r, i, section, key);
        if (!value || came_before(r, i, section, key)) continue;
        fputs(between, to);
        write_value(to, value);
        between = " | ";
    }
    fputs("</td></tr>\n", to);
}

void cli_report_configuration(FILE *to, const cli_page *r)
{
    static const char *const sections[][2] = { { "net", "Network" },
                                               { "options", "Training" },
                                               { "images", "Images" },
                                               { "plugins", "Plugins" } };
    cli_html_section(to, "Configuration");
    if (r->table.n == 0) {
        cli_html_missing(to, "There is no configuration: the journal has no line yet.");
        return;
    }
    if (r->table.n > 1)
        cli_html_element(to, "p",
                         "Values that differ between runs are listed together, separated "
                         "by a bar.");
    fputs("<div class=\"panels\">\n", to);
    for (size_t s = 0; s < sizeof sections / sizeof sections[0]; s++) {
        const char *key;
        json_t *value, *const section = json_object_get(r->table.run[0].config, sections[s][0]);
        if (!section && strcmp(sections[s][0], "plugins") == 0) continue;
        fprintf(to, "<div><table><caption>%s</caption>\n", sections[s][1]);
        json_object_foreach(section, key, value) write_key(to, r, sections[s][0], key);
        fputs("</table></div>\n", to);
    }
    fputs("</div>\n", to);
}

/* ---- environment ----------------------------------------------------------------------------- */

static const char *version_of(const cli_run *run)
{
    const char *const version = json_string_value(json_object_get(run->start, "version"));
    return version ? version : "unknown version";
}

static bool same_environment(const cli_run *a, const cli_run *b)
{
    return strcmp(version_of(a), version_of(b)) == 0 &&
           json_equal(json_object_get(a->start, "machine"), json_object_get(b->start, "machine"));
}

/* Returns the first run with the same environment as run i. */
static int first_like(const cli_runs *all, int i)
{
    int k = 0;
    while (!same_environment(&all->run[k], &all->run[i]))
        k++;
    return k;
}

static void write_environment(FILE *to, const cli_runs *all, int i)
{
    const char *key;
    json_t *value;
    int n = 0;
    for (int k = 0; k < all->n; k++)
        n += first_like(all, k) == i;
    fprintf(to, "<table><caption>Of %d run%s</caption>\n<tr><th>odetape</th>", n,
            n == 1 ? "" : "s");
    cli_html_element(to, "td", "%s", version_of(&all->run[i]));
    fputs("</tr>\n", to);
    json_object_foreach(json_object_get(all->run[i].start, "machine"), key, value)
    {
        fputs("<tr>", to);
        cli_html_element(to, "th", "%s", key);
        fputs("<td class=\"path\">", to);
        write_value(to, value);
        fputs("</td></tr>\n", to);
    }
    fputs("</table>\n", to);
}

void cli_report_environment(FILE *to, const cli_page *r)
{
    cli_html_section(to, "Environment");
    if (r->curves.n == 0)
        cli_html_missing(to, "There is no environment to show: no run has finished an epoch yet.");
    for (int i = 0; i < r->curves.n; i++)
        if (first_like(&r->curves, i) == i) write_environment(to, &r->curves, i);
    cli_html_element(to, "p",
                     "The same build, kernels, seed and configuration give the same bits at any "
                     "number of threads. This page was written by odetape %s.",
                     ot_version());
}

/* ---- commands -------------------------------------------------------------------------------- */

static const cli_command *find_train(void)
{
    int i = 0;
    while (strcmp(cli_commands[i]->name, "train") != 0)
        i++;
    return cli_commands[i];
}

static const char *metadata(const ot_safetensors *file, const char *key)
{
    for (int i = 0; ot_safetensors_key(file, i); i++)
        if (strcmp(ot_safetensors_key(file, i), key) == 0) return ot_safetensors_value(file, i);
    return NULL;
}

/* Writes --plugin for each plugin that the file was made with. */
static void write_plugins(FILE *to, const ot_safetensors *file)
{
    char key[40];
    const char *path;
    for (int i = 0; i < OT_TEXT_LIST_MOST; i++) {
        snprintf(key, sizeof key, "plugin.%d.path", i);
        path = metadata(file, key);
        if (!path) return;
        cli_shell_words(to, (const char *const[]){ "--plugin", path, NULL });
    }
}

/* Writes the command with every option whose value in the file is not odetape train's default. */
static void make_command(FILE *to, const ot_safetensors *file)
{
    const cli_command *const train = find_train();
    fputs("odetape train", to);
    for (const cli_group *g = train->groups; g->title; g++)
        for (const ot_option *o = g->options; o->name; o++) {
            char usual[OT__OPTION_TEXT] = "";
            const char *const value = metadata(file, o->name);
            if (!value) continue;
            ot__option_write(o, (const char *)train->defaults + g->offset, usual, sizeof usual);
            if (strcmp(value, usual) == 0) continue;
            fprintf(to, " --%s", o->name);
            if (ot__option_has_argument(o))
                cli_shell_words(to, (const char *const[]){ value, NULL });
        }
    write_plugins(to, file);
}

/* Writes the command to the page; records a failure if memory runs out. */
static void put_command(FILE *to, const ot_safetensors *file)
{
    char *text = NULL;
    size_t size;
    FILE *const line = open_memstream(&text, &size);
    bool good = line != NULL;
    if (line) {
        make_command(line, file);
        good = !ferror(line);
        good = fclose(line) == 0 && good;
    }
    if (!good) cli_html_record_failure(OT_ENOMEM);
    fputs("<pre>", to);
    if (good) cli_html_text(to, text);
    fputs("</pre>\n", to);
    free(text);
}

/* Names the schemes of a file that are not built in with the same coefficients. */
static void write_foreign(FILE *to, const ot_safetensors *file)
{
    for (int i = 0; ot_safetensors_key(file, i); i++) {
        ot_scheme *s = NULL;
        if (strncmp(ot_safetensors_key(file, i), "scheme.", 7) != 0) continue;
        const ot_status status = ot_scheme_parse(ot_safetensors_value(file, i), "scheme", &s);
        cli_html_record_failure(status);
        if (status != OT_OK) {
            cli_html_missing(to, "%s", ot_message());
            continue;
        }
        ot_scheme *own = NULL;
        cli_html_record_failure(ot_scheme_open(ot_scheme_name(s), &own));
        const char *const known = ot_scheme_text(own);
        if (!known || strcmp(known, ot_scheme_text(s)) != 0)
            cli_html_missing(to,
                             "%s is not built in: save its text above as %s.tableau, and write "
                             "./%s.tableau: instead of its name in --net.",
                             ot_scheme_name(s), ot_scheme_name(s), ot_scheme_name(s));
        ot_scheme_free(own);
        ot_scheme_free(s);
    }
}

static void write_command(FILE *to, cli_reported *run)
{
    ot_safetensors *file = NULL;
    cli_html_element(to, "h3", "%s", run->directory);
    if (!run->weights) {
        cli_html_missing(to, "There is no command: %s.", cli_weights_missing(run->rule));
        return;
    }
    const ot_status status = cli_report_weights(run, &file);
    cli_html_record_failure(status);
    if (status != OT_OK) {
        cli_html_missing(to, "There is no command: %s", ot_message());
        return;
    }
    put_command(to, file);
    cli_html_element(to, "p", "Read from %s.", run->weights);
    write_foreign(to, file);
    ot_safetensors_close(file);
}

void cli_report_commands(FILE *to, const cli_page *r)
{
    cli_html_section(to, "Commands to reproduce");
    cli_html_element(to, "p",
                     "The options are those in the metadata of the weights. Options with default "
                     "values are left out.");
    for (int i = 0; i < r->n; i++)
        write_command(to, &r->run[i]);
}
