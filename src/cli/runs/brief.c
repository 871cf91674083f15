/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/runs/brief.h"

#include <stdio.h>
#include <string.h>

#include "cli/frame/claims.h"
#include "cli/frame/print.h"
#include "cli/frame/text.h"

static const char *plural(int n)
{
    return n == 1 ? "" : "s";
}

/* Counts of controlled steps are not known before. */
static const char *of_what(const cli_brief *p)
{
    return p->net->step == OT_STEP_CONTROLLED ? ", in one step of each block" : "";
}

static void print_network(const cli_brief *p, const ot_net_info *n)
{
    cli_print(stderr, "network   %s: %s, width %d, stem stride %d%s%s%s\n", n->blocks,
              p->net->subnet, p->net->width, p->net->stem_stride,
              p->net->block_relu ? ", block ReLU" : "", p->net->plain_head ? ", plain head" : "",
              p->net->output == OT_OUTPUT_LAST ? ", output of the last stage" : "");
    cli_print(stderr, "          %d block%s, %d evaluation%s, %d convolutions in them%s\n",
              n->n_blocks, plural(n->n_blocks), n->evaluations, plural(n->evaluations), n->convs,
              of_what(p));
}

/* What is learned besides the weights, and how the stages share those; nothing as in the paper. */
static void print_learning(const ot_net_opts *o)
{
    static const char *const step[] = {
        [OT_STEP_LEARNED] = "one number a block, in stage inputs and output",
        [OT_STEP_LEARNED_OUTPUT] = "one number a block, in the output",
        [OT_STEP_CHANNEL] = "a number a channel, in stage inputs and output",
    };
    if (o->step == OT_STEP_CONTROLLED)
        fprintf(stderr, "step      controlled: tolerance %g, first %g\n", o->control.tolerance,
                o->control.first);
    else if (o->step != OT_STEP_FIXED)
        cli_print(stderr, "step      learned: %s%s\n", step[o->step],
                  o->step_clamp ? ", within [1/8, 4]" : "");
    if (o->learn_tableau) fprintf(stderr, "tableau   learned");
    if (o->project_order > 0) fprintf(stderr, ", kept at order %d", o->project_order);
    if (o->learn_tableau) fputc('\n', stderr);
    if (o->weights == OT_WEIGHTS_SHARED) fprintf(stderr, "weights   one set a block\n");
    if (o->weights == OT_WEIGHTS_THETA)
        fprintf(stderr, "weights   theta(c_i), linear between two sets a block\n");
}

/* What is proved of the order is known: the training was opened. */
static void print_scheme(const ot_scheme *s)
{
    cli_claims claims;
    cli_order order = { "?" };
    if (cli_claims_of(s, &claims) == OT_OK) cli_claims_order(&claims, s, 0, &order);
    const int stages = ot_scheme_stages(s), evaluations = ot_scheme_evaluations(s);
    cli_print(stderr, "scheme    %s: order %s, %d stage%s, %d evaluation%s a block\n",
              ot_scheme_name(s), order.text, stages, plural(stages), evaluations,
              plural(evaluations));
}

static void print_cost(const cli_brief *p, const ot_train_plan *plan)
{
    cli_text a, b;
    cli_print(stderr, "params    %s", cli_grouped(&a, plan->net.params));
    if (plan->net.head_bn > 0)
        cli_print(stderr, ", of which %s in the head's batch norm, which the paper does not count",
                  cli_grouped(&b, plan->net.head_bn));
    cli_print(stderr, "\ncost      %s an image forward, %s backward%s\n",
              cli_flops(&a, plan->train.flops_forward), cli_flops(&b, plan->train.flops_backward),
              of_what(p));
    cli_print(stderr, "memory    %s at the peak, predicted\n",
              cli_bytes(&a, (double)plan->predicted_bytes));
}

static void print_machine(void)
{
    const ot_machine_info m = ot_machine();
    cli_print(stderr, "machine   %d thread%s on %d CPU%s (%s), %s kernels, BLIS %s for %s\n",
              m.threads, plural(m.threads), m.cpus, plural(m.cpus), m.cpu_features,
              ot_tier_name(m.tier), m.blis_version, m.blis_kernels);
}

/* In the order of the steps. */
static void print_augmentation(const cli_recipe *r)
{
    const bool policy = cli_augmentation_policy(r->augment) != OT_POLICY_NONE;
    char crop[32] = "", cutout[32] = "";
    if (r->crop > 0) snprintf(crop, sizeof crop, "crop %d", r->crop);
    if (r->cutout > 0) snprintf(cutout, sizeof cutout, "cutout %d", r->cutout);
    const char *const steps[] = { policy ? cli_augmentation_names[r->augment] : "", crop,
                                  r->flip ? "flip" : "", cutout };
    int n = 0;
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
        if (*steps[i]) cli_print(stderr, "%s%s", n++ > 0 ? ", " : "", steps[i]);
    cli_print(stderr, "%s\n", n > 0 ? "" : "as they are");
}

static void print_data(const cli_brief *p)
{
    cli_text a, b;
    cli_print(stderr, "data      %s: %s training images, %s test images; ", p->data,
              cli_grouped(&a, (size_t)p->n_train), cli_grouped(&b, (size_t)p->n_test));
    print_augmentation(p->recipe);
}

static void print_recipe(const cli_recipe *r, int batches)
{
    cli_print(stderr, "recipe    %d epoch%s of %d batch%s of %d; SGD, lr %g", r->epochs,
              plural(r->epochs), batches, batches == 1 ? "" : "es", r->batch, r->lr);
    if (r->milestones.n > 0)
        cli_print(stderr, " times %g after epoch%s", r->decay, plural(r->milestones.n));
    for (int i = 0; i < r->milestones.n; i++)
        cli_print(stderr, "%s %d", i == 0 ? "" : ",", r->milestones.value[i]);
    fprintf(stderr, "; momentum %g, weight decay %g\n", r->momentum, r->weight_decay);
    fprintf(stderr, "seed      %llu\n", (unsigned long long)r->seed);
}

void cli_brief_print(const cli_brief *p, const ot_train_plan *plan)
{
    print_network(p, &plan->net);
    for (int i = 0; ot_net_scheme(p->built, i); i++)
        print_scheme(ot_net_scheme(p->built, i));
    print_learning(ot_net_options(p->built));
    print_cost(p, plan);
    print_machine();
    print_data(p);
    print_recipe(p->recipe, plan->batches);
    cli_print(stderr, "output    %s\n", p->output);
}
