/* SPDX-License-Identifier: BSD-3-Clause
 * Compiles the segments of a network (models/segments.h) and runs them one after another.  A
 * segment that is one step of a block has a stepper, every other one has a program.  The state of
 * the whole batch is copied from the result of each segment to the input of the next one, and its
 * gradient is copied back in the reverse order.  A network of one segment is one program, and
 * nothing is copied. */
#include "train/execution.h"

#include <math.h>
#include <string.h>

#include "autograd/program.h"
#include "base/check.h"
#include "base/memory.h"
#include "base/number.h"

/* What runs one segment: one of the two. */
typedef struct runner {
    ot_program *program;
    ot_stepper *stepper;
} runner;

struct ot_execution {
    const ot_net *net;
    const ot__segments *segments;
    ot_compile_opts opts;
    runner *part; /* by segment */
    int last;     /* the last segment */
    void *y;      /* the state between two segments, or its gradient; NULL for one segment */
    int images;   /* in the batch that runs */
    ot_control_result control; /* of the last forward run */
    bool out_of_reach;         /* that run failed at a tolerance, with finite numbers */
    uint64_t piece;            /* of that run, if the programs watch pieces */
};

static const ot__segment *segment(const ot_execution *e, int i)
{
    return &e->segments->of[i];
}

/* Bytes of the state of one image that segment i is given; i > 0. */
static size_t image_bytes(const ot_execution *e, int i)
{
    const ot_shape s = ot_var_shape(ot_net_tape(e->net), segment(e, i)->x);
    size_t n = ot__dtype_size(e->opts.dtype);
    for (int k = 1; k < s.rank; k++)
        n *= (size_t)s.dim[k];
    return n;
}

/* The same for the batch that runs. */
static size_t batch_bytes(const ot_execution *e, int i)
{
    return (size_t)e->images * image_bytes(e, i);
}

static size_t largest_bytes(const ot_execution *e)
{
    size_t most = 0;
    for (int i = 1; i <= e->last; i++)
        if (image_bytes(e, i) > most) most = image_bytes(e, i);
    return most;
}

/* ---- opening ---- */

/* Adds the piece that a program has run on to that of the whole run. */
static void note_piece(const ot_program *p, void *user)
{
    ot_execution *const e = user;
    e->piece = (e->piece ^ p->piece) * 0x100000001B3u;
}

static ot_status open_step(ot_execution *e, const ot__segment *s, ot_stepper **out)
{
    char scope[sizeof s->name + 1];
    snprintf(scope, sizeof scope, "%s.", s->name);
    return ot__stepper_open(&s->step,
                            &(ot__stepper_opts){ .dtype = e->opts.dtype,
                                                 .tier = e->opts.tier,
                                                 .evaluate = e->opts.evaluate,
                                                 .forward_only = e->opts.forward_only,
                                                 .plan_only = e->opts.plan_only,
                                                 .batch = e->opts.batch,
                                                 .params = e->opts.params,
                                                 .scope = scope,
                                                 .ran = note_piece,
                                                 .user = e },
                            out);
}

static ot_status open_program(ot_execution *e, int i, ot_program **out)
{
    const ot_var logits = ot_net_logits(e->net);
    ot_compile_opts how = e->opts;
    how.input_gradients |= i > 0 && !how.forward_only;
    how.n_keep = i == e->last ? 1 : 0;
    how.keep = &logits;
    return ot_compile(ot_net_tape(e->net), segment(e, i)->y, &how, out);
}

/* The first program makes the parameters if none are given, and all others share them. */
static ot_status open_parts(ot_execution *e)
{
    e->part = ot__new((size_t)e->segments->n, sizeof *e->part);
    if (!e->part) return OT_ENOMEM;
    for (int i = 0; i <= e->last; i++) {
        runner *const p = &e->part[i];
        const ot__segment *const s = segment(e, i);
        OT_TRY(s->repeated ? open_step(e, s, &p->stepper) : open_program(e, i, &p->program));
        if (!e->opts.params) e->opts.params = ot_program_params(p->program);
    }
    if (e->last == 0 || e->opts.plan_only) return OT_OK;
    e->y = ot__new((size_t)e->opts.batch * largest_bytes(e), 1);
    return e->y ? OT_OK : OT_ENOMEM;
}

