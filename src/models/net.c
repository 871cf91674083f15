/* SPDX-License-Identifier: BSD-3-Clause
 * Records the network of the paper: conv3x3 - blocks, all of one width - BN - ReLU - global average
 * pool - linear - softmax cross-entropy.
 *
 * Networks with equally many evaluations of f can be compared fairly, because they start from the
 * same weights: evaluation e, counted over the whole network, draws its initial weights from stream
 * FIRST_EVALUATION + e, whatever its block and stage.  So stage i of block b of a scheme with s
 * stages starts like block b*s + i of an Euler network, and only the coefficients differ. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "autograd/params.h"
#include "autograd/tape.h"
#include "base/check.h"
#include "base/memory.h"
#include "base/status.h"
#include "models/blocks.h"
#include "models/layers.h"
#include "models/learnable.h"
#include "models/segments.h"
#include "models/subnet.h"
#include "schemes/steppers/control.h"
#include "schemes/scheme.h"

enum { STEM_STREAM, HEAD_STREAM, FIRST_EVALUATION };

struct ot_net {
    ot_net_opts opts; /* with defaults filled in; blocks is blocks_text */
    char blocks_text[OT__BLOCKS_TEXT_MOST];
    ot__blocks blocks;
    const ot__subnet_kind *subnet;
    ot_tape *tape;
    ot_var images, labels, logits, loss;
    int n_blocks, evaluations; /* how many were recorded so far */
    ot__learnable *learnable;  /* by block */
    ot__segments segments;     /* used with controlled steps only */
    ot__weights weights;       /* of the block that is being recorded */
    double c[OT__STAGES_MOST]; /* the times of its evaluations */
};

/* ---- recording ---- */

/* Records an evaluation of f for a scheme: the ot_subnet of all blocks. */
static ot_var evaluate_f(ot_tape *t, ot_var x, int i, void *user)
{
    ot_net *net = user;
    ot_init_stream(t, FIRST_EVALUATION + net->evaluations++);
    net->weights.evaluation = i;
    net->weights.c = net->c[i];
    return net->subnet->record(t, x, i, &net->weights);
}

static bool is_controlled(const ot_net *net)
{
    return net->opts.step == OT_STEP_CONTROLLED;
}

/* Prepares net->weights and net->c for a new block. */
static void begin_weights(ot_net *net, const ot_scheme *scheme, int block)
{
    bool live[OT__STAGES_MOST];
    if (is_controlled(net))
        net->weights.shared_updates = ot__rk_live_pair(scheme, 0, live);
    else
        ot__rk_live(scheme, net->opts.output, live);
    for (int i = 0, e = 0; i < ot_scheme_stages(scheme); i++)
        if (live[i]) net->c[e++] = ot_scheme_c(scheme, i);
    net->weights.kind = net->opts.weights;
    net->weights.statistics = (ot__shared){ .n = 0 };
    net->weights.weights = (ot__shared){ .stream = FIRST_EVALUATION + block * OT__MOST_TENSORS };
}

static ot_var record_block(ot_net *net, const ot_scheme *scheme, ot_var x)
{
    ot_tape *t = net->tape;
    ot_step_opts step;
    const int block = net->n_blocks++;
    begin_weights(net, scheme, block);
    ot_scope_push(t, "blocks.%d", block);
    const ot_status status =
        ot__learnable_record(t, scheme, &net->opts, &net->learnable[block], &step);
    ot_var y = status == OT_OK ? ot_scheme_step_with(scheme, t, x, evaluate_f, net, &step)
                               : ot_tape_fail(t, status, "%s", ot_message());
    if (net->opts.block_relu) y = ot_relu(t, y);
    ot_scope_pop(t);
    return y;
}

/* Records one step of a block with controlled steps, from an input that is shaped like `like`. */
static ot_var record_one_step(ot_net *net, const ot_scheme *scheme, ot_var like)
{
    ot_tape *t = net->tape;
    const int block = net->n_blocks++;
    begin_weights(net, scheme, block);
    ot_scope_push(t, "blocks.%d", block);
    const ot_var x = ot_input(t, "x", ot_var_shape(t, like));
    net->segments.step[block] = ot__one_step_record(scheme, t, x, evaluate_f, net);
    ot_scope_pop(t);
    return net->segments.step[block].y;
}

