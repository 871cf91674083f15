/* SPDX-License-Identifier: BSD-3-Clause
 * Records a network: stem - levels of blocks - head - softmax cross-entropy.
 *
 * Networks with equally many evaluations of f can be compared fairly, because they start from the
 * same weights: evaluation e, counted over the whole network, draws its initial weights from stream
 * FIRST_EVALUATION + e, whatever its block and stage.  So stage i of block b of a scheme with s
 * stages starts like block b*s + i of an Euler network, and only the coefficients differ. */
#include <stdio.h>

#include "models/net.h"
#include "models/parts.h"
#include "schemes/scheme.h"

enum { STEM_STREAM, HEAD_STREAM, FIRST_EVALUATION };

const ot__group *ot__net_group(const ot_net *net, int level, int i)
{
    for (int g = 0; g < net->blocks.n; g++) {
        const ot__group *const group = &net->blocks.group[g];
        if (net->blocks.parts > 1 && group->part != level) continue;
        if (i < group->count) return group;
        i -= group->count;
    }
    return NULL;
}

bool ot__net_changes(const ot_net *net, int level)
{
    return net->level[level].stride > 1 ||
           (level > 0 && net->level[level].width != net->level[level - 1].leaves);
}

/* ---- segments ---- */

static ot__segment *last_segment(ot_net *net)
{
    return &net->segments.of[net->segments.n - 1];
}

static void begin_segment(ot_net *net, const char *name, ot_var x)
{
    net->segments.n++;
    *last_segment(net) = (ot__segment){ .x = x };
    snprintf(last_segment(net)->name, sizeof last_segment(net)->name, "%s", name);
}

/* With controlled steps, ends the segment with y and begins the next one.  Returns its input, which
 * is recorded in the scope that is open.  Otherwise one segment has everything: returns y. */
static ot_var cut(ot_net *net, ot_var y, const char *name)
{
    if (!ot__net_controlled(net)) return y;
    last_segment(net)->y = y;
    begin_segment(net, name, ot_input(net->tape, "x", ot_var_shape(net->tape, y)));
    return last_segment(net)->x;
}

/* ---- layers around the blocks ---- */

/* A context for layers that belong to no block. */
static ot_block *begin_layers(ot_net *net, const ot__part *part, int channels, int stride)
{
    ot_block *const b = &net->block;
    ot__block_begin(b, &net->recording, net->tape, NULL);
    b->attributes = part->attributes;
    b->channels = b->y_channels = channels;
    b->stride = b->y_stride = stride;
    return b;
}

static ot_var record_stem(ot_net *net)
{
    const ot_stem_kind *const stem = (const ot_stem_kind *)net->stem.about;
    const int stride = stem->stride ? stem->stride(net->stem.attributes) : net->opts.stem_stride;
    ot_block *const b = begin_layers(net, &net->stem, net->level[0].width, stride);
    b->in_stream = true;
    ot_init_stream(net->tape, STEM_STREAM);
    ot_scope_push(net->tape, "stem");
    const ot_var x = stem->record(b, net->images);
    ot_scope_pop(net->tape);
    return x;
}

static ot_var record_between(ot_net *net, int level, ot_var x)
{
    char name[16];
    const ot__level *const l = &net->level[level];
    ot_block *const b = begin_layers(net, &net->recording.down, l->width, l->stride);
    snprintf(name, sizeof name, "levels.%d", level);
    ot_scope_push(net->tape, "%s", name);
    const ot_down_kind *const down = ot__net_down(net);
    const ot_var from = cut(net, x, name);
    const ot_var y = ot__check_down(b, &down->about, from, down->between(b, from), false);
    ot_scope_pop(net->tape);
    return y;
}

