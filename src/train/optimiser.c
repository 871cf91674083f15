/* SPDX-License-Identifier: BSD-3-Clause
 * An optimiser moves all trained tensors.  Each tensor is cut into pieces, and one parallel loop
 * runs over the pieces of all tensors.  What happens to an element is a function in the table of
 * the optimiser, such as optimiser_sgd.c.  Elements do not depend on each other, so the bits do not
 * depend on the number of threads. */
#include "train/optimiser.h"

#include <math.h>
#include <string.h>

#include "base/check.h"
#include "base/decimal.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/parallel.h"
#include "base/status.h"
#include "train/arrays.h"
#include "train/parts.h"

enum {
    PIECE = 16384, /* most elements of a piece */
    BLOCK = 512,   /* elements whose step is computed at a time, to see whether it is finite */
};

typedef struct piece {
    int tensor;     /* place in ot_optimiser.tensors */
    size_t from, n; /* first element, and their number */
} piece;

/* One trained tensor. */
typedef struct tensor {
    int index; /* in the parameters */
    ot_rule rule;
    bool decays;                       /* it has weight decay */
    void *w;                           /* values, which are looked up before each step */
    void *g;                           /* gradient, looked up before each step */
    void *s[OT_OPTIMISER_STATES_MOST]; /* states */
} tensor;

struct ot_optimiser {
    ot_params *params;
    ot_dtype dtype;
    ot_optimiser_opts opts;
    ot__part part;
    const ot_optimiser_kind *kind; /* of the part */
    int n_states;
    long long steps; /* that have been taken */
    int n_tensors, n_pieces;
    tensor *tensors;
    piece *pieces;
    void *states; /* of all tensors, one after another */
    size_t state_bytes;
    double *sums; /* by piece, for the norm of the gradients */
};

/* ---- making one ---- */

ot_optimiser_opts ot__optimiser_options(const ot_train_opts *o)
{
    return (ot_optimiser_opts){ .name = o->optimiser,
                                .momentum = o->momentum,
                                .weight_decay = o->weight_decay,
                                .decay_on = o->decay_on,
                                .clip_norm = o->clip_norm,
                                .clamp = o->clamp };
}

static ot_status check_amount(const char *what, double x)
{
    if (x >= 0.0 && x < INFINITY) return OT_OK;
    return ot__fail(OT_EINVAL, "%s is %s; it must be 0 or more", what, OT__REAL(x));
}

static ot_status check(const ot_optimiser_opts *o)
{
    if (!(o->momentum >= 0.0 && o->momentum < 1.0))
        return ot__fail(OT_EINVAL, "momentum is %s; it must be at least 0 and below 1",
                        OT__REAL(o->momentum));
    OT_TRY(check_amount("weight decay", o->weight_decay));
    OT_TRY(check_amount("the norm to clip gradients to", o->clip_norm));
    OT_TRY(check_amount("the limit to clamp parameters to", o->clamp));
    return ot__check_choice("optimiser", "what decays", (int)o->decay_on, OT_DECAY_ON_WEIGHTS);
}

/* Reads the optimiser's name and attributes, and counts its states. */
static ot_status read_kind(ot_optimiser *o)
{
    OT_TRY(ot__part_read(ot__optimisers(), o->opts.name ? o->opts.name : "sgd", &o->part));
    o->kind = (const ot_optimiser_kind *)o->part.about;
    while (o->kind->states && o->kind->states[o->n_states])
        o->n_states++;
    const char *const wrong =
        o->kind->refuse ? o->kind->refuse(o->part.attributes, &o->opts) : NULL;
    return wrong ? ot__fail(OT_EINVAL, "%s: %s", o->part.text, wrong) : OT_OK;
}

/* Whether the optimiser moves tensor i. */
static bool moves(const ot_params *ps, int i)
{
    return ot_params_trained(ps, i) && !ot_params_frozen(ps, i);
}

/* Sets the numbers of tensors, pieces and bytes. */
static void count(ot_optimiser *o, const ot_params *ps)
{
    size_t elements = 0;
    for (int i = 0; i < ot_params_count(ps); i++)
        if (moves(ps, i)) {
            o->n_tensors++;
            o->n_pieces += ot__chunks(ot_params_elements(ps, i), PIECE);
            elements += ot_params_elements(ps, i);
        }
    o->state_bytes = (size_t)o->n_states * elements * ot__dtype_size(o->dtype);
}

static bool decays(const ot_optimiser *o, int index)
{
    return !ot_params_rule(o->params, index).no_decay &&
           (o->opts.decay_on == OT_DECAY_ON_ALL || ot_params_shape(o->params, index).rank >= 2);
}

