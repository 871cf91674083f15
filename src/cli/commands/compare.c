/* SPDX-License-Identifier: BSD-3-Clause
 * odetape compare: a table of trained networks.  It always includes what a fair comparison needs:
 * parameters, cost, steps and seeds. */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/runs/compare.h"
#include "cli/runs/left_out.h"
#include "cli/runs/plugins.h"
#include "cli/frame/message.h"
#include "base/decimal.h"
#include "cli/frame/options.h"
#include "cli/frame/page.h"
#include "cli/frame/print.h"

enum { MOST_OPERANDS = 4096 };

struct settings {
    bool unequal, relative;
    int convs;
    const char *reach;
};

#define FIELD(member) .offset = offsetof(struct settings, member)

static const ot_option options[] = {
    { .name = "unequal",
      .kind = OT_OPTION_SWITCH,
      FIELD(unequal),
      .help = "also compare networks with unequal numbers of convolutions" },
    { .name = "convs",
      .kind = OT_OPTION_INT,
      .argument = "N",
      .least = 1,
      .most = 1000000,
      FIELD(convs),
      .help = "compare only networks with N convolutions in blocks" },
    { .name = "relative",
      .kind = OT_OPTION_SWITCH,
      FIELD(relative),
      .help = "show times, memory and epochs in multiples of the first row" },
    { .name = "reach",
      .kind = OT_OPTION_TEXT,
      .argument = "A,B",
      FIELD(reach),
      .help = "count epochs to these accuracies; default: 0.8,0.85" },
    { 0 },
};

static const cli_group groups[] = { { "Compare options", options, 0 }, { 0 } };

/* ---- columns ---- */

static const char *factor(cli_cell *cell, double value)
{
    if (isfinite(value) && value > 0)
        snprintf(cell->s, sizeof cell->s, "%.2fx", value);
    else
        snprintf(cell->s, sizeof cell->s, "-");
    return cell->s;
}

/* The columns that --relative shows as multiples of the first row. */
static const struct {
    cli_column_id column;
    bool inverse; /* a greater number is better */
    const char *heading;
    const char *key;
} relative_columns[] = {
    { CLI_COLUMN_SPEED, true, "time", "relative_time" },
    { CLI_COLUMN_MEMORY, false, "memory", "relative_memory" },
    /* NULL: the column's own heading, shortened */
    { CLI_COLUMN_FIRST_REACHED, true, NULL, "relative_epochs_to_first" },
    { CLI_COLUMN_SECOND_REACHED, true, NULL, "relative_epochs_to_second" },
};
enum { RELATIVE = sizeof relative_columns / sizeof relative_columns[0], RELATIVE_WIDTH = 7 };

/* The keys in JSON that are not those of results.jsonl, where they name the usual accuracies. */
static const char *const keys[CLI_COLUMNS] = {
    [CLI_COLUMN_FIRST_REACHED] = "epochs_to_first",
    [CLI_COLUMN_SECOND_REACHED] = "epochs_to_second",
    [CLI_COLUMN_FLOPS] = "flops",
    [CLI_COLUMN_SEEDS] = "seeds",
    [CLI_COLUMN_BUILD] = "builds",
    [CLI_COLUMN_NET] = "net",
    [CLI_COLUMN_STATUS] = "status",
};

/* What a text of 80 characters has: without --relative, and with it. */
static const bool narrow[2][CLI_COLUMNS] = {
    { [CLI_COLUMN_NET] = true,
      [CLI_COLUMN_PARAMETERS] = true,
      [CLI_COLUMN_FLOPS] = true,
      [CLI_COLUMN_STEPS] = true,
      [CLI_COLUMN_SEEDS] = true,
      [CLI_COLUMN_FINAL] = true,
      [CLI_COLUMN_STATUS] = true },
    { [CLI_COLUMN_NET] = true, [CLI_COLUMN_FINAL] = true, [CLI_COLUMN_STATUS] = true },
};

/* The texts and numbers of a row, and the headings, by the columns of groups. */
typedef struct cells {
    cli_cell space[CLI_GROUP_COLUMNS + RELATIVE];
    const char *text[CLI_GROUP_COLUMNS + RELATIVE];
    double number[CLI_GROUP_COLUMNS + RELATIVE], deviation[CLI_GROUP_COLUMNS];
    double runs, finished;
} cells;

typedef struct sheet {
    const cli_comparison *c;
    const double *reach;
    bool relative;
    char key[CLI_GROUP_COLUMNS][48]; /* of deviations */
    cells heading, row;
    ot__column column[OT__MOST_COLUMNS];
    int n;
} sheet;

static void add_column(sheet *s, ot__column c)
{
    if (s->n < OT__MOST_COLUMNS) s->column[s->n++] = c;
}

#define AT(member) .offset = offsetof(cells, member)

