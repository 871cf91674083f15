/* SPDX-License-Identifier: BSD-3-Clause
 * Prints a sweep: the head with the experiment and its scale, a row per run, and a line of
 * progress. */
#include "cli/sweep/series_table.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "cli/frame/page.h"
#include "cli/frame/text.h"
#include "cli/frame/print.h"
#include "cli/runs/columns.h"

static const double REDRAW = 1.0, HEARTBEAT = 60.0; /* seconds */

/* ---- the head -------------------------------------------------------------------------------- */

/* Writes the values of a key, "1 | 2 | 3", or the command's default. */
static void values_text(const cli_experiment *e, int section, int key, char *text, size_t size)
{
    const cli_key *const k = &e->key[key];
    const cli_value *v;
    text[0] = 0;
    if (section == CLI_NO_SECTION && k->group)
        ot__option_write(k->option, (const char *)e->command->defaults + k->group->offset, text,
                         size);
    for (int i = 0; (v = cli_experiment_value(e, section, key, i)) != NULL; i++) {
        const size_t used = strlen(text);
        snprintf(text + used, size - used, "%s%s", i ? " | " : "", v->text);
    }
    if (!*text) snprintf(text, size, "the default");
}

static void print_scale(const cli_grid *g)
{
    const cli_experiment *const e = g->e;
    const int paper = cli_experiment_section(e, CLI_SCALE, "paper");
    if (g->scale == CLI_NO_SECTION) return;
    cli_print(stderr, "scale     %s\n", e->section[g->scale].name);
    for (int k = 0; k < e->n_keys; k++) {
        char here[512], there[512];
        values_text(e, cli_experiment_source(e, CLI_NO_SECTION, g->scale, k), k, here, sizeof here);
        values_text(e, cli_experiment_source(e, CLI_NO_SECTION, paper, k), k, there, sizeof there);
        if (paper != CLI_NO_SECTION && strcmp(here, there) != 0)
            cli_print(stderr, "          %s %s, at scale paper %s\n", e->key[k].option->name, here,
                      there);
    }
}

/* Whether an estimate rests on a number of steps that is not known yet. */
static const char *assumption(bool assumed)
{
    return assumed ? ", if each block takes one controlled step" : "";
}

void cli_series_print_head(const cli_series *s, const char *file)
{
    const cli_experiment *const e = s->grid->e;
    cli_text text;
    bool assumed;
    int done = 0;
    for (int i = 0; i < s->grid->n; i++)
        done += !cli_series_missing(s, i);
    cli_print(stderr, "experiment %s%s%s\n", file, e->title ? ": " : "", e->title ? e->title : "");
    if (e->note) {
        fputs("note      ", stderr);
        cli_print_lines(stderr, e->note, SIZE_MAX, "          ");
        fputc('\n', stderr);
    }
    print_scale(s->grid);
    fprintf(stderr, "runs      %d, %d done", s->grid->n, done);
    if (s->grid->n_left_out > 0)
        fprintf(stderr, "; %d left out, as the depth has no room for another block",
                s->grid->n_left_out);
    const double left = cli_series_left(s, &assumed);
    if (left > 0)
        cli_print(stderr, "; about %s left%s", cli_duration(&text, left), assumption(assumed));
    if (s->grid->shard.n > 0)
        fprintf(stderr, "\nshard     %d of %d", s->grid->shard.i, s->grid->shard.n);
    cli_print(stderr, "\njobs      %d at a time, %d thread%s each\noutput    %s\n", s->jobs,
              s->threads, s->threads == 1 ? "" : "s", s->out);
}

void cli_series_print_missing(const cli_series *s)
{
    for (int i = 0; i < s->grid->n; i++) {
        if (!cli_series_missing(s, i)) continue;
        cli_series_command(s, i, stdout);
        putchar('\n');
    }
}

/* ---- the table ------------------------------------------------------------------------------- */

static const cli_column_id columns[] = {
    CLI_COLUMN_NET,   CLI_COLUMN_GRID,       CLI_COLUMN_LR,      CLI_COLUMN_SEED,
    CLI_COLUMN_CONVS, CLI_COLUMN_PARAMETERS, CLI_COLUMN_EPOCHS,  CLI_COLUMN_BEST,
    CLI_COLUMN_FINAL, CLI_COLUMN_VALIDATION, CLI_COLUMN_CHOSEN,  CLI_COLUMN_AVERAGE,
    CLI_COLUMN_SPEED, CLI_COLUMN_MEMORY,     CLI_COLUMN_SECONDS, CLI_COLUMN_STATUS,
};
enum { COLUMNS = sizeof columns / sizeof columns[0] };

