/* SPDX-License-Identifier: BSD-3-Clause
 * odetape compare: what makes a comparison fair is always in the table. */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/runs/compare.h"
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

static const cli_option options[] = {
    { .name = "unequal",
      .kind = OT_OPTION_SWITCH,
      FIELD(unequal),
      .help = "compare unequal numbers of convolutions too" },
    { .name = "convs",
      .kind = OT_OPTION_INT,
      .argument = "N",
      .least = 1,
      .most = 1000000,
      FIELD(convs),
      .help = "only networks with so many convolutions in blocks" },
    { .name = "relative",
      .kind = OT_OPTION_SWITCH,
      FIELD(relative),
      .help = "also in multiples of the first row" },
    { .name = "reach",
      .kind = OT_OPTION_TEXT,
      .argument = "A,B",
      FIELD(reach),
      .help = "count epochs to these test accuracies, else 0.8,0.85" },
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

static void print_seeds(const cli_comparison *c, const cli_row *row)
{
    char text[64];
    cli_print(stdout, " %-9s", cli_row_seeds(c, row, text, sizeof text));
}

static void print_relative(const cli_comparison *c, const cli_row *row)
{
    const cli_row *const first = &c->row[0];
    double (*const value[])(const cli_outcome *) = { cli_outcome_speed, cli_outcome_memory,
                                                     cli_outcome_to_first, cli_outcome_to_second };
    const bool inverse[] = { true, false, true, true };
    cli_text text;
    for (int i = 0; i < 4; i++) {
        const double a = cli_row_spread(c, first, value[i]).mean;
        const double b = cli_row_spread(c, row, value[i]).mean;
        cli_print(stdout, " %7s", factor(&text, inverse[i] ? a / b : b / a));
    }
}

static void print_row(const cli_comparison *c, const cli_row *row, int width, bool relative)
{
    const cli_outcome *const o = &c->run[row->run[0]];
    const double bytes = cli_row_spread(c, row, cli_outcome_memory).mean;
    const double speed = cli_row_spread(c, row, cli_outcome_speed).mean;
    const double seconds = cli_row_spread(c, row, cli_outcome_seconds).mean;
    cli_text text;
    cli_print(stdout, "%-*s %10s", width, row->label, cli_grouped(&text, (size_t)o->params));
    cli_print(stdout, " %5d %11s %8lld", o->convs,
              cli_flops(&text, o->flops_forward + o->flops_backward), cli_row_steps(c, row));
    print_seeds(c, row);
    cli_print(stdout, " %15s", cli_spread_text(&text, cli_row_spread(c, row, cli_outcome_best)));
    cli_print(stdout, " %15s", cli_spread_text(&text, cli_row_spread(c, row, cli_outcome_final)));
    cli_print(stdout, " %14s",
              cli_spread_text(&text, cli_row_spread(c, row, cli_outcome_to_first)));
    cli_print(stdout, " %14s",
              cli_spread_text(&text, cli_row_spread(c, row, cli_outcome_to_second)));
    cli_print(stdout, " %8s", cli_rate(&text, speed));
    cli_print(stdout, " %10s", bytes > 0 ? cli_bytes(&text, bytes) : "-");
    cli_print(stdout, " %9s", seconds > 0 ? cli_duration(&text, seconds) : "-");
    if (relative) print_relative(c, row);
    char states[128];
    cli_print(stdout, "  %s\n", cli_row_states(c, row, states, sizeof states));
}

static void print_table(const cli_comparison *c, bool relative, const double reach[2])
{
    int width = 3;
    char to[2][16], epochs[2][32];
    for (int k = 0; k < 2; k++) {
        snprintf(to[k], sizeof to[k], "to %.4g%%", 100 * reach[k]);
        snprintf(epochs[k], sizeof epochs[k], "epochs %s", to[k]);
    }
    for (int i = 0; i < c->n_rows; i++) {
        const int length = (int)strlen(c->row[i].label);
        if (length > width) width = length;
    }
    cli_print(stdout, "%-*s %10s %5s %11s %8s %-9s %15s %15s %14s %14s %8s %10s %9s", width, "net",
              "parameters", "convs", "an image", "steps", "seeds", "best %", "final %", epochs[0],
              epochs[1], "img/s", "memory", "time");
    if (relative) cli_print(stdout, " %7s %7s %7s %7s", "time", "memory", to[0], to[1]);
    printf("  status\n");
    for (int i = 0; i < c->n_rows; i++)
        print_row(c, &c->row[i], width, relative);
}

static ot_status check_fair(const cli_comparison *c)
{
    for (int i = 1; i < c->n; i++)
        if (c->run[i].convs != c->run[0].convs)
            return ot__fail(OT_EFORMAT,
                            "%s has %d convolutions in its blocks and %s has %d; --convs %d "
                            "compares equal ones, --unequal all",
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

static ot_status run(void *settings, char **operands)
{
    const struct settings *const s = settings;
    cli_comparison c = { 0 };
    double reach[2] = { 0.8, 0.85 };
    ot_status status = s->reach ? read_reach(s->reach, reach) : OT_OK;
    for (; *operands && status == OT_OK; operands++)
        status = cli_comparison_add(&c, *operands);
    if (status == OT_OK && s->convs > 0) cli_comparison_keep(&c, s->convs);
    if (status == OT_OK && c.n == 0) status = ot__fail(OT_EFORMAT, "there is no run to compare");
    if (status == OT_OK && !s->unequal) status = check_fair(&c);
    if (status == OT_OK && s->reach) status = cli_comparison_reach(&c, reach);
    if (status == OT_OK) status = cli_comparison_group(&c);
    if (status == OT_OK) print_table(&c, s->relative, reach);
    cli_comparison_free(&c);
    return status;
}

const cli_command cli_compare = {
    .name = "compare",
    .operands = "RUN|FILE ...",
    .n_operands = 1,
    .more_operands = MOST_OPERANDS,
    .summary = "set trained networks beside each other",
    .detail =
        "RUN is the directory of a run or of a sweep, FILE the results.jsonl of a sweep.  Runs\n"
        "that differ only in their seed share a row: mean and sample standard deviation.",
    .groups = groups,
    .defaults = &(const struct settings){ .unequal = false },
    .settings_size = sizeof(struct settings),
    .run = run,
};
