/* SPDX-License-Identifier: BSD-3-Clause */
#include "train/walks.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"

struct ot__walks {
    const ot__parts *parts;
    const ot_control *control;
    ot__stepper_opts opts;
    ot_program *stem;
    ot_stepper **block;
    size_t bytes; /* of the state of an image */
    void *y;      /* the state between two parts, or its gradient */
    int images;
    bool out_of_reach; /* the last walk forward ended at finite numbers, at a tolerance */
};

/* ---- making them ---- */

static size_t state_bytes(const ot_net *net, ot_dtype dtype)
{
    const ot_shape s = ot_var_shape(ot_net_tape(net), ot__net_parts(net)->stem);
    size_t n = dtype == OT_F64 ? sizeof(double) : sizeof(float);
    for (int k = 1; k < s.rank; k++)
        n *= (size_t)s.dim[k];
    return n;
}

static ot_status open_blocks(ot__walks *w)
{
    w->block = ot__new((size_t)w->parts->n, sizeof *w->block);
    if (!w->block) return OT_ENOMEM;
    for (int b = 0; b < w->parts->n; b++) {
        char scope[32];
        ot__stepper_opts opts = w->opts;
        snprintf(scope, sizeof scope, "blocks.%d.", b);
        opts.scope = scope;
        OT_TRY(ot__stepper_open(&w->parts->step[b], &opts, &w->block[b]));
    }
    return OT_OK;
}

static ot_status open_all(ot__walks *w, const ot_net *net)
{
    const ot__stepper_opts *o = &w->opts;
    OT_TRY(ot_compile(ot_net_tape(net), w->parts->stem,
                      &(ot_compile_opts){ .dtype = o->dtype,
                                          .tier = o->tier,
                                          .evaluate = o->evaluate,
                                          .forward_only = o->forward_only,
                                          .plan_only = o->plan_only,
                                          .batch = o->batch,
                                          .params = o->params },
                      &w->stem));
    OT_TRY(open_blocks(w));
    if (!o->plan_only) w->y = ot__new((size_t)o->batch * w->bytes, 1);
    return w->y || o->plan_only ? OT_OK : OT_ENOMEM;
}

ot_status ot__walks_new(const ot_net *net, const ot__stepper_opts *opts, ot__walks **out)
{
    *out = NULL;
    if (!ot__net_parts(net)) return OT_OK;
    ot__walks *w = ot__new(1, sizeof *w);
    if (!w) return OT_ENOMEM;
    *w = (ot__walks){ .parts = ot__net_parts(net),
                      .control = &ot_net_options(net)->control,
                      .opts = *opts,
                      .bytes = state_bytes(net, opts->dtype) };
    const ot_status status = open_all(w, net);
    if (status == OT_OK)
        *out = w;
    else
        ot__walks_free(w);
    return status;
}

void ot__walks_free(ot__walks *w)
{
    if (!w) return;
    for (int b = 0; w->block && b < w->parts->n; b++)
        ot_stepper_free(w->block[b]);
    ot__free(w->block);
    ot_program_free(w->stem);
    ot__free(w->y);
    ot__free(w);
}

ot_program *ot__walks_stem(ot__walks *w)
{
    return w->stem;
}

/* ---- running them ---- */

static size_t batch_bytes(const ot__walks *w)
{
    return (size_t)w->images * w->bytes;
}

void ot__walk_add(ot_walk *sum, const ot_walk *walk)
{
    if (walk->accepted > 0)
        sum->smallest = sum->accepted > 0 ? fmin(sum->smallest, walk->smallest) : walk->smallest;
    sum->largest = fmax(sum->largest, walk->largest);
    sum->accepted += walk->accepted;
    sum->rejected += walk->rejected;
    sum->evaluations += walk->evaluations;
}

ot_status ot__walks_forward(ot__walks *w, ot_program *head, int n, ot_walk *walk)
{
    *walk = (ot_walk){ 0 };
    w->images = n;
    w->out_of_reach = false;
    OT_TRY(ot_forward(w->stem, n));
    memcpy(w->y, ot_program_value(w->stem, w->parts->stem), batch_bytes(w));
    for (int b = 0; b < w->parts->n; b++) {
        ot_walk one;
        ot__stepper_batch(w->block[b], n);
        const ot_status status = ot__stepper_controlled(w->block[b], 1, w->control, w->y, &one);
        w->out_of_reach = status != OT_OK && !ot__stepper_not_finite(w->block[b]);
        if (status != OT_OK) return ot__fail(status, "block %d: %s", b, ot_message());
        ot__walk_add(walk, &one);
    }
    memcpy(ot_program_input(head, w->parts->head), w->y, batch_bytes(w));
    return OT_OK;
}

