/* SPDX-License-Identifier: BSD-3-Clause
 * Compiles the segments of a network (models/segments.h) and runs them one after another.  A
 * segment that is one step of a block has a stepper, every other one has a program.  The state of
 * the whole batch is copied from the result of each segment to the input of the next one, and its
 * gradient is copied back in the reverse order.  A network of one segment is one program, and
 * nothing is copied. */
#include "train/segments_run.h"

#include <math.h>
#include <string.h>

#include "autograd/program.h"
#include "base/check.h"
#include "base/memory.h"
#include "base/number.h"

/* Bytes of the state of one image that segment i is given; i > 0. */
static size_t image_bytes(const ot_execution *e, int i)
{
    const ot_shape s = ot_var_shape(ot_net_tape(e->net), ot__segment_at(e, i)->x);
    size_t n = ot__dtype_size(e->opts.dtype);
    for (int k = 1; k < s.rank; k++)
        n *= (size_t)s.dim[k];
    return n;
}

size_t ot__segment_bytes(const ot_execution *e, int i)
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

static ot_status open_step(ot_execution *e, int i, ot_stepper **out)
{
    const ot__segment *const s = ot__segment_at(e, i);
    char scope[sizeof s->name + 1];
    snprintf(scope, sizeof scope, "%s.", s->name);
    return ot__stepper_open(
        &s->step,
        &(ot__stepper_opts){ .dtype = e->opts.dtype,
                             .share = e->opts.share,
                             .tier = e->opts.tier,
                             .evaluate = e->opts.evaluate,
                             .forward_only = e->opts.forward_only,
                             .plan_only = e->opts.plan_only,
                             .backsolve = ot_net_options(e->net)->gradient == OT_GRADIENT_BACKSOLVE,
                             .batch = e->opts.batch,
                             .memory_limit = e->limit ? e->limit[i] : 0,
                             .params = e->opts.params,
                             .scope = scope,
                             .ran = note_piece,
                             .user = e },
        out);
}

static ot_status open_program(ot_execution *e, int i, ot_program **out)
{
    const ot_var keep[] = { ot_net_logits(e->net), ot_net_features(e->net) };
    ot_compile_opts how = e->opts;
    how.input_gradients |= i > 0 && !how.forward_only;
    if (e->last > 0) how.memory_limit = e->limit ? e->limit[i] : 0;
    how.n_keep = i == e->last ? 1 + e->features : 0;
    how.keep = keep;
    return ot_compile(ot_net_tape(e->net), ot__segment_at(e, i)->y, &how, out);
}

/* The first program makes the parameters if none are given, and all others share them. */
static ot_status open_parts(ot_execution *e)
{
    e->part = ot__new((size_t)e->segments->n, sizeof *e->part);
    if (!e->part) return OT_ENOMEM;
    for (int i = 0; i <= e->last; i++) {
        ot__runner *const p = &e->part[i];
        OT_TRY(ot__segment_at(e, i)->repeated ? open_step(e, i, &p->stepper)
                                              : open_program(e, i, &p->program));
        if (!e->opts.params) e->opts.params = ot_program_params(p->program);
    }
    if (e->last == 0 || e->opts.plan_only) return OT_OK;
    e->y = ot__new((size_t)e->opts.batch * largest_bytes(e), 1);
    return e->y ? OT_OK : OT_ENOMEM;
}

static ot_status new_execution(const ot_net *net, const ot_compile_opts *opts, ot_execution **out)
{
    ot_execution *const e = *out = ot__new(1, sizeof *e);
    if (!e) return OT_ENOMEM;
    *e = (ot_execution){ .net = net, .segments = ot__net_segments(net) };
    if (opts) e->opts = *opts;
    if (!e->opts.batch) e->opts.batch = ot_net_options(net)->batch;
    if (e->opts.share) e->share = *e->opts.share, e->opts.share = &e->share;
    e->last = e->segments->n - 1;
    return OT_OK;
}