/* Fills the tables of tensors and pieces. */
static void cut(ot_optimiser *o)
{
    char *state = o->states;
    piece *next = o->pieces;
    int k = 0;
    for (int i = 0; i < ot_params_count(o->params); i++) {
        if (!moves(o->params, i)) continue;
        const size_t n = ot_params_elements(o->params, i);
        o->tensors[k] =
            (tensor){ .index = i, .rule = ot_params_rule(o->params, i), .decays = decays(o, i) };
        for (int s = 0; s < o->n_states; s++, state += n * ot__dtype_size(o->dtype))
            o->tensors[k].s[s] = state;
        for (size_t from = 0; from < n; from += PIECE)
            *next++ = (piece){ k, from, n - from < PIECE ? n - from : PIECE };
        k++;
    }
}

/* Looks up the current values and gradients.  Returns false if no tensor has a gradient; a single
 * tensor without one is not trained. */
static bool look_up(ot_optimiser *o)
{
    bool any = false;
    for (int k = 0; k < o->n_tensors; k++) {
        tensor *t = &o->tensors[k];
        t->w = ot_params_edit(o->params, t->index, o->dtype);
        t->g = ot_params_grad(o->params, t->index, o->dtype);
        any = any || (t->w && t->g);
    }
    return any;
}

static ot_status prepare(ot_optimiser *o)
{
    OT_TRY(read_kind(o));
    o->opts.name = o->part.text;
    count(o, o->params);
    o->tensors = ot__new((size_t)o->n_tensors, sizeof *o->tensors);
    o->pieces = ot__new((size_t)o->n_pieces, sizeof *o->pieces);
    o->states = ot__new(o->state_bytes, 1);
    o->sums = ot__new((size_t)o->n_pieces, sizeof *o->sums);
    if (!o->tensors || !o->pieces || !o->states || !o->sums) return OT_ENOMEM;
    cut(o);
    if (!look_up(o))
        return ot__fail(OT_EINVAL, "optimiser: no parameter has a gradient; compile a program that "
                                   "has gradients in the same dtype first");
    return OT_OK;
}

ot_status ot_optimiser_new(ot_params *ps, ot_dtype dtype, const ot_optimiser_opts *opts,
                           ot_optimiser **out)
{
    static const ot_optimiser_opts defaults = { .name = NULL };
    OT_TRY(ot__check_given("optimiser", "where to put it", out));
    *out = NULL;
    OT_TRY(ot__check_given("optimiser", "the parameters", ps));
    OT_TRY(ot__check_choice("optimiser", "dtype", (int)dtype, OT_F64));
    OT_TRY(check(opts ? opts : &defaults));
    ot_optimiser *o = ot__new(1, sizeof *o);
    if (!o) return OT_ENOMEM;
    *o = (ot_optimiser){ .params = ps, .dtype = dtype, .opts = opts ? *opts : defaults };
    const ot_status status = prepare(o);
    if (status != OT_OK) {
        ot_optimiser_free(o);
        return status;
    }
    *out = o;
    return OT_OK;
}

void ot_optimiser_free(ot_optimiser *o)
{
    if (!o) return;
    ot__part_free(&o->part);
    ot__free(o->tensors);
    ot__free(o->pieces);
    ot__free(o->states);
    ot__free(o->sums);
    ot__free(o);
}

size_t ot_optimiser_bytes(const ot_optimiser *o)
{
    if (!o) return 0;
    return o->state_bytes + (size_t)o->n_pieces * (sizeof *o->pieces + sizeof *o->sums) +
           (size_t)o->n_tensors * sizeof *o->tensors;
}

ot_status ot__optimiser_bytes_of(const ot_params *ps, ot_dtype dtype, const ot_optimiser_opts *opts,
                                 size_t *bytes)
{
    ot_optimiser o = { .dtype = dtype, .opts = *opts };
    OT_TRY(check(opts));
    const ot_status status = read_kind(&o);
    if (status == OT_OK) count(&o, ps);
    *bytes = ot_optimiser_bytes(&o);
    ot__part_free(&o.part);
    return status;
}

/* ---- states ---- */

static void *state_of(void *user, int i, int k)
{
    const ot_optimiser *const o = user;
    for (int t = 0; t < o->n_tensors; t++)
        if (o->tensors[t].index == i) return o->tensors[t].s[k];
    return NULL;
}

ot__states ot__optimiser_states(ot_optimiser *o)
{
    return (ot__states){
        .n = o->n_states, .name = o->kind->states, .of = state_of, .user = o, .dtype = o->dtype
    };
}

void ot__optimiser_resume(ot_optimiser *o, long long steps)
{
    o->steps = steps;
}

/* ---- a step ---- */

static void *at(void *array, ot_dtype dtype, size_t i)
{
    return (char *)array + i * ot__dtype_size(dtype);
}

/* What the function of the optimiser gets for a tensor. */
static ot_update update_of(const ot_optimiser *o, const tensor *t, double lr)
{
    return (ot_update){ .attributes = o->part.attributes,
                        .lr = lr * t->rule.lr,
                        .momentum = o->opts.momentum,
                        .weight_decay = t->decays ? o->opts.weight_decay : 0.0,
                        .step = o->steps + 1 };
}