ot_status ot__walks_backward(ot__walks *w, const ot_program *head)
{
    memcpy(w->y, ot_program_grad(head, w->parts->head), batch_bytes(w));
    for (int b = w->parts->n - 1; b >= 0; b--)
        OT_TRY(ot__stepper_back(w->block[b], w->y, true));
    return ot_backward(w->stem, w->y, true);
}

/* ---- what is not finite ---- */

/* The inputs of the head. */
typedef struct arrival {
    const ot__walks *w;
    ot_program *head;
    void (*load)(void *user);
    void *user;
} arrival;

static void load_head(void *user)
{
    const arrival *a = user;
    a->load(a->user);
    memcpy(ot_program_input(a->head, a->w->parts->head), a->w->y, batch_bytes(a->w));
}

/* A step of a block. */
typedef struct again {
    ot_stepper *st;
    int step;      /* that was kept, on the way back */
    const void *y; /* else where the one that was tried last began */
} again;

static void load_again(void *user)
{
    const again *a = user;
    if (a->y)
        ot__stepper_load_tried(a->st, a->y);
    else
        ot__stepper_load_kept(a->st, a->step);
}

static bool scan_tried(const ot__walks *w, ot_stepper *st, ot__culprit *c)
{
    again a = { .st = st, .y = w->y };
    return ot__scan(ot__stepper_program(st, false),
                    &(ot__scan_run){ .n = w->images, .load = load_again, .user = &a }, c);
}

/* From the gradient in w->y to that before the block. */
static bool scan_back(const ot__walks *w, ot_stepper *st, ot_var x, ot__culprit *c)
{
    ot_program *const p = ot__stepper_program(st, true);
    for (int i = ot__stepper_steps(st) - 1; i >= 0; i--) {
        again a = { .st = st, .step = i };
        if (ot__scan(
                p, &(ot__scan_run){ .n = w->images, .load = load_again, .user = &a, .seed = w->y },
                c))
            return true;
        memcpy(w->y, ot_program_grad(p, x), batch_bytes(w));
    }
    return false;
}

/* Up to the head; false leaves in w->y where the blocks lead to. */
static bool scan_to_head(ot__walks *w, const ot__scan_run *stem, ot__culprit *c)
{
    if (ot__scan(w->stem, stem, c)) return true;
    memcpy(w->y, ot_program_value(w->stem, w->parts->stem), batch_bytes(w));
    for (int b = 0; b < w->parts->n; b++) {
        ot__stepper_batch(w->block[b], w->images);
        if (ot__stepper_controlled(w->block[b], 1, w->control, w->y, NULL) != OT_OK)
            return scan_tried(w, w->block[b], c);
    }
    return false;
}

bool ot__walks_scan(ot__walks *w, ot_program *head, int n, void (*load)(void *user), void *user,
                    ot__culprit *c)
{
    arrival a = { w, head, load, user };
    if (w->out_of_reach) return false;
    w->images = n;
    ot__scan_run stem = { .n = n, .load = load, .user = user, .forward_only = true };
    if (scan_to_head(w, &stem, c)) return true;
    if (ot__scan(head, &(ot__scan_run){ .n = n, .load = load_head, .user = &a }, c)) return true;
    memcpy(w->y, ot_program_grad(head, w->parts->head), batch_bytes(w));
    for (int b = w->parts->n - 1; b >= 0; b--)
        if (scan_back(w, w->block[b], w->parts->step[b].x, c)) return true;
    stem.forward_only = false;
    stem.seed = w->y;
    return ot__scan(w->stem, &stem, c);
}

/* ---- cost ---- */

static void add_info(ot_program_info *sum, const ot_program_info *part)
{
    sum->calls += part->calls;
    sum->arena_bytes += part->arena_bytes;
    sum->unplanned_bytes += part->unplanned_bytes;
    sum->bound_bytes += part->bound_bytes;
    sum->scratch_bytes += part->scratch_bytes;
    sum->peak_bytes += part->arena_bytes + part->scratch_bytes;
    if (part->product_bytes > sum->product_bytes) sum->product_bytes = part->product_bytes;
    sum->flops_forward += part->flops_forward;
    sum->flops_backward += part->flops_backward;
}

void ot__walks_describe(const ot__walks *w, ot_program_info *info)
{
    const ot_program_info stem = ot_program_describe(w->stem);
    add_info(info, &stem);
    for (int b = 0; b < w->parts->n; b++) {
        const ot_program_info block = ot__stepper_describe(w->block[b]);
        add_info(info, &block);
    }
}

size_t ot__walks_bytes(const ot__walks *w)
{
    const int states = w->opts.forward_only ? 1 : 1 + w->parts->n;
    return (size_t)states * (size_t)w->opts.batch * w->bytes;
}
