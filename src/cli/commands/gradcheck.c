/* SPDX-License-Identifier: BSD-3-Clause
 * odetape gradcheck: compares the gradients of a network, or of every op, with central
 * differences. */
#include <stdio.h>

#include "cli/commands/gradients.h"
#include "cli/frame/groups.h"
#include "cli/frame/message.h"
#include "cli/frame/threads.h"
#include "cli/frame/page.h"
#include "cli/frame/print.h"

struct settings {
    ot_net_opts net;
    int threads;
    bool ops, float32;
    ot_gradcheck_opts check;
};

#define FIELD(member) .offset = offsetof(struct settings, member)

static const ot_option options[] = {
    { .name = "ops",
      .kind = OT_OPTION_SWITCH,
      FIELD(ops),
      .help = "check every op on its own instead of a network" },
    { .name = "float32",
      .kind = OT_OPTION_SWITCH,
      FIELD(float32),
      .help = "compare all float32 kernels with the double tape instead" },
    { .name = "evaluate",
      .kind = OT_OPTION_SWITCH,
      FIELD(check.evaluate),
      .help = "check the evaluation mode of batch norm" },
    { .name = "tolerance",
      .kind = OT_OPTION_REAL,
      .argument = "X",
      .least = 1e-15,
      .most = 1,
      FIELD(check.tolerance),
      .help = "largest relative error that passes" },
    { .name = "all-below",
      .kind = OT_OPTION_INT,
      .argument = "N",
      .least = 1,
      .most = 1e9,
      FIELD(check.all_below),
      .help = "check every entry of tensors of up to N elements" },
    { .name = "directions",
      .kind = OT_OPTION_INT,
      .argument = "N",
      .least = 1,
      .most = 1e6,
      FIELD(check.directions),
      .help = "check N entries and N directions of larger tensors" },
    { .name = "seed",
      .letter = 's',
      .kind = OT_OPTION_SEED,
      .argument = "N",
      FIELD(check.seed),
      .help = "seed of parameters, inputs and directions" },
    { 0 },
};

static const cli_group groups[] = {
    CLI_NETWORK_GROUP(net),
    CLI_SIZE_GROUP(net),
    { "Gradcheck options", options, 0 },
    CLI_THREAD_GROUP(threads),
    { 0 },
};

static const char *verdict_of(const ot_gradcheck_report *r)
{
    if (!r->decided) return "not decided";
    return r->passed ? "passed" : "FAILED";
}

typedef struct facts {
    const char *verdict, *op, *tensor;
    double analytic, numeric, error, dot_error, derivatives, at_corners, replayed;
} facts;

#define AT(member) .offset = offsetof(facts, member)

static const ot__column fact_columns[] = {
    { "verdict", NULL, OT__CELL_TEXT, AT(verdict) },
    { "worst_op", NULL, OT__CELL_TEXT, AT(op) },
    { "worst_tensor", NULL, OT__CELL_TEXT, AT(tensor) },
    { "on_the_tape", NULL, OT__CELL_REAL, AT(analytic) },
    { "by_differences", NULL, OT__CELL_REAL, AT(numeric) },
    { "error", NULL, OT__CELL_REAL, AT(error) },
    { "dot_error", NULL, OT__CELL_REAL, AT(dot_error) },
    { "derivatives", NULL, OT__CELL_COUNT, AT(derivatives) },
    { "at_corners", NULL, OT__CELL_COUNT, AT(at_corners) },
    { "replayed_steps", NULL, OT__CELL_COUNT, AT(replayed) },
};
static const ot__table fact_table = OT__TABLE(NULL, fact_columns);

static void print_report(ot__page *p, const ot_gradcheck_report *r)
{
    ot__page_facts(p, &fact_table,
                   &(facts){ verdict_of(r), r->worst_op, r->worst_tensor, r->worst_analytic,
                             r->worst_numeric, r->worst_error, r->dot_error, (double)r->checked,
                             (double)r->at_kink, r->replayed });
    if (!ot__page_is_text(p)) return;
    if (r->replayed > 0)
        cli_print(stdout,
                  "replayed         %d controlled steps: all runs repeat the sizes of the first\n",
                  r->replayed);
    cli_print(stdout,
              "worst op         %s\n"
              "worst tensor     %s\n"
              "  on the tape    % .10e\n"
              "  by differences % .10e\n"
              "  relative error  %.2e\n"
              "dot product       %.2e   relative |<Jv,w> - <v,J'w>|\n"
              "compared         %ld derivatives, %ld left out at corners\n"
              "%s\n",
              r->worst_op, r->worst_tensor, r->worst_analytic, r->worst_numeric, r->worst_error,
              r->dot_error, r->checked, r->at_kink, verdict_of(r));
}