static ot_var record_head(ot_net *net, ot_var x)
{
    ot_tape *const t = net->tape;
    ot_block *const b = begin_layers(net, &net->head, net->level[net->n_levels - 1].leaves, 1);
    const ot_head_kind *const head = (const ot_head_kind *)net->head.about;
    b->in_stream = true;
    ot_scope_push(t, "head");
    x = cut(net, x, "head");
    ot_init_stream(t, HEAD_STREAM);
    x = head->record(b, x);
    const ot_shape features = ot_var_shape(t, x);
    const ot_init init = head->linear && features.rank == 2
                             ? head->linear(features.dim[1], net->opts.classes)
                             : ot_init_he(features.dim[1]);
    const int before = ot_tape_length(t);
    const ot_var logits = ot_block_linear_with(b, "fc", x, net->opts.classes, &init);
    ot__rules_since(t, before, (ot_rule){ 0 }, head->bias);
    ot_scope_pop(t);
    return logits;
}

/* ---- blocks ---- */

/* A level that is being recorded. */
typedef struct course {
    int level;
    bool change;    /* the next block changes the shape */
    ot_shape shape; /* of x before the next block, after its change */
    int position;   /* of the next block in its run */
    ot_state state; /* within a run */
    ot_var x;       /* between runs */
} course;

/* Prepares net->block for the next block. */
static ot_block *begin_block(ot_net *net, const ot_scheme *scheme, course *c)
{
    ot_block *const b = &net->block;
    bool live[OT__STAGES_MOST];
    const bool own = ot_scheme_table(scheme)->flags & OT_SCHEME_OWN_F;
    ot__block_begin(b, &net->recording, net->tape, scheme);
    b->index = net->n_blocks++;
    b->position = c->position++;
    c->shape.dim[3] = ot__scheme_channels(scheme, c->shape.dim[3]);
    b->channels = b->y_channels = c->shape.dim[3];
    ot__weights_begin(&b->weights, own ? OT_WEIGHTS_INDEPENDENT : net->opts.weights,
                      FIRST_EVALUATION + b->index * OT__MOST_TENSORS);
    if (ot__net_controlled(net))
        b->weights.shared_updates = net->opts.control.steps > 0
                                        ? ot__rk_live(scheme, OT_OUTPUT_WEIGHTS, live)
                                        : ot__rk_live_pair(scheme, 0, live);
    return b;
}

/* Lets the block change the shape of x to that of the level. */
static void change_inside(ot_block *b, const ot__level *level, ot_var x)
{
    b->before = ot_var_shape(b->tape, x);
    b->stride = b->y_stride = level->stride;
}

static ot_shape shape_after(const ot_net *net, int level, ot_var x)
{
    ot_shape s = ot_var_shape(net->tape, x);
    if (s.rank != 4) return s;
    s.dim[1] = (s.dim[1] - 1) / net->level[level].stride + 1;
    s.dim[2] = (s.dim[2] - 1) / net->level[level].stride + 1;
    s.dim[3] = net->level[level].width;
    return s;
}

/* Records one block; `last` says whether its run ends with it. */
static void record_block(ot_net *net, const ot_scheme *scheme, bool last, course *c)
{
    ot_tape *const t = net->tape;
    ot_block *const b = begin_block(net, scheme, c);
    if (c->change) change_inside(b, &net->level[c->level], c->x);
    ot_scope_push(t, "blocks.%d", b->index);
    const ot_status status =
        ot__learnable_record(b, &net->opts, net->step_start, &net->learnable[b->index]);
    if (status != OT_OK) ot_tape_fail(t, status, "%s", ot_message());
    net->recording.elapsed.h[b->index] = b->step.h;
    if (b->position == 0) c->state = ot__block_enter(b, c->x);
    c->state = ot__block_advance(b, c->state);
    if (net->opts.block_relu && c->state.n) c->state.v[0] = ot_relu(t, c->state.v[0]);
    if (last) c->x = ot__block_check_shape(b, ot__block_leave(b, c->state), c->shape);
    ot_scope_pop(t);
    c->change = false;
}