static void add_relative(sheet *s)
{
    static const char left_out[] = "epochs ";
    for (int i = 0; i < RELATIVE; i++) {
        const int at = CLI_GROUP_COLUMNS + i;
        const char *const own = relative_columns[i].heading;
        const char *const full =
            cli_column_heading(&s->heading.space[at], relative_columns[i].column, s->reach);
        add_column(s, (ot__column){ NULL, own ? own : full + strlen(left_out), OT__CELL_TEXT,
                                    AT(text[at]), .width = RELATIVE_WIDTH });
        if (!s->relative) s->column[s->n - 1].title = NULL;
        add_column(s, (ot__column){ relative_columns[i].key, NULL, OT__CELL_REAL, AT(number[at]) });
    }
}

/* Whether a row has a whole number in the column, and not a mean of such. */
static bool is_count(cli_column_id id)
{
    const cli_statistic statistic = cli_column_of(id)->statistic;
    return cli_column_is_whole(id) && (statistic == CLI_OF_FIRST || statistic == CLI_OF_MOST);
}

/* A column of groups: its text, and for JSON its number, and the deviation if there is one. */
static void add_group_column(sheet *s, int i)
{
    const cli_column_id id = cli_group_columns[i];
    const cli_column *const c = cli_column_of(id);
    const char *const key = keys[id] ? keys[id] : c->key;
    const bool list = id == CLI_COLUMN_SEEDS || id == CLI_COLUMN_BUILD;
    const bool left = c->group_width < 0 || id == CLI_COLUMN_STATUS;
    const bool number = c->number;
    ot__column text = {
        number ? NULL : key,    cli_column_heading(&s->heading.space[i], id, s->reach),
        OT__CELL_TEXT,          AT(text[i]),
        .width = left ? -1 : 1, .wide = !narrow[s->relative][id]
    };
    if (list) text.key = NULL;
    if (!cli_column_is_shown(id, s->c->n, s->c->run)) text.title = NULL;
    add_column(s, text);
    if (list) add_column(s, (ot__column){ key, NULL, OT__CELL_TEXT, AT(text[i]) });
    if (number)
        add_column(s, (ot__column){ key, NULL, is_count(id) ? OT__CELL_COUNT : OT__CELL_REAL,
                                    AT(number[i]) });
    if (c->statistic != CLI_OF_SPREAD) return;
    snprintf(s->key[i], sizeof s->key[i], "%s_deviation", key);
    add_column(s, (ot__column){ s->key[i], NULL, OT__CELL_REAL, AT(deviation[i]) });
}

/* The columns of --relative come before the last column. */
static void add_columns(sheet *s)
{
    for (int i = 0; i < CLI_GROUP_COLUMNS; i++) {
        if (i + 1 == CLI_GROUP_COLUMNS) add_relative(s);
        add_group_column(s, i);
    }
    add_column(s, (ot__column){ "runs", NULL, OT__CELL_COUNT, AT(runs) });
    add_column(s, (ot__column){ "finished", NULL, OT__CELL_COUNT, AT(finished) });
}

/* ---- rows ---- */

/* JSON has accuracies from 0 to 1, as results.jsonl does. */
static double in_json(cli_column_id id, double value)
{
    const double unit = cli_column_of(id)->unit;
    return unit > 0 ? value / unit : value;
}

static void fill_relative(sheet *s, const cli_row *row)
{
    for (int i = 0; i < RELATIVE; i++) {
        const int at = CLI_GROUP_COLUMNS + i;
        const double a = cli_row_spread(s->c, &s->c->row[0], relative_columns[i].column).mean;
        const double b = cli_row_spread(s->c, row, relative_columns[i].column).mean;
        s->row.number[at] = relative_columns[i].inverse ? a / b : b / a;
        s->row.text[at] = factor(&s->row.space[at], s->row.number[at]);
    }
}

static void fill(sheet *s, const cli_row *row)
{
    for (int i = 0; i < CLI_GROUP_COLUMNS; i++) {
        const cli_column_id id = cli_group_columns[i];
        const cli_spread spread = cli_row_spread(s->c, row, id);
        s->row.text[i] = cli_row_text(&s->row.space[i], s->c, row, id);
        s->row.number[i] = in_json(id, cli_row_number(s->c, row, id));
        s->row.deviation[i] = spread.n > 1 ? in_json(id, spread.deviation) : NAN;
    }
    s->row.runs = row->n;
    s->row.finished = cli_row_finished(s->c, row);
    fill_relative(s, row);
}

/* ---- the page ---- */

typedef struct build_row {
    double build;
    const char *part[6];
} build_row;

#undef AT
#define AT(member) .offset = offsetof(build_row, member)