static ot_status check_net(const struct settings *s, ot__page *p, bool *passed)
{
    ot_net *net = NULL;
    ot_gradcheck_report report;
    ot_status status = ot_net_new(&s->net, &net);
    if (status == OT_OK) status = ot_net_gradcheck(net, NULL, &s->check, &report);
    ot_net_free(net);
    if (status != OT_OK) return status;
    print_report(p, &report);
    *passed = report.passed;
    return OT_OK;
}

/* The relative error that float32 rounding may cause in the gradients of a network. */
static const double FLOAT32_TOLERANCE = 1e-4;

static ot_status compare_float32(const struct settings *s, ot__page *p, bool *passed)
{
    ot_net *net = NULL;
    ot_status status = ot_net_new(&s->net, &net);
    if (status == OT_OK)
        status = cli_gradients_compare(p, net, s->check.seed, FLOAT32_TOLERANCE, passed);
    ot_net_free(net);
    return status;
}

typedef struct row {
    const char *op, *verdict;
    double example, derivatives, error, dot_error;
} row;

#undef AT
#define AT(member) .offset = offsetof(row, member)

static const ot__column columns[] = {
    { "op", "op", OT__CELL_TEXT, AT(op), .width = -18 },
    { "example", "example", OT__CELL_COUNT, AT(example), .width = 7 },
    { "derivatives", "derivatives", OT__CELL_COUNT, AT(derivatives), .width = 12 },
    { "error", "error", OT__CELL_REAL, AT(error), .width = 10, .format = "%.2e" },
    { "dot_error", "dot product", OT__CELL_REAL, AT(dot_error), .width = 12, .format = "%.2e" },
    { "verdict", "verdict", OT__CELL_TEXT, AT(verdict), .width = -6 },
};
static const ot__table table = {
    .key = "ops", .column = columns, .n = sizeof columns / sizeof columns[0], .streamed = true
};

typedef struct tally {
    int examples, failed, not_decided;
} tally;

/* Checks an example of op i.  *there becomes false if the op has no such example. */
static ot_status check_example(const struct settings *s, int i, int variant, ot__page *p,
                               bool *there, tally *t)
{
    ot_gradcheck_report r;
    ot_tape *const tape = ot_tape_new();
    if (!tape) return cli_no_memory();
    const ot_var root = ot_op_example(i, tape, variant);
    ot_status status = ot_tape_status(tape);
    *there = status != OT_OK || root.id != 0;
    if (status == OT_OK && *there) status = ot_gradcheck(tape, root, NULL, &s->check, &r);
    if (status == OT_OK && *there) {
        ot__page_row(p, &(row){ ot_op_name(i), verdict_of(&r), variant, (double)r.checked,
                                r.worst_error, r.dot_error });
        t->examples++;
        t->failed += r.decided && !r.passed;
        t->not_decided += !r.decided;
    }
    ot_tape_free(tape);
    return status;
}

static ot_status check_ops(const struct settings *s, ot__page *p, bool *passed)
{
    tally t = { 0 };
    ot__page_table(p, &table);
    for (int i = 0; i < ot_op_count(); i++) {
        bool there = true;
        for (int variant = 0; there; variant++)
            OT_TRY(check_example(s, i, variant, p, &there, &t));
    }
    *passed = t.failed + t.not_decided == 0;
    if (!ot__page_is_text(p)) return OT_OK;
    printf("%d ops, %d examples, ", ot_op_count(), t.examples);
    if (t.not_decided > 0) printf("%d not decided, ", t.not_decided);
    printf("%d failed\n", t.failed);
    return OT_OK;
}

static ot_status run(void *settings, char **operands)
{
    (void)operands;
    const struct settings *const s = settings;
    bool passed = false;
    ot__page page;
    if (!s->ops == !s->net.blocks)
        return ot__fail(OT_EINVAL, "odetape gradcheck needs --net NET or --ops%s",
                        s->ops ? ", not both" : "");
    if (s->float32 && s->ops) return ot__fail(OT_EINVAL, "--float32 is for --net");
    OT_TRY(cli_use_threads(s->threads));
    cli_page_open(&page);
    ot_status status = s->float32 ? compare_float32(s, &page, &passed)
                       : s->ops   ? check_ops(s, &page, &passed)
                                  : check_net(s, &page, &passed);
    status = ot__page_close(&page, status);
    return status == OT_OK ? cli_answer(passed) : status;
}

const cli_command cli_gradcheck = {
    .name = "gradcheck",
    .operands = "",
    .summary = "check gradients against central differences in double",
    .detail =
        "Exit status 1 if the check fails.  If fewer derivatives could be compared than were\n"
        "left out at corners, the check is not decided, and the exit status is 1 as well.",
    .groups = groups,
    .defaults =
        &(const struct settings){
            .net = CLI_DEFAULT_NETWORK(4, 8, 3),
            .check = { .seed = 1, .tolerance = 1e-6, .all_below = 64, .directions = 4 },
        },
    .settings_size = sizeof(struct settings),
    .json = true,
    .run = run,
};
