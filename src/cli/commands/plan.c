/* SPDX-License-Identifier: BSD-3-Clause
 * odetape plan: prints the predicted cost and memory of a network, record by record if asked,
 * before it runs. */
#include <stdio.h>

#include "cli/frame/groups.h"
#include "cli/frame/page.h"
#include "cli/commands/plan_curve.h"
#include "cli/plots/arena_plot.h"
#include "cli/commands/profile.h"

struct settings {
    cli_chosen chosen;
    bool records, measure, curve;
    const char *out, *arena;
};

static const ot_option options[] = {
    { .name = "records",
      .kind = OT_OPTION_SWITCH,
      .offset = offsetof(struct settings, records),
      .help = "also list every record" },
    { .name = "measure",
      .kind = OT_OPTION_SWITCH,
      .offset = offsetof(struct settings, measure),
      .help = "run a few steps and print the measured times" },
    { .name = "curve",
      .kind = OT_OPTION_SWITCH,
      .offset = offsetof(struct settings, curve),
      .help = "also print memory against time, for all memory limits" },
    { .name = "out",
      .letter = 'o',
      .kind = OT_OPTION_TEXT,
      .argument = "FILE",
      .offset = offsetof(struct settings, out),
      .help = "draw this curve, .svg or .png; .dat and .gp go next to it" },
    { .name = "arena",
      .kind = OT_OPTION_TEXT,
      .argument = "FILE",
      .offset = offsetof(struct settings, arena),
      .help = "draw the memory over the steps, .svg or .png" },
    { 0 },
};

static const cli_group groups[] = {
    CLI_NETWORK_GROUP(chosen.net),     CLI_SIZE_GROUP(chosen.net),
    CLI_PROGRAM_GROUP(chosen.program), { "Plan options", options, 0 },
    CLI_THREAD_GROUP(chosen.threads),  { 0 },
};

static ot_status print_times(const ot_net *net, ot_execution *e, const struct settings *s,
                             FILE *out)
{
    ot_peaks peaks;
    const ot_compile_opts how = cli_compile_opts(&s->chosen.program);
    OT_TRY(cli_profile_run(net, e, &how));
    cli_profile_peaks(&peaks);
    return cli_profile_print(e, "measured in 5 runs on random images", &peaks, 0, s->records, out);
}

/* The curve is asked for, or there is a memory limit to compare with. */
static ot_status print_curve(const ot_net *net, const struct settings *s, ot__page *page)
{
    const ot_compile_opts how = cli_compile_opts(&s->chosen.program);
    const bool asked = s->curve || s->out;
    return asked || (how.memory_limit && !how.rebuild && cli_plan_has_curve(net))
               ? cli_plan_curve(page, net, &how, s->out)
               : OT_OK;
}

static ot_status print_text(const ot_net *net, ot_execution *e, const struct settings *s)
{
    OT_TRY(ot_execution_plan(e, cli_page_format(), s->records, stdout));
    if (s->measure) OT_TRY(print_times(net, e, s, stdout));
    ot__page page;
    cli_page_open(&page);
    return ot__page_close(&page, print_curve(net, s, &page));
}

/* Both parts write an object, and the page has the members of both. */
static ot_status print_json(const ot_net *net, ot_execution *e, const struct settings *s)
{
    ot__page page;
    cli_part plan, times;
    cli_page_open(&page);
    ot_status status = cli_part_open(&plan);
    if (status == OT_OK)
        status = cli_part_close(&plan, &page, NULL,
                                ot_execution_plan(e, OT_LIST_JSON, s->records, plan.to));
    if (status == OT_OK && s->measure) status = cli_part_open(&times);
    if (status == OT_OK && s->measure)
        status = cli_part_close(&times, &page, NULL, print_times(net, e, s, times.to));
    if (status == OT_OK) status = print_curve(net, s, &page);
    return ot__page_close(&page, status);
}

static ot_status print_plan(const ot_net *net, ot_execution *e, const void *settings)
{
    const struct settings *const s = settings;
    if (s->curve || s->out) OT_TRY(cli_plan_check_curve(net));
    if ((s->curve || s->out) && s->chosen.program.rebuild)
        return ot__fail(OT_EINVAL, "states that are rebuilt leave one plan, and no curve of memory "
                                   "against time; leave out --rebuild or the curve");
    if (s->arena) OT_TRY(cli_arena_plot(net, e, s->arena));
    return cli_chosen_view.json ? print_json(net, e, settings) : print_text(net, e, settings);
}

static ot_status run(void *settings, char **operands)
{
    (void)operands;
    const struct settings *const s = settings;
    return cli_with_execution(&s->chosen, !s->measure, print_plan, s);
}

const cli_command cli_plan = {
    .name = "plan",
    .operands = "",
    .summary = "print where the time and memory of a network go",
    .groups = groups,
    .required = "net",
    .defaults = &(const struct settings){ .chosen.net = CLI_PAPER_NETWORK },
    .settings_size = sizeof(struct settings),
    .json = true,
    .wide = true,
    .run = run,
};
