/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/frame/groups.h"

#include "cli/frame/claims.h"
#include "cli/frame/message.h"
#include "cli/frame/threads.h"

const char *const cli_split_names[] = { "train", "test", NULL };
static const char *const outputs[] = { "weights", "last", NULL };
static const char *const steps[] = { "fixed",   "learned",    "learned-output",
                                     "channel", "controlled", NULL };
static const char *const weights[] = { "independent", "shared", "theta", NULL };

#define NET(member) .offset = offsetof(ot_net_opts, member)

const cli_option cli_network_options[] = {
    { .name = "net",
      .letter = 'n',
      .kind = CLI_TEXT,
      .argument = "NET",
      NET(blocks),
      .help = "blocks: rk4x2, \"euler x4, rk4x1\", ./my.tableau:x2" },
    { .name = "width",
      .letter = 'w',
      .kind = CLI_INT,
      .argument = "N",
      .least = 1,
      .most = 4096,
      NET(width),
      .help = "channels" },
    { .name = "stem-stride",
      .kind = CLI_INT,
      .argument = "N",
      .least = 1,
      .most = 2,
      NET(stem_stride),
      .help = "stride of the first convolution: 2 is four times faster" },
    { .name = "subnet",
      .kind = CLI_TEXT,
      .argument = "NAME",
      NET(subnet),
      .help = "what one stage computes: preact or vgg" },
    { .name = "output",
      .kind = CLI_CHOICE,
      .argument = "WHAT",
      .choices = outputs,
      NET(output),
      .help = "weights: x + sum b_i k_i; last: x + k_s, no blending" },
    { .name = "step",
      .kind = CLI_CHOICE,
      .argument = "KIND",
      .choices = steps,
      NET(step),
      .help = "fixed, learned (h), learned-output, channel, controlled" },
    { .name = "step-tolerance",
      .kind = CLI_REAL,
      .argument = "X",
      .least = 0,
      .most = 1e6,
      NET(control.tolerance),
      .help = "of controlled steps, relative; 0: 0.01" },
    { .name = "first-step",
      .kind = CLI_REAL,
      .argument = "X",
      .least = 0,
      .most = 1,
      NET(control.first),
      .help = "controlled step to try first; 0: 1, the whole block" },
    { .name = "step-clamp",
      .kind = CLI_SWITCH,
      NET(step_clamp),
      .help = "keep learned steps within [1/8, 4]" },
    { .name = "learn-tableau",
      .kind = CLI_SWITCH,
      NET(learn_tableau),
      .help = "train the coefficients that are not 0" },
    { .name = "project-order",
      .kind = CLI_INT,
      .argument = "N",
      .least = 0,
      .most = 2,
      NET(project_order),
      .help = "keep learned tableaux at order 1 or 2; 0: do not" },
    { .name = "weights",
      .kind = CLI_CHOICE,
      .argument = "KIND",
      .choices = weights,
      NET(weights),
      .help = "of the stages: independent, shared, or theta(c_i)" },
    { .name = "block-relu",
      .kind = CLI_SWITCH,
      NET(block_relu),
      .help = "a ReLU after each block, as in the authors' code" },
    { .name = "plain-head",
      .kind = CLI_SWITCH,
      NET(plain_head),
      .help = "no batch norm before the pool, as the paper counts" },
    { 0 },
};

const cli_option cli_size_options[] = {
    { .name = "image",
      .kind = CLI_INT,
      .argument = "N",
      .least = 1,
      .most = 1024,
      NET(image),
      .help = "height and width of an image in pixels" },
    { .name = "batch",
      .letter = 'b',
      .kind = CLI_INT,
      .argument = "N",
      .least = 1,
      .most = 65536,
      NET(batch),
      .help = "images at a time" },
    { 0 },
};

const cli_option cli_data_options[] = {
    { .name = "data",
      .letter = 'd',
      .kind = CLI_TEXT,
      .argument = "WHERE",
      .help = "builtin, or a directory with the CIFAR-10 binary files" },
    { 0 },
};

const cli_option cli_split_options[] = {
    { .name = "split",
      .kind = CLI_CHOICE,
      .argument = "WHICH",
      .choices = cli_split_names,
      .help = "train or test images" },
    { 0 },
};

const cli_option cli_thread_options[] = {
    { .name = "threads",
      .letter = 't',
      .kind = CLI_INT,
      .argument = "N",
      .least = 1,
      .most = 1024,
      .help = "threads, else one a CPU; results do not depend on it" },
    { 0 },
};

enum { DTYPE_AUTO, DTYPE_F32, DTYPE_F64 };
static const char *const dtypes[] = { "auto", "float32", "float64", NULL };

const cli_option cli_program_options[] = {
    { .name = "evaluate",
      .kind = CLI_SWITCH,
      .offset = offsetof(cli_program, evaluate),
      .help = "the program that evaluates: forward only" },
    { .name = "dtype",
      .kind = CLI_CHOICE,
      .argument = "TYPE",
      .choices = dtypes,
      .offset = offsetof(cli_program, dtype),
      .help = "float32, float64, or auto: what a training would run" },
    { 0 },
};

/* The reference kernels are double. */
ot_compile_opts cli_compile_opts(const cli_program *p)
{
    const bool reference = ot_machine().tier == OT_TIER_REFERENCE;
    const bool is_double = p->dtype == DTYPE_F64 || (p->dtype == DTYPE_AUTO && reference);
    return (ot_compile_opts){ .dtype = is_double ? OT_F64 : OT_F32,
                              .evaluate = p->evaluate,
                              .forward_only = p->evaluate };
}

int cli_need_one_program(const cli_command *self, const ot_net_opts *net)
{
    if (net->step != OT_STEP_CONTROLLED) return CLI_GO_ON;
    return cli_usage(self,
                     "odetape %s looks into one program, and a network with controlled steps "
                     "is several; its steps must be of another kind",
                     self->name);
}

int cli_with_program(const cli_command *self, const cli_chosen *chosen, bool plan_only,
                     ot_status (*use)(const ot_net *net, ot_program *p, const void *settings),
                     const void *settings)
{
    int code = cli_need_one_program(self, &chosen->net);
    if (code == CLI_GO_ON) code = cli_use_threads(self, chosen->threads);
    if (code != CLI_GO_ON) return code;
    ot_compile_opts how = cli_compile_opts(&chosen->program);
    how.plan_only = plan_only;
    ot_net *net = NULL;
    ot_program *program = NULL;
    ot_status status = ot_net_new(&chosen->net, &net);
    if (status == OT_OK) status = cli_claims_check(net);
    if (status == OT_OK) status = ot_compile(ot_net_tape(net), ot_net_loss(net), &how, &program);
    if (status == OT_OK) status = use(net, program, settings);
    ot_program_free(program);
    ot_net_free(net);
    return status == OT_OK || status == OT_EIO ? 0 : cli_fail_status(self, status);
}