static ot_var record_head(ot_net *net, ot_var x)
{
    ot_tape *t = net->tape;
    ot_scope_push(t, "head");
    if (is_controlled(net)) x = net->segments.head = ot_input(t, "x", ot_var_shape(t, x));
    ot_init_stream(t, HEAD_STREAM);
    if (!net->opts.plain_head) x = ot_relu(t, ot__layer_batch_norm(t, NULL, "bn", x));
    const ot_var logits =
        ot__layer_linear(t, NULL, "fc", ot_global_avg_pool(t, x), net->opts.classes);
    ot_scope_pop(t);
    return logits;
}

static void record_net(ot_net *net)
{
    const ot_net_opts *o = &net->opts;
    ot_tape *t = net->tape;
    net->images = ot_input(t, "images", OT_SHAPE(o->batch, o->image, o->image, o->channels));
    net->labels = ot_labels(t, "labels", o->batch);
    ot_init_stream(t, STEM_STREAM);
    ot_scope_push(t, "stem");
    ot_var x = ot__layer_conv3x3(t, NULL, "conv", net->images, o->width, o->stem_stride);
    ot_scope_pop(t);
    net->segments.stem = x;
    for (int g = 0; g < net->blocks.n; g++)
        for (int i = 0; i < net->blocks.group[g].count; i++)
            x = (is_controlled(net) ? record_one_step
                                    : record_block)(net, net->blocks.group[g].scheme, x);
    net->segments.n = net->n_blocks;
    net->logits = record_head(net, x);
    net->loss = ot_softmax_xent(t, net->logits, net->labels);
}

/* ---- options ---- */

typedef struct range {
    const char *what;
    int value, least, most;
} range;

static ot_status check_ranges(const ot_net_opts *o)
{
    const range ranges[] = {
        { "width", o->width, 1, 4096 },
        { "stem stride", o->stem_stride, 1, 2 },
        { "image size", o->image, 1, 1024 },
        { "image channels", o->channels, 1, 1024 },
        { "number of classes", o->classes, 2, 100000 },
        { "batch", o->batch, 1, 1 << 20 },
    };
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++) {
        const range *r = &ranges[i];
        if (r->value < r->least || r->value > r->most)
            return ot__fail(OT_EINVAL, "net: the %s is %d; it must be %d to %d", r->what, r->value,
                            r->least, r->most);
    }
    return OT_OK;
}

/* Rejects unknown values and combinations that contradict each other. */
static ot_status check_learning(const ot_net *net)
{
    const ot_net_opts *o = &net->opts;
    OT_TRY(ot__check_choice("net", "the output", (int)o->output, OT_OUTPUT_LAST));
    if ((int)o->step < OT_STEP_FIXED || o->step > OT_STEP_CONTROLLED)
        return ot__fail(OT_EINVAL, "net: there is no kind of step %d", (int)o->step);
    if ((int)o->weights < OT_WEIGHTS_INDEPENDENT || o->weights > OT_WEIGHTS_THETA)
        return ot__fail(OT_EINVAL, "net: there is no kind of weights %d", (int)o->weights);
    if (o->step_clamp && (o->step == OT_STEP_FIXED || o->step == OT_STEP_CONTROLLED))
        return ot__fail(OT_EINVAL, "net: a %s step cannot be clamped; it must be a learned one",
                        o->step == OT_STEP_FIXED ? "fixed" : "controlled");
    if (o->project_order < 0 || o->project_order > 2)
        return ot__fail(OT_EINVAL, "net: coefficients can be projected onto order 1 or 2, not %d",
                        o->project_order);
    if (o->project_order == 0) return OT_OK;
    if (!o->learn_tableau)
        return ot__fail(OT_EINVAL, "net: only a learned tableau can be projected onto an order");
    if (o->output == OT_OUTPUT_LAST)
        return ot__fail(OT_EINVAL,
                        "net: a projection onto an order needs the weights b; the output "
                        "must not be last");
    for (int g = 0; g < net->blocks.n; g++) {
        const ot_scheme *s = net->blocks.group[g].scheme;
        if (ot_scheme_order(s) < o->project_order)
            return ot__fail(OT_EINVAL,
                            "net: %s claims order %d; it cannot be projected onto order %d",
                            ot_scheme_name(s), ot_scheme_order(s), o->project_order);
    }
    return OT_OK;
}

/* Controlled steps need one f that all steps and stages of a block share, and an embedded method,
 * which estimates their errors. */