/* Opens the parts of an execution that was made with a status so far; frees it if that fails. */
static ot_status open_or_free(ot_execution *e, ot_status status, ot_execution **out)
{
    if (status == OT_OK) status = open_parts(e);
    if (status == OT_OK)
        *out = e;
    else
        ot_execution_free(e);
    return status;
}

static ot_status open_whole(const ot_net *net, const ot_compile_opts *opts, bool features,
                            ot_execution **out)
{
    ot_execution *e = NULL;
    OT_TRY(ot__check_given("execution", "where to put it", out));
    *out = NULL;
    OT_TRY(ot__check_given("execution", "the network", net));
    OT_TRY(new_execution(net, opts, &e));
    e->features = features;
    if (e->opts.rebuild && e->last > 0) {
        ot_execution_free(e);
        return ot__fail(OT_EINVAL, "rebuild: blocks with controlled steps keep only their states "
                                   "anyway; those with fixed steps can be rebuilt");
    }
    const bool divides = e->opts.memory_limit && e->last > 0;
    return open_or_free(e, divides ? ot__divide_limit(e) : OT_OK, out);
}

ot_status ot_execution_new(const ot_net *net, const ot_compile_opts *opts, ot_execution **out)
{
    return open_whole(net, opts, false, out);
}

ot_status ot__execution_with_features(const ot_net *net, const ot_compile_opts *opts,
                                      ot_execution **out)
{
    if (ot_net_features(net).id) return open_whole(net, opts, true, out);
    *out = NULL;
    return ot__fail(OT_EINVAL, "execution: the logits of the network are not the result of a "
                               "linear layer, so it has no features");
}

ot_status ot__execution_planned(const ot_net *net, const ot_compile_opts *opts, size_t limit,
                                ot_execution **out)
{
    ot_execution *e = NULL;
    *out = NULL;
    OT_TRY(new_execution(net, opts, &e));
    e->limit = ot__new((size_t)e->last + 1, sizeof *e->limit);
    for (int i = 0; e->limit && i <= e->last; i++)
        e->limit[i] = limit;
    return open_or_free(e, e->limit ? OT_OK : OT_ENOMEM, out);
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
    ot__free(e->limit);
    ot__free(e->y);
    ot__free(e);
}

/* ---- access ---- */

ot__share *ot__execution_share(ot_execution *e)
{
    return e->opts.share ? &e->share : NULL;
}

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

const void *ot__execution_features(const ot_execution *e)
{
    return ot_program_value(e->part[e->last].program, ot_net_features(e->net));
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
    sum->backward_evaluations += part->backward_evaluations;
}

ot_status ot__segment_integrate(ot_execution *e, int i, ot_control_result *result)
{
    ot_stepper *const st = e->part[i].stepper;
    ot__stepper_batch(st, e->images);
    return ot__stepper_controlled(st, 1, &ot_net_options(e->net)->control, e->y, result);
}

static ot_status forward_block(ot_execution *e, int i)
{
    ot_control_result one;
    const ot_status status = ot__segment_integrate(e, i, &one);
    e->out_of_reach = status != OT_OK && !ot__stepper_not_finite(e->part[i].stepper);
    if (status != OT_OK)
        return ot__fail(status, "block %d: %s", ot__segment_at(e, i)->block, ot_message());
    ot__control_add(&e->control, &one);
    return OT_OK;
}

void ot__segment_hand_in(ot_execution *e, int i)
{
    if (i > 0)
        memcpy(ot_program_input(e->part[i].program, ot__segment_at(e, i)->x), e->y,
               ot__segment_bytes(e, i));
}

void ot__segment_hand_on(ot_execution *e, int i)
{
    if (i < e->last)
        memcpy(e->y, ot_program_value(e->part[i].program, ot__segment_at(e, i)->y),
               ot__segment_bytes(e, i + 1));
}

void ot__segment_hand_back(ot_execution *e, int i)
{
    if (i > 0)
        memcpy(e->y, ot_program_grad(e->part[i].program, ot__segment_at(e, i)->x),
               ot__segment_bytes(e, i));
}

