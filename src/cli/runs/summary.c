/* SPDX-License-Identifier: BSD-3-Clause
 * Prints the lines that odetape train shows before the first batch: network, schemes, cost,
 * machine, data and recipe.  The options of network and recipe come from the library's tables. */
#include "cli/runs/summary.h"

#include <stdio.h>
#include <string.h>

#include "cli/frame/claims.h"
#include "cli/frame/options.h"
#include "cli/frame/print.h"
#include "cli/frame/text.h"

static const char *plural(int n)
{
    return n == 1 ? "" : "s";
}

/* The number of controlled steps is not known before the training, so counts and costs are those of
 * one step per block. */
static const char *of_what(const ot_net_info *net)
{
    return net->one_step ? ", in one step of each block" : "";
}

/* Prints the options in use, such as "width 16, stem-stride 2", in lines of less than 80 columns.
 * An option whose value is 0, false or what files leave out is not in use. */
static void print_options(const ot_option *row, const void *of)
{
    enum { INDENT = 10, WIDTH = 79 };
    char value[OT__OPTION_TEXT], item[OT__OPTION_TEXT + 64];
    int column = 0;
    for (; row->name; row++) {
        ot__option_write(row, of, value, sizeof value);
        const bool named = !ot__option_has_argument(row);
        const bool usual = row->unsaid && strcmp(value, row->unsaid) == 0;
        if (strcmp(row->name, "net") == 0 || !*value || usual) continue;
        if (strcmp(value, named ? "false" : "0") == 0) continue;
        snprintf(item, sizeof item, named ? "%s" : "%s %s", row->name, value);
        const int length = (int)strlen(item) + 2;
        const bool wraps = column > 0 && column + length > WIDTH;
        fputs(column == 0 ? "" : wraps ? ",\n" : ", ", stderr);
        if (column == 0 || wraps) column = INDENT;
        if (column == INDENT) cli_print(stderr, "%*s", wraps ? INDENT : 0, "");
        cli_print(stderr, "%s", item);
        column += length;
    }
    fputc('\n', stderr);
}

static void print_network(const cli_summary *p, const ot_net_info *n)
{
    cli_print(stderr, "network   %s: %d block%s, %d evaluation%s, %d convolutions in them%s\n",
              n->blocks, n->n_blocks, plural(n->n_blocks), n->evaluations, plural(n->evaluations),
              n->convs, of_what(n));
    fputs("          ", stderr);
    print_options(ot_net_rows, p->net);
}

/* The order was proved when the training was opened, so this takes no time. */
static void print_scheme(const ot_scheme *s)
{
    cli_claims claims;
    cli_order order = { "?" };
    if (cli_claims_of(s, &claims) == OT_OK) cli_claims_order(&claims, s, 0, &order);
    const int stages = ot_scheme_stages(s), evaluations = ot_scheme_evaluations(s);
    if (!ot_scheme_tableau(s)) {
        const char *const equation = ot_scheme_table(s)->about.equation;
        cli_print(stderr, "scheme    %s: %s%s%d evaluation%s per block\n", ot_scheme_name(s),
                  equation ? equation : "", equation ? "; " : "", evaluations, plural(evaluations));
        return;
    }
    cli_print(stderr, "scheme    %s: order %s, %d stage%s, %d evaluation%s per block\n",
              ot_scheme_name(s), order.text, stages, plural(stages), evaluations,
              plural(evaluations));
}

/* The length of the first two names of a scope: of "blocks.3" in "blocks.3.stages.0". */
static int two_names(const char *scope)
{
    const char *const dot = strchr(scope, '.'), *const second = dot ? strchr(dot + 1, '.') : NULL;
    return (int)(second ? (size_t)(second - scope) : strlen(scope));
}

/* What is computed again to save memory, and what it costs. */
static void print_replays(const ot_train_plan *plan, bool rebuild)
{
    cli_text a;
    const ot_program_info *const p = &plan->train;
    const double flops = p->flops_forward + p->flops_backward;
    cli_print(stderr, "          %s %d values of %.*s to %.*s: +%.0f%% FLOPs;\n",
              rebuild ? "rebuilds or recomputes" : "recomputes", p->replays,
              two_names(p->replays_from), p->replays_from, two_names(p->replays_to), p->replays_to,
              100 * p->flops_replayed / flops);
    if (rebuild) {
        cli_print(stderr, "          rebuilding changes the last digits of gradients\n");
        return;
    }
    cli_print(stderr, "          the least possible is %s\n",
              cli_bytes(&a, (double)(plan->predicted_bytes - p->peak_bytes + p->least_bytes)));
}

static void print_cost(const ot_train_plan *plan, bool rebuild)
{
    cli_text a, b, c;
    cli_print(stderr, "params    %s", cli_grouped(&a, plan->net.params));
    if (plan->net.head_bn > 0)
        cli_print(stderr, ", of which %s in the head's batch norm, which the paper does not count",
                  cli_grouped(&b, plan->net.head_bn));
    if (plan->frozen > 0) cli_print(stderr, "; %s are frozen", cli_grouped(&c, plan->frozen));
    cli_print(stderr, "\ncost      %s per image forward, %s backward%s\n",
              cli_flops(&a, plan->train.flops_forward), cli_flops(&b, plan->train.flops_backward),
              of_what(&plan->net));
    cli_print(stderr, "memory    %s at the peak, predicted\n",
              cli_bytes(&a, (double)plan->predicted_bytes));
    if (plan->train.replays > 0) print_replays(plan, rebuild);
}

static void print_machine(void)
{
    const ot_machine_info m = ot_machine();
    if (ot_processes_count() > 1)
        cli_print(stderr, "processes %d share each batch: %s\n", ot_processes_count(),
                  ot_processes_text());
    cli_print(stderr, "machine   %d thread%s on %d CPU%s (%s), %s kernels, BLIS %s for %s\n",
              m.threads, plural(m.threads), m.cpus, plural(m.cpus), m.cpu_features,
              ot_tier_name(m.tier), m.blis_version, m.blis_kernels);
}

static void print_data(const cli_summary *p)
{
    cli_text a, b, c;
    const int held_out = p->recipe->validation;
    cli_print(stderr, "data      %s: %s training images, %s test images\n", p->data,
              cli_grouped(&a, (size_t)(p->n_train - held_out)), cli_grouped(&b, (size_t)p->n_test));
    if (held_out > 0)
        cli_print(stderr, "          %s of the training set's images are held out for validation\n",
                  cli_grouped(&c, (size_t)held_out));
}

static void print_recipe(const ot_train_opts *r, int batches)
{
    fputs("recipe    ", stderr);
    print_options(ot_train_rows, r);
    cli_print(stderr, "          %d batch%s in each epoch\n", batches, batches == 1 ? "" : "es");
}

void cli_summary_print(const cli_summary *p, const ot_train_plan *plan)
{
    print_network(p, &plan->net);
    for (int i = 0; ot_net_scheme(p->built, i); i++)
        print_scheme(ot_net_scheme(p->built, i));
    print_cost(plan, p->recipe->rebuild);
    print_machine();
    print_data(p);
    print_recipe(p->recipe, plan->batches);
    cli_print(stderr, "output    %s\n", p->output);
}
