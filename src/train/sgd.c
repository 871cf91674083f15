/* SPDX-License-Identifier: BSD-3-Clause
 * Stochastic gradient descent with momentum and weight decay, as torch.optim.SGD (dampening 0, not
 * Nesterov), of all trained tensors that are not frozen:
 *     g <- g + wd*w;  v <- momentum*v + g;  w <- w - lr*v,  v = 0 before the first step.
 * Each tensor is cut into pieces, and one parallel loop runs over the pieces of all tensors.
 * Elements do not depend on each other, so the bits do not depend on the number of threads. */
#include "train/sgd.h"

#include <math.h>

#include "base/check.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/parallel.h"
#include "base/status.h"

enum { PIECE = 16384 }; /* most elements of a piece */

typedef struct piece {
    int tensor;     /* place in ot_sgd.tensors */
    size_t from, n; /* first element, and their number */
} piece;

/* One trained tensor. */
typedef struct tensor {
    int index;     /* in the parameters */
    void *w, *v;   /* values, which are looked up before each step, and velocities */
    const void *g; /* gradient, looked up before each step */
} tensor;

struct ot_sgd {
    ot_params *params;
    ot_dtype dtype;
    double momentum, weight_decay;
    int n_tensors, n_pieces;
    tensor *tensors;
    piece *pieces;
    void *velocity; /* of all tensors, one after another */
    size_t velocity_bytes;
};

static bool moves(const ot_params *ps, int i)
{
    return ot_params_trained(ps, i) && !ot_params_frozen(ps, i);
}

/* Sets the numbers of tensors, pieces and bytes. */
static void count(ot_sgd *sgd, const ot_params *ps)
{
    for (int i = 0; i < ot_params_count(ps); i++)
        if (moves(ps, i)) {
            sgd->n_tensors++;
            sgd->n_pieces += ot__chunks(ot_params_elements(ps, i), PIECE);
            sgd->velocity_bytes += ot_params_elements(ps, i) * ot__dtype_size(sgd->dtype);
        }
}

/* Fills the tables of tensors and pieces. */
static void cut(ot_sgd *sgd)
{
    char *v = sgd->velocity;
    piece *next = sgd->pieces;
    int k = 0;
    for (int i = 0; i < ot_params_count(sgd->params); i++) {
        if (!moves(sgd->params, i)) continue;
        const size_t n = ot_params_elements(sgd->params, i);
        sgd->tensors[k] = (tensor){ .index = i, .v = v };
        for (size_t from = 0; from < n; from += PIECE)
            *next++ = (piece){ k, from, n - from < PIECE ? n - from : PIECE };
        v += n * ot__dtype_size(sgd->dtype);
        k++;
    }
}

/* Looks up the current values and gradients.  Returns false if no tensor has a gradient; a single
 * tensor without one is not trained. */
static bool look_up(ot_sgd *sgd)
{
    bool any = false;
    for (int k = 0; k < sgd->n_tensors; k++) {
        tensor *t = &sgd->tensors[k];
        t->w = ot_params_edit(sgd->params, t->index, sgd->dtype);
        t->g = ot_params_grad(sgd->params, t->index, sgd->dtype);
        any = any || (t->w && t->g);
    }
    return any;
}

static ot_status prepare(ot_sgd *sgd)
{
    count(sgd, sgd->params);
    sgd->tensors = ot__new((size_t)sgd->n_tensors, sizeof *sgd->tensors);
    sgd->pieces = ot__new((size_t)sgd->n_pieces, sizeof *sgd->pieces);
    sgd->velocity = ot__new(sgd->velocity_bytes, 1);
    if (!sgd->tensors || !sgd->pieces || !sgd->velocity) return OT_ENOMEM;
    cut(sgd);
    if (!look_up(sgd))
        return ot__fail(OT_EINVAL, "sgd: no parameter has a gradient; compile a program that has "
                                   "gradients in the same dtype first");
    return OT_OK;
}

ot_status ot_sgd_new(ot_params *ps, ot_dtype dtype, double momentum, double weight_decay,
                     ot_sgd **out)
{
    OT_TRY(ot__check_given("sgd", "where to put it", out));
    *out = NULL;
    OT_TRY(ot__check_given("sgd", "the parameters", ps));
    OT_TRY(ot__check_choice("sgd", "dtype", (int)dtype, OT_F64));
    if (!(momentum >= 0.0 && momentum < 1.0))
        return ot__fail(OT_EINVAL, "momentum is %g; it must be at least 0 and below 1", momentum);
    if (!(weight_decay >= 0.0 && weight_decay < INFINITY))
        return ot__fail(OT_EINVAL, "weight decay is %g; it must be 0 or more", weight_decay);
    ot_sgd *sgd = ot__new(1, sizeof *sgd);
    if (!sgd) return OT_ENOMEM;
    *sgd = (ot_sgd){
        .params = ps, .dtype = dtype, .momentum = momentum, .weight_decay = weight_decay
    };
    const ot_status status = prepare(sgd);
    if (status != OT_OK) {
        ot_sgd_free(sgd);
        return status;
    }
    *out = sgd;
    return OT_OK;
}