static const ot__column build_columns[] = {
    { "build", NULL, OT__CELL_COUNT, AT(build) },
    { "version", NULL, OT__CELL_TEXT, AT(part[0]) },
    { "kernels", NULL, OT__CELL_TEXT, AT(part[1]) },
    { "cpu_features", NULL, OT__CELL_TEXT, AT(part[2]) },
    { "blis_version", NULL, OT__CELL_TEXT, AT(part[3]) },
    { "blis_kernels", NULL, OT__CELL_TEXT, AT(part[4]) },
    { "cpu", NULL, OT__CELL_TEXT, AT(part[5]) },
};
static const ot__table build_table = OT__TABLE("build", build_columns);

static void print_builds(ot__page *p, const cli_comparison *c)
{
    cli_cell cell;
    ot__page_table(p, &build_table);
    for (int i = 0; i < c->n_builds; i++) {
        build_row row = { .build = i + 1 };
        for (int k = 0; k < 6; k++)
            row.part[k] = cli_build_part(c, i, build_columns[k + 1].key);
        ot__page_row(p, &row);
        if (!p->json) cli_print(stdout, "build %d: %s\n", i + 1, cli_build_text(&cell, c, i));
    }
}

typedef struct facts {
    double reach[2];
} facts;

#undef AT
#define AT(member) .offset = offsetof(facts, member)

static const ot__column fact_columns[] = {
    { "first_reach", NULL, OT__CELL_REAL, AT(reach[0]) },
    { "second_reach", NULL, OT__CELL_REAL, AT(reach[1]) },
};
static const ot__table fact_table = OT__TABLE(NULL, fact_columns);

static ot_status print_table(const cli_comparison *c, bool relative, const double reach[2])
{
    static sheet s; /* too large for the stack; used once */
    ot__page page;
    s.c = c;
    s.reach = reach;
    s.relative = relative;
    add_columns(&s);
    const ot__table table = { .key = "networks", .column = s.column, .n = s.n };
    cli_page_open(&page);
    ot__page_facts(&page, &fact_table, &(facts){ { reach[0], reach[1] } });
    ot__page_table(&page, &table);
    for (int i = 0; i < c->n_rows; i++) {
        fill(&s, &c->row[i]);
        ot__page_row(&page, &s.row);
    }
    if (ot__page_is_text(&page)) puts("");
    print_builds(&page, c);
    return ot__page_close(&page, OT_OK);
}

static ot_status check_fair(const cli_comparison *c)
{
    for (int i = 1; i < c->n; i++)
        if (c->run[i].convs != c->run[0].convs)
            return ot__fail(OT_EFORMAT,
                            "%s has %d convolutions in its blocks and %s has %d; --convs %d "
                            "keeps only equal ones, --unequal compares all",
                            c->run[0].blocks, c->run[0].convs, c->run[i].blocks, c->run[i].convs,
                            c->run[0].convs);
    return OT_OK;
}

static ot_status read_reach(const char *text, double reach[2])
{
    if (ot__read_pair(text, ',', DBL_MIN, 1, reach)) return OT_OK;
    return ot__fail(OT_EINVAL, "reach is '%.80s'; it must be two accuracies from 0 to 1: 0.8,0.85",
                    text);
}

static ot_status add_operand(const char *operand, void *c)
{
    return cli_comparison_add(c, operand);
}

static ot_status run(void *settings, char **operands)
{
    const struct settings *const s = settings;
    cli_comparison c = { 0 };
    double reach[2] = { cli_usual_reach[0], cli_usual_reach[1] };
    ot_status status = s->reach ? read_reach(s->reach, reach) : OT_OK;
    if (status == OT_OK) status = cli_left_out_each(operands, add_operand, &c);
    if (status == OT_OK && s->convs > 0) cli_comparison_keep(&c, s->convs);
    if (status == OT_OK && c.n == 0) status = ot__fail(OT_EFORMAT, "there is no run to compare");
    if (status == OT_OK && !s->unequal) status = check_fair(&c);
    if (status == OT_OK && s->reach) status = cli_comparison_reach(&c, reach);
    if (status == OT_OK) status = cli_comparison_group(&c);
    if (status == OT_OK) cli_plugins_compare_runs(&c);
    if (status == OT_OK) status = print_table(&c, s->relative, reach);
    cli_comparison_free(&c);
    return status;
}

const cli_command cli_compare = {
    .name = "compare",
    .operands = "RUN|FILE ...",
    .n_operands = 1,
    .more_operands = MOST_OPERANDS,
    .summary = "compare trained networks in a table",
    .detail =
        "RUN is the directory of a run or of a sweep, FILE the results.jsonl of a sweep.  Runs\n"
        "that differ only in their seed share a row: mean and sample standard deviation.",
    .groups = groups,
    .defaults = &(const struct settings){ .unequal = false },
    .settings_size = sizeof(struct settings),
    .json = true,
    .wide = true,
    .run = run,
};
