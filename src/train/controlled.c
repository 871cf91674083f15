/* SPDX-License-Identifier: BSD-3-Clause
 * Segments run one after another.  The state of the whole batch is copied from the result of each
 * segment to the input of the next one, and its gradient is copied back in the reverse order. */
#include "train/controlled.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"

struct ot__controlled {
    const ot__segments *segments;
    const ot_control *control;
    ot__stepper_opts opts;
    ot_program *stem;
    ot_stepper **block;
    size_t bytes;      /* size of the state of one image */
    void *y;           /* the state between two segments, or its gradient */
    int images;        /* in the batch that runs */
    bool out_of_reach; /* the last forward run failed at a tolerance, with finite numbers */
};

/* ---- opening ---- */

static size_t state_bytes(const ot_net *net, ot_dtype dtype)
{
    const ot_shape s = ot_var_shape(ot_net_tape(net), ot__net_segments(net)->stem);
    size_t n = dtype == OT_F64 ? sizeof(double) : sizeof(float);
    for (int k = 1; k < s.rank; k++)
        n *= (size_t)s.dim[k];
    return n;
}

static ot_status open_blocks(ot__controlled *e)
{
    e->block = ot__new((size_t)e->segments->n, sizeof *e->block);
    if (!e->block) return OT_ENOMEM;
    for (int b = 0; b < e->segments->n; b++) {
        char scope[32];
        ot__stepper_opts opts = e->opts;
        snprintf(scope, sizeof scope, "blocks.%d.", b);
        opts.scope = scope;
        OT_TRY(ot__stepper_open(&e->segments->step[b], &opts, &e->block[b]));
    }
    return OT_OK;
}

static ot_status open_all(ot__controlled *e, const ot_net *net)
{
    const ot__stepper_opts *o = &e->opts;
    OT_TRY(ot_compile(ot_net_tape(net), e->segments->stem,
                      &(ot_compile_opts){ .dtype = o->dtype,
                                          .tier = o->tier,
                                          .evaluate = o->evaluate,
                                          .forward_only = o->forward_only,
                                          .plan_only = o->plan_only,
                                          .batch = o->batch,
                                          .params = o->params },
                      &e->stem));
    OT_TRY(open_blocks(e));
    if (!o->plan_only) e->y = ot__new((size_t)o->batch * e->bytes, 1);
    return e->y || o->plan_only ? OT_OK : OT_ENOMEM;
}

ot_status ot__controlled_new(const ot_net *net, const ot__stepper_opts *opts, ot__controlled **out)
{
    *out = NULL;
    if (!ot__net_segments(net)) return OT_OK;
    ot__controlled *e = ot__new(1, sizeof *e);
    if (!e) return OT_ENOMEM;
    *e = (ot__controlled){ .segments = ot__net_segments(net),
                           .control = &ot_net_options(net)->control,
                           .opts = *opts,
                           .bytes = state_bytes(net, opts->dtype) };
    const ot_status status = open_all(e, net);
    if (status == OT_OK)
        *out = e;
    else
        ot__controlled_free(e);
    return status;
}

void ot__controlled_free(ot__controlled *e)
{
    if (!e) return;
    for (int b = 0; e->block && b < e->segments->n; b++)
        ot_stepper_free(e->block[b]);
    ot__free(e->block);
    ot_program_free(e->stem);
    ot__free(e->y);
    ot__free(e);
}

ot_program *ot__controlled_stem(ot__controlled *e)
{
    return e->stem;
}

/* ---- running ---- */

static size_t batch_bytes(const ot__controlled *e)
{
    return (size_t)e->images * e->bytes;
}

void ot__control_add(ot_control_result *sum, const ot_control_result *part)
{
    if (part->accepted > 0)
        sum->smallest = sum->accepted > 0 ? fmin(sum->smallest, part->smallest) : part->smallest;
    sum->largest = fmax(sum->largest, part->largest);
    sum->accepted += part->accepted;
    sum->rejected += part->rejected;
    sum->evaluations += part->evaluations;
}

ot_status ot__controlled_forward(ot__controlled *e, ot_program *head, int n,
                                 ot_control_result *result)
{
    *result = (ot_control_result){ 0 };
    e->images = n;
    e->out_of_reach = false;
    OT_TRY(ot_forward(e->stem, n));
    memcpy(e->y, ot_program_value(e->stem, e->segments->stem), batch_bytes(e));
    for (int b = 0; b < e->segments->n; b++) {
        ot_control_result one;
        ot__stepper_batch(e->block[b], n);
        const ot_status status = ot__stepper_controlled(e->block[b], 1, e->control, e->y, &one);
        e->out_of_reach = status != OT_OK && !ot__stepper_not_finite(e->block[b]);
        if (status != OT_OK) return ot__fail(status, "block %d: %s", b, ot_message());
        ot__control_add(result, &one);
    }
    memcpy(ot_program_input(head, e->segments->head), e->y, batch_bytes(e));
    return OT_OK;
}