static ot_status forward_program(ot_execution *e, int i)
{
    ot__segment_hand_in(e, i);
    OT_TRY(ot_forward(e->part[i].program, e->images));
    note_piece(e->part[i].program, e);
    ot__segment_hand_on(e, i);
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

static ot_status backward_block(ot_execution *e, int i)
{
    long evaluations = 0;
    const ot_status status = ot__stepper_back(e->part[i].stepper, e->y, true, &evaluations);
    e->control.backward_evaluations += evaluations;
    if (status == OT_OK) return OT_OK;
    return ot__fail(status, "block %d: %s", ot__segment_at(e, i)->block, ot_message());
}

static ot_status backward_program(ot_execution *e, int i)
{
    OT_TRY(ot_backward(e->part[i].program, e->y, true));
    ot__segment_hand_back(e, i);
    return OT_OK;
}

ot_status ot_execution_backward(ot_execution *e, const void *seed)
{
    OT_TRY(ot__check_given("backward", "the execution", e));
    OT_TRY(ot_backward(e->part[e->last].program, seed, false));
    e->control.backward_evaluations = 0;
    ot__segment_hand_back(e, e->last);
    for (int i = e->last - 1; i >= 0; i--)
        OT_TRY(e->part[i].stepper ? backward_block(e, i) : backward_program(e, i));
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
        const ot__runner *const p = &e->part[i];
        ot_program *const runs = p->stepper ? ot__stepper_program(p->stepper, false) : p->program;
        runs->watch_pieces = true;
    }
}

uint64_t ot__execution_piece(const ot_execution *e)
{
    return e->piece;
}

ot_status ot__execution_measure_rebuild(ot_execution *e, bool on)
{
    return ot_program_measure_rebuild(e->part[0].program, on);
}

double ot__execution_rebuild_error(const ot_execution *e)
{
    return ot_program_rebuild_error(e->part[0].program);
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
    sum->flops_replayed += part->flops_replayed;
    if (part->replays)
        sum->replays_from = part->replays_from; /* parts are added from the last on */
    if (part->replays && !sum->replays) sum->replays_to = part->replays_to;
    sum->replays += part->replays;
}

ot_program_info ot_execution_describe(const ot_execution *e)
{
    if (!e) return (ot_program_info){ 0 };
    ot_program_info all = ot_program_describe(e->part[e->last].program);
    for (int i = e->last - 1; i >= 0; i--) {
        const ot__runner *const p = &e->part[i];
        const ot_program_info one =
            p->stepper ? ot__stepper_describe(p->stepper) : ot_program_describe(p->program);
        add_info(&all, &one);
    }
    if (e->last > 0) all.least_bytes = e->least;
    return all;
}

int ot__execution_equal_steps(const ot_execution *e)
{
    return ot_net_options(e->net)->control.steps;
}

size_t ot__execution_bytes(const ot_execution *e)
{
    size_t bytes = (size_t)e->opts.batch * largest_bytes(e);
    for (int i = 1; i < e->last; i++)
        if (e->part[i].stepper)
            bytes += ot__stepper_bytes(e->part[i].stepper, ot__execution_equal_steps(e));
    return bytes;
}

/* ---- its programs ---- */

/* The programs of one part, in the order in which they run first.  Returns their number. */
static int programs_of(const ot_execution *e, int i, ot__execution_program of[2])
{
    const ot__runner *const p = &e->part[i];
    const char *const name = e->last > 0 ? ot__segment_at(e, i)->name : NULL;
    of[0] = of[1] =
        (ot__execution_program){ .program = p->program, .segment = name, .what = "", .runs = 1 };
    if (!p->stepper) return 1;
    of[0].program = ot__stepper_program(p->stepper, false);
    of[0].what = ", one step";
    of[0].forward_step = true;
    of[1].program = ot__stepper_program(p->stepper, true);
    of[1].what = ot__stepper_backsolves(p->stepper) ? ", one evaluation, and backward"
                                                    : ", one step again, and backward";
    of[1].runs = ot__stepper_back_runs(p->stepper);
    of[0].evaluations = ot__segment_at(e, i)->step.evaluations;
    of[1].evaluations = ot__stepper_back_evaluations(p->stepper);
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