static ot_status check_control(const ot_net *net)
{
    const ot_net_opts *o = &net->opts;
    const ot_control *c = &o->control;
    if (o->step != OT_STEP_CONTROLLED && (c->tolerance != 0 || c->first != 0 || c->most_steps != 0))
        return ot__fail(OT_EINVAL, "net: a tolerance or a first step is for controlled steps only");
    if (o->step != OT_STEP_CONTROLLED) return OT_OK;
    if (o->weights != OT_WEIGHTS_SHARED)
        return ot__fail(OT_EINVAL, "net: controlled steps integrate one f per block; the weights "
                                   "must be shared");
    if (o->learn_tableau)
        return ot__fail(OT_EINVAL, "net: errors cannot be controlled with a learned tableau; it "
                                   "must be the scheme's own");
    if (o->output == OT_OUTPUT_LAST || o->block_relu)
        return ot__fail(OT_EINVAL, "net: a block with controlled steps is an integral; %s",
                        o->block_relu ? "it cannot have a ReLU after it"
                                      : "the output must be that of the weights");
    OT_TRY(ot__control_check("net", c, 1));
    if (c->first > 1)
        return ot__fail(OT_EINVAL,
                        "net: the first step is %g; it must be at most 1, the length of a block",
                        c->first);
    for (int g = 0; g < net->blocks.n; g++) {
        const ot_scheme *s = net->blocks.group[g].scheme;
        if (s->tableau->n_embedded == 0)
            return ot__fail(OT_EINVAL,
                            "net: %s has no embedded method to control its error with; verner89 "
                            "and dormand_prince54 have one",
                            ot_scheme_name(s));
    }
    return OT_OK;
}

static int count_blocks(const ot__blocks *blocks)
{
    int n = 0;
    for (int g = 0; g < blocks->n; g++)
        n += blocks->group[g].count;
    return n;
}

static ot_net_opts with_defaults(const ot_net_opts *given)
{
    ot_net_opts o = *given;
    if (!o.subnet) o.subnet = "preact";
    if (!o.width) o.width = 64;
    if (!o.stem_stride) o.stem_stride = 1;
    if (!o.image) o.image = 32;
    if (!o.channels) o.channels = 3;
    if (!o.classes) o.classes = 10;
    if (!o.batch) o.batch = 128;
    if (o.step != OT_STEP_CONTROLLED) return o;
    if (!o.control.tolerance) o.control.tolerance = 1e-2;
    if (!o.control.first) o.control.first = 1;
    if (!o.control.most_steps) o.control.most_steps = 1000;
    return o;
}

static ot_status build(ot_net *net, const ot_net_opts *given)
{
    net->opts = with_defaults(given);
    OT_TRY(check_ranges(&net->opts));
    if (!given->blocks) return ot__fail(OT_EINVAL, "net: no blocks; write for example 'rk4x2'");
    OT_TRY(ot__check_list("net", "schemes", given->n_schemes, given->schemes));
    for (int i = 0; i < given->n_schemes; i++)
        OT_TRY(ot__check_given("net", "a scheme", given->schemes[i]));
    OT_TRY(ot__blocks_parse(given->blocks, given->n_schemes, given->schemes, &net->blocks));
    net->opts.n_schemes = 0; /* net->blocks has copies of them */
    net->opts.schemes = NULL;
    ot__blocks_text(&net->blocks, net->blocks_text, sizeof net->blocks_text);
    net->opts.blocks = net->blocks_text;
    net->subnet = ot__subnet_find(net->opts.subnet);
    if (!net->subnet) return OT_EINVAL;
    net->opts.subnet = net->subnet->name;
    OT_TRY(check_learning(net));
    OT_TRY(check_control(net));
    net->learnable = ot__new((size_t)count_blocks(&net->blocks), sizeof *net->learnable);
    net->tape = ot_tape_new();
    net->segments.step = ot__new((size_t)count_blocks(&net->blocks), sizeof *net->segments.step);
    if (!net->learnable || !net->segments.step || !net->tape) return OT_ENOMEM;
    record_net(net);
    const ot_status status = ot_tape_status(net->tape);
    return status == OT_OK ? OT_OK : ot__fail(status, "%s", ot_tape_message(net->tape));
}