static void step(const ot_optimiser *o, const ot_update *u, size_t n, void *w, const void *g,
                 void *const s[])
{
    if (o->dtype == OT_F64) {
        double *const states[OT_OPTIMISER_STATES_MOST] = { s[0], s[1], s[2], s[3] };
        o->kind->step_f64(u, n, w, g, states);
    } else {
        float *const states[OT_OPTIMISER_STATES_MOST] = { s[0], s[1], s[2], s[3] };
        o->kind->step_f32(u, n, w, g, states);
    }
}

/* Takes the step of n elements of a tensor on copies, and returns whether these are finite then. */
static bool block_stays_finite(const ot_optimiser *o, const ot_update *u, const tensor *t,
                               size_t from, size_t n)
{
    double copy[1 + OT_OPTIMISER_STATES_MOST][BLOCK];
    void *s[OT_OPTIMISER_STATES_MOST] = { NULL };
    const size_t bytes = n * ot__dtype_size(o->dtype);
    memcpy(copy[0], at(t->w, o->dtype, from), bytes);
    for (int k = 0; k < o->n_states; k++) {
        s[k] = copy[1 + k];
        memcpy(s[k], at(t->s[k], o->dtype, from), bytes);
    }
    step(o, u, n, copy[0], at(t->g, o->dtype, from), s);
    bool finite = true;
    for (int k = 0; k <= o->n_states; k++)
        finite &= ot__all_finite(copy[k], o->dtype, n);
    return finite;
}

static bool piece_stays_finite(const ot_optimiser *o, const piece *p, double lr)
{
    const tensor *const t = &o->tensors[p->tensor];
    if (!t->w || !t->g) return true;
    const ot_update u = update_of(o, t, lr);
    bool finite = true;
    for (size_t i = 0; i < p->n && finite; i += BLOCK)
        finite = block_stays_finite(o, &u, t, p->from + i, p->n - i < BLOCK ? p->n - i : BLOCK);
    return finite;
}

static void step_piece(const ot_optimiser *o, const piece *p, double lr)
{
    const tensor *const t = &o->tensors[p->tensor];
    void *s[OT_OPTIMISER_STATES_MOST] = { NULL };
    if (!t->w || !t->g) return;
    const ot_update u = update_of(o, t, lr);
    for (int k = 0; k < o->n_states; k++)
        s[k] = at(t->s[k], o->dtype, p->from);
    void *const w = at(t->w, o->dtype, p->from);
    step(o, &u, p->n, w, at(t->g, o->dtype, p->from), s);
    if (o->opts.clamp > 0.0) ot__clamp(w, o->dtype, p->n, o->opts.clamp);
}

/* Scales the gradients so that the root of the sum of all their squares is at most clip_norm.
 * PyTorch adds 1e-6 to that root. */
static void clip(ot_optimiser *o)
{
    double sum = 0.0;
    OT__PARALLEL_FOR
    for (int i = 0; i < o->n_pieces; i++) {
        const piece *const p = &o->pieces[i];
        const void *const g = o->tensors[p->tensor].g;
        o->sums[i] = g ? ot__sum_of_squares(at((void *)g, o->dtype, p->from), o->dtype, p->n) : 0.0;
    }
    for (int i = 0; i < o->n_pieces; i++)
        sum += o->sums[i];
    const double factor = o->opts.clip_norm / (sqrt(sum) + 1e-6);
    if (factor >= 1.0) return;
    OT__PARALLEL_FOR
    for (int i = 0; i < o->n_pieces; i++) {
        const piece *const p = &o->pieces[i];
        void *const g = o->tensors[p->tensor].g;
        if (g) ot__scale(at(g, o->dtype, p->from), o->dtype, p->n, factor);
    }
}

void ot__optimiser_begin(ot_optimiser *o)
{
    if (o->opts.clip_norm == 0.0) return;
    look_up(o);
    if (o->dtype == OT_F32) ot__float32_begin();
    clip(o);
    if (o->dtype == OT_F32) ot__float32_end();
}

bool ot__optimiser_stays_finite(ot_optimiser *o, double lr)
{
    bool finite = true;
    look_up(o);
    if (o->dtype == OT_F32) ot__float32_begin();
    OT__PARALLEL_FOR
    for (int i = 0; i < o->n_pieces; i++) {
        if (!piece_stays_finite(o, &o->pieces[i], lr)) {
#pragma omp atomic write
            finite = false;
        }
    }
    if (o->dtype == OT_F32) ot__float32_end();
    return finite;
}

void ot__optimiser_take(ot_optimiser *o, double lr)
{
    if (!isfinite(lr)) return;
    look_up(o);
    if (o->dtype == OT_F32) ot__float32_begin();
    OT__PARALLEL_FOR
    for (int i = 0; i < o->n_pieces; i++)
        step_piece(o, &o->pieces[i], lr);
    if (o->dtype == OT_F32) ot__float32_end();
    o->steps++;
}

void ot_optimiser_step(ot_optimiser *o, double lr)
{
    if (!o || !isfinite(lr)) return;
    ot__optimiser_begin(o);
    ot__optimiser_take(o, lr);
}