ot_status ot_execution_new(const ot_net *net, const ot_compile_opts *opts, ot_execution **out)
{
    OT_TRY(ot__check_given("execution", "where to put it", out));
    *out = NULL;
    OT_TRY(ot__check_given("execution", "the network", net));
    ot_execution *const e = ot__new(1, sizeof *e);
    if (!e) return OT_ENOMEM;
    *e = (ot_execution){ .net = net, .segments = ot__net_segments(net) };
    if (opts) e->opts = *opts;
    if (!e->opts.batch) e->opts.batch = ot_net_options(net)->batch;
    e->last = e->segments->n - 1;
    const ot_status status = open_parts(e);
    if (status == OT_OK)
        *out = e;
    else
        ot_execution_free(e);
    return status;
}

/* The first program is freed last, because it may own the parameters. */
void ot_execution_free(ot_execution *e)
{
    if (!e) return;
    for (int i = e->last; e->part && i >= 0; i--) {
        ot_stepper_free(e->part[i].stepper);
        ot_program_free(e->part[i].program);
    }
    ot__free(e->part);
    ot__free(e->y);
    ot__free(e);
}

/* ---- access ---- */

ot_params *ot_execution_params(ot_execution *e)
{
    return e ? e->opts.params : NULL;
}

void *ot_execution_images(ot_execution *e)
{
    return e ? ot_program_input(e->part[0].program, ot_net_images(e->net)) : NULL;
}

int32_t *ot_execution_labels(ot_execution *e)
{
    return e ? ot_program_input(e->part[e->last].program, ot_net_labels(e->net)) : NULL;
}

int32_t *ot_execution_second_labels(ot_execution *e)
{
    return e ? ot_program_input(e->part[e->last].program, ot_net_second_labels(e->net)) : NULL;
}

void *ot_execution_label_weight(ot_execution *e)
{
    return e ? ot_program_input(e->part[e->last].program, ot_net_label_weight(e->net)) : NULL;
}

const void *ot_execution_logits(const ot_execution *e)
{
    return e ? ot_program_value(e->part[e->last].program, ot_net_logits(e->net)) : NULL;
}

double ot_execution_loss(const ot_execution *e)
{
    const void *loss = e ? ot_program_value(e->part[e->last].program, ot_net_loss(e->net)) : NULL;
    return loss ? ot__number(loss, e->opts.dtype, 0) : NAN;
}

ot_control_result ot_execution_control(const ot_execution *e)
{
    return e ? e->control : (ot_control_result){ 0 };
}

bool ot__execution_counts(const ot_net *net)
{
    const ot__segments *const all = ot__net_segments(net);
    for (int i = 0; i < all->n; i++)
        if (all->of[i].repeated) return true;
    return false;
}

/* ---- running ---- */

void ot__control_add(ot_control_result *sum, const ot_control_result *part)
{
    if (part->accepted > 0)
        sum->smallest = sum->accepted > 0 ? fmin(sum->smallest, part->smallest) : part->smallest;
    sum->largest = fmax(sum->largest, part->largest);
    sum->accepted += part->accepted;
    sum->rejected += part->rejected;
    sum->evaluations += part->evaluations;
}

/* Runs the steps of a block from the state e->y. */
static ot_status integrate(ot_execution *e, int i, ot_control_result *result)
{
    ot_stepper *const st = e->part[i].stepper;
    ot__stepper_batch(st, e->images);
    return ot__stepper_controlled(st, 1, &ot_net_options(e->net)->control, e->y, result);
}

static ot_status forward_block(ot_execution *e, int i)
{
    ot_control_result one;
    const ot_status status = integrate(e, i, &one);
    e->out_of_reach = status != OT_OK && !ot__stepper_not_finite(e->part[i].stepper);
    if (status != OT_OK)
        return ot__fail(status, "block %d: %s", segment(e, i)->block, ot_message());
    ot__control_add(&e->control, &one);
    return OT_OK;
}

/* Copies the state e->y to the input of a program, and its result to e->y. */
static void hand_in(ot_execution *e, int i)
{
    if (i > 0)
        memcpy(ot_program_input(e->part[i].program, segment(e, i)->x), e->y, batch_bytes(e, i));
}