/* Records one step of a block with controlled steps, from an input that is shaped like c->x. */
static void record_one_step(ot_net *net, const ot_scheme *scheme, course *c)
{
    ot_tape *const t = net->tape;
    ot_block *const b = begin_block(net, scheme, c);
    char name[16];
    snprintf(name, sizeof name, "blocks.%d", b->index);
    ot_scope_push(t, "%s", name);
    const bool estimate = net->opts.control.steps == 0;
    const ot__one_step step = ot__one_step_record(b, cut(net, c->x, name), estimate);
    ot_scope_pop(t);
    ot__segment *const s = last_segment(net);
    s->repeated = true;
    s->block = b->index;
    s->step = step;
    c->x = step.y;
}

/* Refuses a stride that would leave less than one pixel. */
static ot_var check_stride(const ot_net *net, int level, ot_var x)
{
    const int stride = net->level[level].stride, size = ot_var_shape(net->tape, x).dim[1];
    if (!x.id || stride <= size) return x;
    return ot_tape_fail(net->tape, OT_EINVAL,
                        "net: level %d would shrink an image of %d pixels by %d; its stride must "
                        "be at most %d",
                        level, size, stride, size);
}

/* No time has passed in a run that begins. */
static void begin_run(ot_net *net)
{
    net->recording.elapsed.sum = (ot_var){ 0 };
    net->recording.elapsed.added = 0;
}

/* A run is blocks of one scheme in one level. */
static ot_var record_level(ot_net *net, int level, ot_var x)
{
    x = check_stride(net, level, x);
    course c = { .level = level, .change = ot__net_changes(net, level), .x = x };
    if (c.change && ot__net_down(net)->between) {
        c.x = record_between(net, level, x);
        c.change = false;
    }
    c.shape = c.change ? shape_after(net, level, x) : ot_var_shape(net->tape, c.x);
    const ot__group *group = ot__net_group(net, level, 0), *next;
    for (int i = 0; group; i++, group = next) {
        next = ot__net_group(net, level, i + 1);
        const bool last = !next || !ot__same_scheme(group->scheme, next->scheme);
        if (c.position == 0) begin_run(net);
        if (ot__net_controlled(net))
            record_one_step(net, group->scheme, &c);
        else
            record_block(net, group->scheme, last, &c);
        if (last) c.position = 0;
    }
    net->level_result[level] = c.x;
    return c.x;
}

/* Second labels are recorded last, so that all other vars are those of a network without them. */
static ot_var record_loss(ot_net *net)
{
    const ot_net_opts *const o = &net->opts;
    if (o->second_labels) {
        net->second_labels = ot_labels(net->tape, "second_labels", o->batch);
        net->label_weight = ot_input(net->tape, "label_weight", OT_SHAPE(o->batch));
    }
    return ot_softmax_xent_with(net->tape, net->logits, net->labels,
                                &(const ot_xent_opts){ .smoothing = o->label_smoothing,
                                                       .second_labels = net->second_labels,
                                                       .weight = net->label_weight });
}

void ot__net_record(ot_net *net)
{
    const ot_net_opts *const o = &net->opts;
    ot_tape *const t = net->tape;
    net->recording.tape = t;
    net->recording.first_stream = FIRST_EVALUATION;
    net->recording.levels = net->level_result;
    net->recording.n_levels = ot__net_controlled(net) ? 0 : net->n_levels;
    net->images = ot_input(t, "images", OT_SHAPE(o->batch, o->image, o->image, o->channels));
    net->labels = ot_labels(t, "labels", o->batch);
    begin_segment(net, ot__net_controlled(net) ? "stem" : "network", net->images);
    ot_var x = record_stem(net);
    for (int level = 0; level < net->n_levels; level++)
        x = record_level(net, level, x);
    net->logits = record_head(net, x);
    net->loss = last_segment(net)->y = record_loss(net);
}
