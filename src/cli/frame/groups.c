/* SPDX-License-Identifier: BSD-3-Clause
 * The tables of the options that several commands share, and what follows from their values. */
#include "cli/frame/groups.h"

#include "cli/frame/claims.h"
#include "cli/frame/message.h"
#include "cli/frame/threads.h"

const char *const cli_split_names[] = { "train", "test", NULL };
#define NET(member) .offset = offsetof(ot_net_opts, member)

const ot_option cli_size_options[] = {
    { .name = "image",
      .kind = OT_OPTION_INT,
      .argument = "N",
      .least = 1,
      .most = 1024,
      NET(image),
      .help = "height and width of an image in pixels" },
    { .name = "batch",
      .letter = 'b',
      .kind = OT_OPTION_INT,
      .argument = "N",
      .least = 1,
      .most = 65536,
      NET(batch),
      .help = "images per batch" },
    { 0 },
};

const ot_option cli_data_options[] = {
    { .name = "data",
      .letter = 'd',
      .kind = OT_OPTION_TEXT,
      .argument = "WHERE",
      .help = "data set; WHERE is one of the places below" },
    { 0 },
};

const ot_option cli_split_options[] = {
    { .name = "split",
      .kind = OT_OPTION_CHOICE,
      .argument = "WHICH",
      .choices = cli_split_names,
      .help = "train or test images" },
    { 0 },
};

const ot_option cli_thread_options[] = {
    { .name = "threads",
      .letter = 't',
      .kind = OT_OPTION_INT,
      .argument = "N",
      .least = 1,
      .most = 1024,
      .help = "threads; default: one per CPU; results do not depend on it" },
    { 0 },
};

enum { DTYPE_AUTO, DTYPE_F32, DTYPE_F64 };
static const char *const dtypes[] = { "auto", "float32", "float64", NULL };

const ot_option cli_program_options[] = {
    { .name = "evaluate",
      .kind = OT_OPTION_SWITCH,
      .offset = offsetof(cli_program, evaluate),
      .help = "take the program that evaluates: forward only" },
    { .name = "dtype",
      .kind = OT_OPTION_CHOICE,
      .argument = "TYPE",
      .choices = dtypes,
      .offset = offsetof(cli_program, dtype),
      .help = "float32, float64, or auto: as in a training" },
    { .name = "rebuild",
      .kind = OT_OPTION_SWITCH,
      .offset = offsetof(cli_program, rebuild),
      .help = "solve for the states of reversible blocks instead of keeping them" },
    { .name = "memory-limit",
      .kind = OT_OPTION_BYTES,
      .argument = "BYTES",
      .offset = offsetof(cli_program, memory_limit),
      .help = "recompute values to keep to 500M, 2G, or min: the fewest" },
    { 0 },
};

/* dtype auto: float64 if the reference kernels are in use, since they compute in double; float32
 * otherwise. */
ot_compile_opts cli_compile_opts(const cli_program *p)
{
    const bool reference = ot_machine().tier == OT_TIER_REFERENCE;
    const bool is_double = p->dtype == DTYPE_F64 || (p->dtype == DTYPE_AUTO && reference);
    return (ot_compile_opts){ .dtype = is_double ? OT_F64 : OT_F32,
                              .evaluate = p->evaluate,
                              .forward_only = p->evaluate,
                              .memory_limit = p->memory_limit,
                              .rebuild = p->rebuild };
}

ot_status cli_with_execution(const cli_chosen *chosen, bool plan_only,
                             ot_status (*use)(const ot_net *net, ot_execution *e,
                                              const void *settings),
                             const void *settings)
{
    ot_status status = cli_use_threads(chosen->threads);
    if (status != OT_OK) return status;
    ot_compile_opts how = cli_compile_opts(&chosen->program);
    how.plan_only = plan_only;
    ot_net *net = NULL;
    ot_execution *e = NULL;
    status = ot_net_new(&chosen->net, &net);
    if (status == OT_OK) status = cli_claims_check(net);
    if (status == OT_OK) status = ot_execution_new(net, &how, &e);
    if (status == OT_OK) status = use(net, e, settings);
    ot_execution_free(e);
    ot_net_free(net);
    return status == OT_OK || status == OT_EIO ? OT_OK : status;
}