static void hand_on(ot_execution *e, int i)
{
    if (i < e->last)
        memcpy(e->y, ot_program_value(e->part[i].program, segment(e, i)->y), batch_bytes(e, i + 1));
}

/* Copies the gradient of the input of a program to e->y. */
static void hand_back(ot_execution *e, int i)
{
    if (i > 0)
        memcpy(e->y, ot_program_grad(e->part[i].program, segment(e, i)->x), batch_bytes(e, i));
}

static ot_status forward_program(ot_execution *e, int i)
{
    hand_in(e, i);
    OT_TRY(ot_forward(e->part[i].program, e->images));
    note_piece(e->part[i].program, e);
    hand_on(e, i);
    return OT_OK;
}

ot_status ot_execution_forward(ot_execution *e, int n)
{
    OT_TRY(ot__check_given("run", "the execution", e));
    if (n < 1 || n > e->opts.batch || e->opts.plan_only)
        return ot_forward(e->part[0].program, n); /* which says what is wrong */
    e->images = n;
    e->control = (ot_control_result){ 0 };
    e->out_of_reach = false;
    e->piece = 0;
    for (int i = 0; i <= e->last; i++)
        OT_TRY(e->part[i].stepper ? forward_block(e, i) : forward_program(e, i));
    return OT_OK;
}

ot_status ot_execution_backward(ot_execution *e, const void *seed)
{
    OT_TRY(ot__check_given("backward", "the execution", e));
    OT_TRY(ot_backward(e->part[e->last].program, seed, false));
    hand_back(e, e->last);
    for (int i = e->last - 1; i >= 0; i--) {
        const runner *const p = &e->part[i];
        OT_TRY(p->stepper ? ot__stepper_back(p->stepper, e->y, true)
                          : ot_backward(p->program, e->y, true));
        if (p->program) hand_back(e, i);
    }
    return OT_OK;
}

ot_status ot_execution_replay(ot_execution *e, const ot_execution *of)
{
    OT_TRY(ot__check_given("replay", "the execution", e));
    OT_TRY(ot__check_given("replay", "the execution whose steps are repeated", of));
    bool alike = e->last == of->last;
    for (int i = 0; alike && i <= e->last; i++)
        alike = !e->part[i].stepper == !of->part[i].stepper;
    if (!alike)
        return ot__fail(OT_EINVAL,
                        "replay: the two executions are of different networks; both must "
                        "have the same blocks");
    for (int i = 0; i <= e->last; i++)
        if (e->part[i].stepper) OT_TRY(ot__stepper_replay(e->part[i].stepper, of->part[i].stepper));
    return OT_OK;
}

void ot__execution_watch_pieces(ot_execution *e)
{
    for (int i = 0; i <= e->last; i++) {
        const runner *const p = &e->part[i];
        ot_program *const runs = p->stepper ? ot__stepper_program(p->stepper, false) : p->program;
        runs->watch_pieces = true;
    }
}

uint64_t ot__execution_piece(const ot_execution *e)
{
    return e->piece;
}

/* ---- finding what is not finite ---- */

/* How the inputs of a program are loaded again. */
typedef struct arrival {
    ot_execution *e;
    int i;
    bool forward; /* e->y is the state that the program is given, not a gradient */
    void (*load)(void *user);
    void *user;
} arrival;

/* The input of a program between others still has what the forward run gave it. */
static void load_program(void *user)
{
    const arrival *a = user;
    if (a->i == 0 || a->i == a->e->last) a->load(a->user);
    if (a->forward) hand_in(a->e, a->i);
}