ot_status ot__controlled_backward(ot__controlled *e, const ot_program *head)
{
    memcpy(e->y, ot_program_grad(head, e->segments->head), batch_bytes(e));
    for (int b = e->segments->n - 1; b >= 0; b--)
        OT_TRY(ot__stepper_back(e->block[b], e->y, true));
    return ot_backward(e->stem, e->y, true);
}

/* ---- finding what is not finite ---- */

/* How the inputs of the head are loaded: the labels by load, the state from e->y. */
typedef struct arrival {
    const ot__controlled *e;
    ot_program *head;
    void (*load)(void *user);
    void *user;
} arrival;

static void load_head(void *user)
{
    const arrival *a = user;
    a->load(a->user);
    memcpy(ot_program_input(a->head, a->e->segments->head), a->e->y, batch_bytes(a->e));
}

/* One step of a block to run again. */
typedef struct again {
    ot_stepper *st;
    int step;      /* the kept step to run; used if y is NULL */
    const void *y; /* the state before the step that was tried last; NULL: run a kept step */
} again;

static void load_again(void *user)
{
    const again *a = user;
    if (a->y)
        ot__stepper_load_tried(a->st, a->y);
    else
        ot__stepper_load_kept(a->st, a->step);
}

static bool scan_tried(const ot__controlled *e, ot_stepper *st, ot__culprit *c)
{
    again a = { .st = st, .y = e->y };
    return ot__scan(ot__stepper_program(st, false),
                    &(ot__scan_run){ .n = e->images, .load = load_again, .user = &a }, c);
}

/* Scans the steps of a block backward.  false: e->y has become the gradient before the block. */
static bool scan_back(const ot__controlled *e, ot_stepper *st, ot_var x, ot__culprit *c)
{
    ot_program *const p = ot__stepper_program(st, true);
    for (int i = ot__stepper_steps(st) - 1; i >= 0; i--) {
        again a = { .st = st, .step = i };
        if (ot__scan(
                p, &(ot__scan_run){ .n = e->images, .load = load_again, .user = &a, .seed = e->y },
                c))
            return true;
        memcpy(e->y, ot_program_grad(p, x), batch_bytes(e));
    }
    return false;
}

/* Scans stem and blocks forward.  false: e->y has become the state that the head reads. */
static bool scan_to_head(ot__controlled *e, const ot__scan_run *stem, ot__culprit *c)
{
    if (ot__scan(e->stem, stem, c)) return true;
    memcpy(e->y, ot_program_value(e->stem, e->segments->stem), batch_bytes(e));
    for (int b = 0; b < e->segments->n; b++) {
        ot__stepper_batch(e->block[b], e->images);
        if (ot__stepper_controlled(e->block[b], 1, e->control, e->y, NULL) != OT_OK)
            return scan_tried(e, e->block[b], c);
    }
    return false;
}

bool ot__controlled_scan(ot__controlled *e, ot_program *head, int n, void (*load)(void *user),
                         void *user, ot__culprit *c)
{
    arrival a = { e, head, load, user };
    if (e->out_of_reach) return false;
    e->images = n;
    ot__scan_run stem = { .n = n, .load = load, .user = user, .forward_only = true };
    if (scan_to_head(e, &stem, c)) return true;
    if (ot__scan(head, &(ot__scan_run){ .n = n, .load = load_head, .user = &a }, c)) return true;
    memcpy(e->y, ot_program_grad(head, e->segments->head), batch_bytes(e));
    for (int b = e->segments->n - 1; b >= 0; b--)
        if (scan_back(e, e->block[b], e->segments->step[b].x, c)) return true;
    stem.forward_only = false;
    stem.seed = e->y;
    return ot__scan(e->stem, &stem, c);
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

void ot__controlled_describe(const ot__controlled *e, ot_program_info *info)
{
    const ot_program_info stem = ot_program_describe(e->stem);
    add_info(info, &stem);
    for (int b = 0; b < e->segments->n; b++) {
        const ot_program_info block = ot__stepper_describe(e->block[b]);
        add_info(info, &block);
    }
}

size_t ot__controlled_bytes(const ot__controlled *e)
{
    const int states = e->opts.forward_only ? 1 : 1 + e->segments->n;
    return (size_t)states * (size_t)e->opts.batch * e->bytes;
}
