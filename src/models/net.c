/* SPDX-License-Identifier: BSD-3-Clause
 * A network: makes it from its options, and answers questions about it.  record.c records it,
 * checks.c checks the options. */
#include "models/net.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "autograd/params.h"
#include "autograd/tape.h"
#include "base/check.h"
#include "base/decimal.h"
#include "base/memory.h"
#include "models/parts.h"
#include "ops/ops.h"
#include "schemes/plugin.h"

static int count_blocks(const ot_net *net)
{
    int n = 0;
    for (int level = 0; level < net->n_levels; level++)
        for (int g = 0; g < net->blocks.n; g++)
            if (net->blocks.parts == 1 || net->blocks.group[g].part == level)
                n += net->blocks.group[g].count;
    return n;
}

static ot_net_opts with_defaults(const ot_net_opts *given)
{
    ot_net_opts o = *given;
    if (!o.subnet) o.subnet = "preact";
    if (!o.norm) o.norm = "batch";
    if (!o.down) o.down = "A";
    if (!o.stem) o.stem = "conv";
    if (!o.head) o.head = "bn-relu-pool";
    if (!o.width && !o.levels) o.width = 64;
    if (!o.stem_stride) o.stem_stride = 1;
    if (!o.image) o.image = 32;
    if (!o.channels) o.channels = 3;
    if (!o.classes) o.classes = 10;
    if (!o.batch) o.batch = 128;
    if (o.h == 0) o.h = 1;
    if (o.step != OT_STEP_CONTROLLED || o.control.steps > 0) return o;
    if (!o.control.tolerance) o.control.tolerance = 1e-2;
    if (!o.control.first) o.control.first = 1;
    if (!o.control.most_steps) o.control.most_steps = 1000;
    return o;
}

/* ---- reading the description ---- */

static ot_status read_blocks(ot_net *net, const ot_net_opts *given)
{
    if (!given->blocks) return ot__fail(OT_EINVAL, "net: no blocks; write for example 'rk4x2'");
    OT_TRY(ot__check_list("net", "schemes", given->n_schemes, given->schemes));
    for (int i = 0; i < given->n_schemes; i++)
        OT_TRY(ot__check_given("net", "a scheme", given->schemes[i]));
    OT_TRY(ot__blocks_parse(given->blocks, given->n_schemes, given->schemes, &net->blocks));
    net->opts.n_schemes = 0; /* net->blocks has copies of them */
    net->opts.schemes = NULL;
    net->opts.blocks = net->blocks_text;
    return ot__blocks_text(&net->blocks, net->blocks_text);
}

static ot_status read_levels(ot_net *net)
{
    ot_net_opts *const o = &net->opts;
    if (!o->levels) {
        net->n_levels = 1;
        net->level[0] = (ot__level){ .width = o->width, .stride = 1 };
        return ot__check_count("net", "the width", o->width, 1, 4096);
    }
    if (o->width)
        return ot__fail(OT_EINVAL,
                        "net: the width is %d, but --levels %s has the widths; leave "
                        "out one of them",
                        o->width, o->levels);
    OT_TRY(ot__levels_parse(o->levels, &net->n_levels, net->level));
    ot__levels_text(net->n_levels, net->level, net->levels_text);
    o->levels = net->levels_text;
    return OT_OK;
}

/* Reads a part and lets the option be its plain form. */
static ot_status read_part(const ot__registry *r, const char **option, ot__part *part)
{
    if (!*option) return OT_OK;
    const ot_status status = ot__part_read(r, *option, part);
    if (status != OT_OK) return ot__fail(status, "net: %s", ot_message());
    *option = part->text;
    return OT_OK;
}

static ot_status read_parts(ot_net *net)
{
    ot_net_opts *const o = &net->opts;
    ot__recording *const r = &net->recording;
    OT_TRY(read_part(ot__subnets(), &o->subnet, &r->subnet));
    OT_TRY(read_part(ot__branches(), &o->branch, &r->branch));
    OT_TRY(read_part(ot__norms(), &o->norm, &r->norm));
    OT_TRY(read_part(ot__downs(), &o->down, &r->down));
    OT_TRY(read_part(ot__stems(), &o->stem, &net->stem));
    return read_part(ot__heads(), &o->head, &net->head);
}

/* Reads where learned steps start, and lets the option be its plain form. */
static ot_status read_step_start(ot_net *net)
{
    ot_net_opts *const o = &net->opts;
    const char *at = o->step_start;
    net->step_start = o->h;
    if (!at) return OT_OK;
    if (!ot__read_real(&at, -1e6, 1e6, &net->step_start) || *at)
        return ot__fail(OT_EINVAL,
                        "net: the start of steps is '%.40s'; it must be a number from "
                        "-1e6 to 1e6",
                        o->step_start);
    snprintf(net->step_start_text, sizeof net->step_start_text, "%s", OT__REAL(net->step_start));
    o->step_start = net->step_start_text;
    return OT_OK;
}

