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
#include "cli/frame/text.h"
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
      .help = "add columns in multiples of the first row" },
    { .name = "reach",
      .kind = OT_OPTION_TEXT,
      .argument = "A,B",
      FIELD(reach),
      .help = "count epochs to these accuracies; default: 0.8,0.85" },
    { 0 },
};

static const cli_group groups[] = { { "Compare options", options, 0 }, { 0 } };

static const char *factor(cli_text *t, double value)
{
    if (isfinite(value) && value > 0)
        snprintf(t->s, sizeof t->s, "%.2fx", value);
    else
        snprintf(t->s, sizeof t->s, "-");
    return t->s;
}

/* The columns that --relative shows as multiples of the first row. */
static const struct {
    cli_column_id column;
    bool inverse; /* a greater number is better */
    const char *heading;
} relative_columns[] = {
    { CLI_COLUMN_SPEED, true, "time" },
    { CLI_COLUMN_MEMORY, false, "memory" },
    { CLI_COLUMN_FIRST_REACHED, true, NULL }, /* NULL: the column's own heading, shortened */
    { CLI_COLUMN_SECOND_REACHED, true, NULL },
};
enum { RELATIVE = sizeof relative_columns / sizeof relative_columns[0], RELATIVE_WIDTH = 7 };

static void print_relative_heading(const double reach[2])
{
    static const char left_out[] = "epochs ";
    cli_cell cell;
    for (int i = 0; i < RELATIVE; i++) {
        const char *const heading = relative_columns[i].heading;
        const char *const full = cli_column_heading(&cell, relative_columns[i].column, reach);
        cli_column_print(stdout, false, RELATIVE_WIDTH,
                         heading ? heading : full + strlen(left_out));
    }
}

static void print_relative(const cli_comparison *c, const cli_row *row)
{
    cli_text text;
    for (int i = 0; i < RELATIVE; i++) {
        const double a = cli_row_spread(c, &c->row[0], relative_columns[i].column).mean;
        const double b = cli_row_spread(c, row, relative_columns[i].column).mean;
        cli_column_print(stdout, false, RELATIVE_WIDTH,
                         factor(&text, relative_columns[i].inverse ? a / b : b / a));
    }
}

/* The columns of --relative come before the last column. */
static void print_line(const cli_comparison *c, const cli_row *row, int net_width, bool relative,
                       const double reach[2])
{
    cli_cell cell;
    for (int i = 0; i < CLI_GROUP_COLUMNS; i++) {
        const cli_column_id id = cli_group_columns[i];
        const bool last = i + 1 == CLI_GROUP_COLUMNS;
        if (!cli_column_is_shown(id, c->n, c->run)) continue;
        if (last && relative && row) print_relative(c, row);
        if (last && relative && !row) print_relative_heading(reach);
        cli_column_print(
            stdout, i == 0, id == CLI_COLUMN_NET ? -net_width : cli_column_of(id)->group_width,
            row ? cli_row_text(&cell, c, row, id) : cli_column_heading(&cell, id, reach));
    }
    putchar('\n');
}

static void print_table(const cli_comparison *c, bool relative, const double reach[2])
{
    int width = 3;
    cli_cell cell;
    for (int i = 0; i < c->n_rows; i++) {
        const int length = (int)strlen(c->row[i].label);
        if (length > width) width = length;
    }
    print_line(c, NULL, width, relative, reach);
    for (int i = 0; i < c->n_rows; i++)
        print_line(c, &c->row[i], width, relative, reach);
    puts("");
    for (int i = 0; i < c->n_builds; i++)
        cli_print(stdout, "build %d: %s\n", i + 1, cli_build_text(&cell, c, i));
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
    if (status == OT_OK) print_table(&c, s->relative, reach);
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
    .run = run,
};
