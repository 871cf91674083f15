/* SPDX-License-Identifier: BSD-3-Clause
 * odetape system show: prints what a named system is, its size, the options that it stands for and
 * the recipe that it was published with. */
#include "cli/commands/presets.h"
#include "cli/frame/command.h"
#include "cli/frame/page.h"
#include "cli/frame/print.h"

typedef struct facts {
    double parameters, evaluations, blocks;
    const char *recipe;
} facts;

#define AT(member) .offset = offsetof(facts, member)

static const ot__column fact_columns[] = {
    { "parameters", NULL, OT__CELL_COUNT, AT(parameters) },
    { "evaluations", NULL, OT__CELL_COUNT, AT(evaluations) },
    { "blocks", NULL, OT__CELL_COUNT, AT(blocks) },
    { "recipe", NULL, OT__CELL_TEXT, AT(recipe) },
};
static const ot__table fact_table = OT__TABLE(NULL, fact_columns);

typedef struct row {
    const char *scheme, *equation;
} row;

#undef AT
#define AT(member) .offset = offsetof(row, member)

static const ot__column scheme_columns[] = {
    { "scheme", NULL, OT__CELL_TEXT, AT(scheme) },
    { "equation", NULL, OT__CELL_TEXT, AT(equation) },
};
static const ot__table schemes = OT__TABLE("schemes", scheme_columns);

static void print_equations(ot__page *p, const ot_net *net)
{
    const ot_scheme *s;
    ot__page_table(p, &schemes);
    for (int i = 0; (s = ot_net_scheme(net, i)) != NULL; i++) {
        const row r = { ot_scheme_name(s), ot_scheme_table(s)->about.equation };
        ot__page_row(p, &r);
        if (!p->json && r.equation) cli_print(stdout, "%s: %s\n", r.scheme, r.equation);
    }
}

static void print_system(ot__page *p, const ot_system *s, const ot_net *net)
{
    const ot_net_info info = ot_net_describe(net);
    const facts f = { (double)info.params, info.evaluations, info.n_blocks, cli_recipe_of(s) };
    cli_preset_json(p, s);
    ot__page_facts(p, &fact_table, &f);
    if (ot__page_is_text(p)) cli_print(stdout, "%s\n%s\n", s->summary, s->reference);
    print_equations(p, net);
    if (!ot__page_is_text(p)) return;
    cli_print(stdout, "%zu parameters, %d evaluations of f in %d blocks\n", info.params,
              info.evaluations, info.n_blocks);
    if (f.recipe) cli_print(stdout, "published with --recipe %s\n", f.recipe);
    cli_preset_command("odetape train", ot_net_rows, s);
}

static ot_status run(void *settings, char **operands)
{
    (void)settings;
    const ot_system *const s = ot_system_find(operands[0]);
    ot_net *net = NULL;
    ot__page page;
    if (!s) return OT_EINVAL;
    OT_TRY(ot_net_new(&(const ot_net_opts){ .system = s->name }, &net));
    cli_page_open(&page);
    print_system(&page, s, net);
    ot_net_free(net);
    return ot__page_close(&page, OT_OK);
}

const cli_command cli_system_show = {
    .name = "system show",
    .operands = "NAME",
    .n_operands = 1,
    .summary = "print the options that a published network stands for",
    .detail = "The last line is the command that trains the network without --system.",
    .json = true,
    .run = run,
};