/* An option that has no effect on this network, and was not given, is not written. */
static void drop_unused(ot_net *net, const ot_net_opts *given)
{
    if (!given->down && ot__net_ignores_down(net)) net->opts.down = NULL;
    if (!given->subnet && ot__net_ignores_subnet(net)) net->opts.subnet = NULL;
}

static ot_status build(ot_net *net, const ot_net_opts *given)
{
    ot_net_opts expanded = *given;
    OT_TRY(ot_system_apply(&expanded));
    net->opts = with_defaults(&expanded);
    OT_TRY(read_blocks(net, &expanded));
    OT_TRY(read_levels(net));
    OT_TRY(read_parts(net));
    OT_TRY(ot__net_check_levels(net));
    OT_TRY(ot__net_find_widths(net));
    OT_TRY(read_step_start(net));
    drop_unused(net, &expanded);
    OT_TRY(ot__net_check(net, &expanded));
    const size_t n = (size_t)count_blocks(net);
    if (n > OT__MOST_BLOCKS)
        return ot__fail(OT_EINVAL, "net: %zu blocks in all levels; there may be %d", n,
                        (int)OT__MOST_BLOCKS);
    net->recording.blocks = (int)n;
    net->learnable = ot__new(n, sizeof *net->learnable);
    net->tape = ot_tape_new();
    net->segments.of = ot__new(2 + (size_t)net->n_levels + n, sizeof *net->segments.of);
    net->recording.elapsed.h = ot__new(n, sizeof *net->recording.elapsed.h);
    if (!net->learnable || !net->segments.of || !net->tape || !net->recording.elapsed.h)
        return OT_ENOMEM;
    ot__net_record(net);
    const ot_status status = ot_tape_status(net->tape);
    if (status != OT_OK) return ot__fail(status, "%s", ot_tape_message(net->tape));
    return net->opts.fused ? ot__net_rewrite_fused(net) : OT_OK;
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
    ot__free(net->recording.elapsed.h);
    ot__free(net->segments.of);
    ot_tape_free(net->tape);
    ot__part *const parts[] = { &net->recording.subnet,
                                &net->recording.branch,
                                &net->recording.norm,
                                &net->recording.down,
                                &net->stem,
                                &net->head };
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        ot__part_free(parts[i]);
    ot__blocks_free(&net->blocks);
    ot__free(net);
}

/* ---- access ---- */

const ot_tape *ot_net_tape(const ot_net *net)
{
    if (!net) return NULL;
    return net->tape ? net->tape : net->borrowed;
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

ot_var ot_net_second_labels(const ot_net *net)
{
    return net ? net->second_labels : (ot_var){ 0 };
}

ot_var ot_net_label_weight(const ot_net *net)
{
    return net ? net->label_weight : (ot_var){ 0 };
}

ot_var ot_net_features(const ot_net *net)
{
    if (!net) return (ot_var){ 0 };
    const ot__record *const r = &ot__node_of(ot_net_tape(net), net->logits)->record;
    return r->op == &ot__op_linear ? r->in[0] : (ot_var){ 0 };
}

const ot__segments *ot__net_segments(const ot_net *net)
{
    return &net->segments;
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

bool ot__net_uses_plugin(const ot_net *net, int plugin)
{
    const ot__recording *const r = &net->recording;
    const ot__part *const parts[] = { &r->subnet, &r->branch, &r->norm,
                                      &r->down,   &net->stem, &net->head };
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        if (parts[i]->about && ot__plugin_has(plugin, parts[i]->about)) return true;
    for (int g = 0; g < net->blocks.n; g++)
        if (ot__plugin_has(plugin, &ot_scheme_table(net->blocks.group[g].scheme)->about))
            return true;
    return false;
}

/* The number of trained numbers whose names begin with `scope`. */
static size_t trained_numbers(const ot_tape *t, const char *scope)
{
    size_t n = 0;
    for (size_t id = 1; id < t->n; id++)
        if (t->node[id].leaf == OT__PARAM && strncmp(t->node[id].name, scope, strlen(scope)) == 0)
            n += ot__elements(t->node[id].record.shape);
    return n;
}

ot_net_info ot_net_describe(const ot_net *net)
{
    if (!net) return (ot_net_info){ 0 };
    const ot_tape *const t = ot_net_tape(net);
    ot_net_info info = { .n_blocks = net->n_blocks,
                         .evaluations = net->recording.evaluations,
                         .convs = net->recording.convs,
                         .params = trained_numbers(t, ""),
                         .head_bn = trained_numbers(t, "head.bn."),
                         .one_step = ot__net_controlled(net) };
    snprintf(info.blocks, sizeof info.blocks, "%.*s", (int)sizeof info.blocks - 1,
             net->blocks_text);
    return info;
}

/* ---- learned steps and tableaux ---- */

/* Whether ps are the parameters of this network and dtype is one. */
static bool holds(const ot_net *net, const ot_params *ps, ot_dtype dtype)
{
    return net && ot__params_check("net", ps, ot_net_tape(net)) == OT_OK &&
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