/* What a text of 80 characters has. */
static const bool narrow[CLI_COLUMNS] = {
    [CLI_COLUMN_NET] = true,    [CLI_COLUMN_LR] = true,    [CLI_COLUMN_SEED] = true,
    [CLI_COLUMN_EPOCHS] = true, [CLI_COLUMN_FINAL] = true, [CLI_COLUMN_SECONDS] = true,
    [CLI_COLUMN_STATUS] = true,
};

/* The texts of a row, and its numbers for JSON. */
typedef struct cells {
    cli_cell space[COLUMNS];
    const char *text[COLUMNS];
    double number[COLUMNS];
} cells;

static struct {
    cells heading, row;
    ot__column column[2 * COLUMNS];
    ot__table table;
    ot__page page;
} sheet;

/* Whether the experiment gives the column's option a value.  The headings are printed before there
 * are results. */
static bool is_shown(const cli_experiment *e, cli_column_id id)
{
    const char *const option = cli_column_of(id)->option;
    bool shown = option == NULL;
    for (int i = 0; i < e->n_values; i++)
        shown = shown || strcmp(e->key[e->value[i].key].option->name, option) == 0;
    return shown;
}

/* A column has a text, and in JSON the number if it is one. */
static void add_columns(const cli_experiment *e)
{
    for (int i = 0; i < COLUMNS; i++) {
        const cli_column *const c = cli_column_of(columns[i]);
        const char *const title = cli_column_heading(&sheet.heading.space[i], columns[i], NULL);
        sheet.column[2 * i] = (ot__column){ c->number ? NULL : c->key,
                                            is_shown(e, columns[i]) ? title : NULL,
                                            OT__CELL_TEXT,
                                            .offset = offsetof(cells, text[i]),
                                            .width = c->width == 0 ? -1 : c->width,
                                            .wide = !narrow[columns[i]] };
        sheet.column[2 * i + 1] =
            (ot__column){ c->number ? c->key : NULL, NULL,
                          cli_column_is_whole(columns[i]) ? OT__CELL_COUNT : OT__CELL_REAL,
                          .offset = offsetof(cells, number[i]) };
    }
}

void cli_series_print_header(const cli_series *s)
{
    add_columns(s->grid->e);
    sheet.table =
        (ot__table){ .key = "runs", .column = sheet.column, .n = 2 * COLUMNS, .streamed = true };
    cli_page_open(&sheet.page);
    ot__page_table(&sheet.page, &sheet.table);
    fflush(stdout);
}

void cli_series_print_row(const cli_series *s, int member)
{
    const cli_outcome *const o = &s->outcome[member];
    cli_series_clear_progress();
    for (int i = 0; i < COLUMNS; i++) {
        const double unit = cli_column_of(columns[i])->unit;
        const double value = cli_column_value(columns[i], o);
        sheet.row.text[i] = cli_column_text(&sheet.row.space[i], columns[i], o);
        sheet.row.number[i] = unit > 0 ? value / unit : value;
    }
    ot__page_row(&sheet.page, &sheet.row);
}

ot_status cli_series_end_table(void)
{
    return ot__page_close(&sheet.page, OT_OK);
}

/* ---- progress -------------------------------------------------------------------------------- */

static bool drawn;

/* Once a line was drawn, a later "^C" of the terminal is erased too. */
void cli_series_clear_progress(void)
{
    if (drawn) cli_erase_line();
}

static void describe(const cli_series *s, char *text, size_t size)
{
    int done = 0;
    for (int i = 0; i < s->grid->n; i++)
        done += !cli_series_missing(s, i);
    snprintf(text, size, "%d of %d done", done, s->grid->n);
    for (int i = 0; i < s->jobs; i++) {
        const cli_job *const job = &s->job[i];
        if (job->pid == 0) continue;
        const cli_member *const m = &s->grid->member[job->member];
        const size_t used = strlen(text);
        snprintf(text + used, size - used, "; %.24s seed %llu: %d/%d epochs%s", m->net.blocks,
                 (unsigned long long)m->seed, s->outcome[job->member].epochs, m->epochs,
                 job->asked ? ", saving" : "");
    }
    cli_text left;
    bool assumed;
    const double seconds = cli_series_left(s, &assumed);
    const size_t used = strlen(text);
    if (seconds >= 0)
        snprintf(text + used, size - used, "; %s left%s", cli_duration(&left, seconds),
                 assumption(assumed));
}

void cli_series_print_progress(const cli_series *s)
{
    static double last;
    const bool terminal = isatty(STDERR_FILENO);
    const double now = ot__now();
    char line[512];
    if (last == 0 && !terminal) last = now;
    if (now - last < (terminal ? REDRAW : HEARTBEAT)) return;
    last = now;
    describe(s, line, sizeof line);
    cli_print(stderr, terminal ? "\r%.*s\033[K" : "%.*s\n",
              terminal ? cli_redrawn_columns(STDERR_FILENO) : 500, line);
    drawn |= terminal;
}