/* Scans a program forward, or forward and then backward from the seed. */
static bool scan_program(arrival *a, bool forward_only, const void *seed, ot__culprit *c)
{
    return ot__scan(a->e->part[a->i].program,
                    &(ot__scan_run){ .n = a->e->images,
                                     .load = load_program,
                                     .user = a,
                                     .forward_only = forward_only,
                                     .seed = seed },
                    c);
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

/* Finds what is not finite in the step of a block that was tried last. */
static bool scan_tried(const ot_execution *e, ot_stepper *st, ot__culprit *c)
{
    again a = { .st = st, .y = e->y };
    return ot__scan(ot__stepper_program(st, false),
                    &(ot__scan_run){ .n = e->images, .load = load_again, .user = &a }, c);
}

/* Scans the steps of a block backward.  false: e->y has become the gradient before the block. */
static bool scan_back(ot_execution *e, int i, ot__culprit *c)
{
    ot_stepper *const st = e->part[i].stepper;
    ot_program *const p = ot__stepper_program(st, true);
    for (int k = ot__stepper_steps(st) - 1; k >= 0; k--) {
        again a = { .st = st, .step = k };
        if (ot__scan(
                p, &(ot__scan_run){ .n = e->images, .load = load_again, .user = &a, .seed = e->y },
                c))
            return true;
        memcpy(e->y, ot_program_grad(p, segment(e, i)->x), batch_bytes(e, i));
    }
    return false;
}

/* Scans everything before the last segment forward.  *ended: a block fails, whatever is found. */
static bool scan_forward(arrival *a, bool *ended, ot__culprit *c)
{
    ot_execution *const e = a->e;
    for (a->i = 0; a->i < e->last; a->i++) {
        ot_stepper *const st = e->part[a->i].stepper;
        if (!st && scan_program(a, true, NULL, c)) return true;
        if (!st) hand_on(e, a->i);
        *ended = st && integrate(e, a->i, NULL) != OT_OK;
        if (*ended) return scan_tried(e, st, c);
    }
    return false;
}

bool ot__execution_scan(ot_execution *e, int n, void (*load)(void *user), void *user,
                        ot__culprit *c)
{
    arrival a = { .e = e, .forward = true, .load = load, .user = user };
    bool ended = false;
    if (e->out_of_reach) return false;
    e->images = n;
    if (scan_forward(&a, &ended, c)) return true;
    if (ended) return false;
    a.i = e->last;
    if (scan_program(&a, e->opts.forward_only, NULL, c)) return true;
    if (e->opts.forward_only) return false;
    hand_back(e, e->last);
    a.forward = false;
    for (a.i = e->last - 1; a.i >= 0; a.i--) {
        if (e->part[a.i].stepper ? scan_back(e, a.i, c) : scan_program(&a, false, e->y, c))
            return true;
        if (e->part[a.i].program) hand_back(e, a.i);
    }
    return false;
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

ot_program_info ot_execution_describe(const ot_execution *e)
{
    if (!e) return (ot_program_info){ 0 };
    ot_program_info all = ot_program_describe(e->part[e->last].program);
    for (int i = 0; i < e->last; i++) {
        const runner *const p = &e->part[i];
        const ot_program_info one =
            p->stepper ? ot__stepper_describe(p->stepper) : ot_program_describe(p->program);
        add_info(&all, &one);
    }
    return all;
}

size_t ot__execution_bytes(const ot_execution *e)
{
    size_t image = largest_bytes(e);
    for (int i = 1; i < e->last && !e->opts.forward_only; i++)
        if (e->part[i].stepper) image += image_bytes(e, i);
    return (size_t)e->opts.batch * image;
}

/* ---- its programs ---- */

/* The programs of one part, in the order in which they run first.  Returns their number. */
static int programs_of(const ot_execution *e, int i, ot__execution_program of[2])
{
    const runner *const p = &e->part[i];
    const char *const name = e->last > 0 ? segment(e, i)->name : NULL;
    of[0] = of[1] = (ot__execution_program){ .program = p->program, .segment = name, .what = "" };
    if (!p->stepper) return 1;
    of[0].program = ot__stepper_program(p->stepper, false);
    of[0].what = ", one step";
    of[0].forward_step = true;
    of[1].program = ot__stepper_program(p->stepper, true);
    of[1].what = ", one step again, and backward";
    return of[1].program ? 2 : 1;
}

int ot__execution_programs(const ot_execution *e)
{
    ot__execution_program of[2];
    int n = 0;
    for (int i = 0; i <= e->last; i++)
        n += programs_of(e, i, of);
    return n;
}

ot__execution_program ot__execution_program_at(const ot_execution *e, int i)
{
    ot__execution_program of[2];
    for (int s = 0; s <= e->last; s++) {
        const int n = programs_of(e, s, of);
        if (i < n) return of[i];
        i -= n;
    }
    return (ot__execution_program){ 0 };
}
