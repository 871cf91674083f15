/* SPDX-License-Identifier: BSD-3-Clause
 * Learned step sizes and coefficients.  Constraints on them are kept by projection after each step
 * of the optimiser, not by ops on the tape: the derivative of a clamp is 0 outside its interval, so
 * a number that left the interval would never return. */
#include "models/learnable.h"

#include <math.h>

#include "autograd/params.h"
#include "base/memory.h"
#include "base/number.h"
#include "schemes/tableau/residuals.h"
#include "schemes/scheme.h"

enum { MOST_A = OT__STAGES_MOST * (OT__STAGES_MOST - 1) / 2 };

static int entries(const ot_scheme *s)
{
    return ot_scheme_stages(s) * (ot_scheme_stages(s) - 1) / 2;
}

static ot_var coefficient(ot_tape *t, double value, const char *name)
{
    return ot_param(t, name, OT_SCALAR, (ot_init){ .kind = OT_INIT_CONSTANT, .value = value });
}

/* Records the coefficients of the stages that are evaluated; those of other stages are not learned.
 */
static void record_tableau(ot_tape *t, ot__learnable *l)
{
    const ot_scheme *s = l->scheme;
    bool live[OT__STAGES_MOST];
    char name[32];
    ot__rk_live(s, l->output, live);
    for (int i = 0; i < ot_scheme_stages(s); i++) {
        for (int j = 0; j < i && live[i]; j++) {
            if (ot_scheme_a(s, i, j) == 0) continue;
            snprintf(name, sizeof name, "a.%d.%d", i, j);
            l->a[i * (i - 1) / 2 + j] = coefficient(t, ot_scheme_a(s, i, j), name);
        }
        if (ot_scheme_b(s, i) == 0 || l->output != OT_OUTPUT_WEIGHTS) continue;
        snprintf(name, sizeof name, "b.%d", i);
        l->b[i] = coefficient(t, ot_scheme_b(s, i), name);
    }
}

ot_status ot__learnable_record(ot_block *b, const ot_net_opts *o, double start, ot__learnable *l)
{
    ot_tape *const t = b->tape;
    const ot_scheme *const scheme = b->scheme;
    const bool fixed = o->step == OT_STEP_FIXED;
    const ot_shape shape = o->step == OT_STEP_CHANNEL ? OT_SHAPE(b->channels) : OT_SCALAR;
    *l = (ot__learnable){ .scheme = scheme, .output = o->output };
    if (!fixed)
        l->h = ot_param(t, "h", shape, (ot_init){ .kind = OT_INIT_CONSTANT, .value = start });
    if (o->learn_tableau) {
        l->a = ot__new((size_t)(entries(scheme) + ot_scheme_stages(scheme)), sizeof *l->a);
        if (!l->a) return OT_ENOMEM;
        l->b = l->a + entries(scheme);
        record_tableau(t, l);
    }
    b->step = (ot_step_opts){
        .output = o->output,
        .size = fixed ? o->h : 1,
        .h = l->h,
        .h_output = o->step == OT_STEP_LEARNED_OUTPUT,
        .a = l->a,
        .b = l->b,
    };
    return OT_OK;
}

void ot__learnable_free(ot__learnable *l)
{
    ot__free(l->a);
    *l = (ot__learnable){ 0 };
}

/* ---- values ---- */

/* Replaces x[k] by the value of the parameter var[k], unless that is the null var.  free[k] says
 * whether there is a parameter that is not frozen. */
static void gather(ot_params *ps, ot_dtype dtype, int n, const ot_var var[], double x[],
                   bool free[])
{
    for (int k = 0; k < n; k++) {
        free[k] = false;
        if (!var[k].id) continue;
        const int i = ot__params_of_node(ps, var[k].id);
        x[k] = ot__number(ot_params_value(ps, i, dtype), dtype, 0);
        free[k] = !ot_params_frozen(ps, i);
    }
}

/* Sets the parameter var[k] to x[k], unless it is the null var. */
static void scatter(ot_params *ps, ot_dtype dtype, int n, const ot_var var[], const double x[])
{
    for (int k = 0; k < n; k++)
        if (var[k].id)
            ot__set_number(ot_params_edit(ps, ot__params_of_node(ps, var[k].id), dtype), dtype, 0,
                           x[k]);
}

/* The present coefficients of a tableau. */
typedef struct current {
    double a[MOST_A], b[OT__STAGES_MOST];
    bool a_free[MOST_A], b_free[OT__STAGES_MOST]; /* which of them are parameters */
    ot__coefs coefs;
} current;

static void gather_tableau(const ot__learnable *l, ot_params *ps, ot_dtype dtype, current *now)
{
    const ot_scheme *s = l->scheme;
    now->coefs = (ot__coefs){ ot_scheme_stages(s), now->a, now->b };
    for (int i = 0; i < now->coefs.stages; i++)
        for (int j = 0; j < i; j++)
            now->a[i * (i - 1) / 2 + j] = ot_scheme_a(s, i, j);
    ot__rk_weights(s, l->output, now->b);
    gather(ps, dtype, entries(s), l->a, now->a, now->a_free);
    gather(ps, dtype, now->coefs.stages, l->b, now->b, now->b_free);
}

static void clamp_step(const ot__learnable *l, ot_params *ps, ot_dtype dtype)
{
    const int i = ot__params_of_node(ps, l->h.id);
    if (ot_params_frozen(ps, i)) return;
    void *h = ot_params_edit(ps, i, dtype);
    for (size_t k = 0; k < ot_params_elements(ps, i); k++)
        ot__set_number(h, dtype, k, fmin(fmax(ot__number(h, dtype, k), OT__LEAST_H), OT__MOST_H));
}

void ot__learnable_project(const ot__learnable *l, const ot_net_opts *o, ot_params *ps,
                           ot_dtype dtype)
{
    if (l->h.id && o->step_clamp) clamp_step(l, ps, dtype);
    if (!l->a || o->project_order == 0) return;
    current now;
    gather_tableau(l, ps, dtype, &now);
    ot__order_project(&now.coefs, o->project_order, now.a_free, now.b_free);
    scatter(ps, dtype, entries(l->scheme), l->a, now.a);
    scatter(ps, dtype, now.coefs.stages, l->b, now.b);
}

int ot__learnable_residuals(const ot__learnable *l, ot_params *ps, ot_dtype dtype,
                            double residual[OT_RESIDUAL_ORDERS])
{
    if (!l->a) return 0;
    const int order = ot_scheme_order(l->scheme);
    const int orders = order < OT_RESIDUAL_ORDERS ? order : OT_RESIDUAL_ORDERS;
    current now;
    gather_tableau(l, ps, dtype, &now);
    ot__order_residuals(&now.coefs, orders, residual);
    return orders;
}