ot_status ot_net_new(const ot_net_opts *opts, ot_net **out)
{
    OT_TRY(ot__check_given("net", "where to put it", out));
    *out = NULL;
    OT_TRY(ot__check_given("net", "the options", opts));
    ot_net *net = ot__new(1, sizeof *net);
    if (!net) return OT_ENOMEM;
    const ot_status status = build(net, opts);
    if (status != OT_OK) {
        ot_net_free(net);
        return status;
    }
    *out = net;
    return OT_OK;
}

void ot_net_free(ot_net *net)
{
    if (!net) return;
    for (int b = 0; net->learnable && b < net->n_blocks; b++)
        ot__learnable_free(&net->learnable[b]);
    ot__free(net->learnable);
    ot__free(net->segments.step);
    ot_tape_free(net->tape);
    ot__blocks_free(&net->blocks);
    ot__free(net);
}

/* ---- access ---- */

const ot_tape *ot_net_tape(const ot_net *net)
{
    return net ? net->tape : NULL;
}

ot_var ot_net_images(const ot_net *net)
{
    return net ? net->images : (ot_var){ 0 };
}

ot_var ot_net_labels(const ot_net *net)
{
    return net ? net->labels : (ot_var){ 0 };
}

ot_var ot_net_logits(const ot_net *net)
{
    return net ? net->logits : (ot_var){ 0 };
}

ot_var ot_net_loss(const ot_net *net)
{
    return net ? net->loss : (ot_var){ 0 };
}

const ot__segments *ot__net_segments(const ot_net *net)
{
    return is_controlled(net) ? &net->segments : NULL;
}

const ot_net_opts *ot_net_options(const ot_net *net)
{
    return net ? &net->opts : NULL;
}

/* The scheme of the i-th group whose scheme no earlier group has. */
const ot_scheme *ot_net_scheme(const ot_net *net, int i)
{
    if (!net || i < 0) return NULL;
    const ot__group *const group = net->blocks.group;
    for (int g = 0; g < net->blocks.n; g++) {
        bool first = true;
        for (int other = 0; other < g; other++)
            first &=
                strcmp(ot_scheme_name(group[g].scheme), ot_scheme_name(group[other].scheme)) != 0;
        if (first && i-- == 0) return group[g].scheme;
    }
    return NULL;
}

static size_t trained_numbers(const ot_tape *t)
{
    size_t n = 0;
    for (size_t id = 1; id < t->n; id++)
        if (t->node[id].leaf == OT__PARAM) n += ot__elements(t->node[id].record.shape);
    return n;
}

ot_net_info ot_net_describe(const ot_net *net)
{
    if (!net) return (ot_net_info){ 0 };
    ot_net_info info = { .n_blocks = net->n_blocks,
                         .evaluations = net->evaluations,
                         .convs = net->evaluations * net->subnet->convs,
                         .params = trained_numbers(net->tape),
                         .head_bn = net->opts.plain_head ? 0 : 2 * (size_t)net->opts.width };
    snprintf(info.blocks, sizeof info.blocks, "%.*s", (int)sizeof info.blocks - 1,
             net->blocks_text);
    return info;
}

/* ---- learned steps and tableaux ---- */

/* Whether ps are the parameters of this network and dtype is one. */
static bool holds(const ot_net *net, const ot_params *ps, ot_dtype dtype)
{
    return net && ot__params_check("net", ps, net->tape) == OT_OK &&
           ot__check_choice("net", "dtype", (int)dtype, OT_F64) == OT_OK;
}

void ot_net_project(const ot_net *net, ot_params *ps, ot_dtype dtype)
{
    if (!holds(net, ps, dtype)) return;
    for (int b = 0; b < net->n_blocks; b++)
        ot__learnable_project(&net->learnable[b], &net->opts, ps, dtype);
}

int ot_net_order_residuals(const ot_net *net, ot_params *ps, ot_dtype dtype,
                           double residual[OT_RESIDUAL_ORDERS])
{
    int orders = 0;
    if (!residual || !holds(net, ps, dtype)) return 0;
    for (int b = 0; b < net->n_blocks; b++) {
        double of_block[OT_RESIDUAL_ORDERS];
        const int n = ot__learnable_residuals(&net->learnable[b], ps, dtype, of_block);
        for (int q = 0; q < n; q++)
            residual[q] = q < orders ? fmax(residual[q], of_block[q]) : of_block[q];
        if (n > orders) orders = n;
    }
    return orders;
}