void ot_sgd_free(ot_sgd *sgd)
{
    if (!sgd) return;
    ot__free(sgd->tensors);
    ot__free(sgd->pieces);
    ot__free(sgd->velocity);
    ot__free(sgd);
}

size_t ot_sgd_bytes(const ot_sgd *sgd)
{
    if (!sgd) return 0;
    return sgd->velocity_bytes + (size_t)sgd->n_pieces * sizeof *sgd->pieces +
           (size_t)sgd->n_tensors * sizeof *sgd->tensors;
}

size_t ot__sgd_bytes_of(const ot_params *ps, ot_dtype dtype)
{
    ot_sgd sgd = { .dtype = dtype };
    count(&sgd, ps);
    return ot_sgd_bytes(&sgd);
}

static void *velocity_of(void *user, int i)
{
    const ot_sgd *const sgd = user;
    for (int k = 0; k < sgd->n_tensors; k++)
        if (sgd->tensors[k].index == i) return sgd->tensors[k].v;
    return NULL;
}

ot__velocities ot__sgd_velocities(ot_sgd *sgd)
{
    return (ot__velocities){ .of = velocity_of, .user = sgd, .dtype = sgd->dtype };
}

/* Takes the step of one piece, or with `write` false only computes it.  Returns whether all results
 * are finite: a finite number times 0 is 0, infinity or NaN times 0 is NaN. */
static bool step_f32(const ot_sgd *sgd, const piece *p, float lr, bool write)
{
    const tensor *t = &sgd->tensors[p->tensor];
    const float m = (float)sgd->momentum, wd = (float)sgd->weight_decay;
    float *w = (float *)t->w + p->from, *v = (float *)t->v + p->from;
    const float *g = (const float *)t->g + p->from;
    float zero = 0.0f;
    for (size_t i = 0; i < p->n; i++) {
        const float vi = m * v[i] + (g[i] + wd * w[i]);
        const float wi = w[i] - lr * vi;
        if (write) {
            v[i] = vi;
            w[i] = wi;
        }
        zero += 0.0f * vi + 0.0f * wi;
    }
    return zero == 0.0f;
}

static bool step_f64(const ot_sgd *sgd, const piece *p, double lr, bool write)
{
    const tensor *t = &sgd->tensors[p->tensor];
    const double m = sgd->momentum, wd = sgd->weight_decay;
    double *w = (double *)t->w + p->from, *v = (double *)t->v + p->from;
    const double *g = (const double *)t->g + p->from;
    double zero = 0.0;
    for (size_t i = 0; i < p->n; i++) {
        const double vi = m * v[i] + (g[i] + wd * w[i]);
        const double wi = w[i] - lr * vi;
        if (write) {
            v[i] = vi;
            w[i] = wi;
        }
        zero += 0.0 * vi + 0.0 * wi;
    }
    return zero == 0.0;
}

static bool step_piece(const ot_sgd *sgd, const piece *p, double lr, bool write)
{
    const tensor *t = &sgd->tensors[p->tensor];
    if (!t->w || !t->g) return true;
    return sgd->dtype == OT_F64 ? step_f64(sgd, p, lr, write) : step_f32(sgd, p, (float)lr, write);
}

static bool all_pieces(ot_sgd *sgd, double lr, bool write)
{
    look_up(sgd);
    if (sgd->dtype == OT_F32) ot__float32_begin();
    bool finite = true;
    OT__PARALLEL_FOR
    for (int i = 0; i < sgd->n_pieces; i++) {
        if (!step_piece(sgd, &sgd->pieces[i], lr, write)) {
#pragma omp atomic write
            finite = false;
        }
    }
    if (sgd->dtype == OT_F32) ot__float32_end();
    return finite;
}

bool ot__sgd_stays_finite(ot_sgd *sgd, double lr)
{
    return all_pieces(sgd, lr, false);
}

void ot_sgd_step(ot_sgd *sgd, double lr)
{
    if (sgd && isfinite(lr)) (void)all_pieces(sgd, lr, true);
}
