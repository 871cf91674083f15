/* SPDX-License-Identifier: BSD-3-Clause
 * Stochastic gradient descent with momentum and weight decay, as torch.optim.SGD with dampening 0:
 *     g <- g + wd w;  v <- momentum v + g;  w <- w - lr v,
 * or w <- w - lr (g + momentum v) with nesterov=on (Sutskever et al. 2013). */
#include "odetape.h"

typedef struct attributes {
    int nesterov; /* off, on */
} attributes;

static const attributes defaults = { .nesterov = 0 };
static const char *const off_on[] = { "off", "on", NULL };

static const ot_option rows[] = {
    { .name = "nesterov",
      .kind = OT_OPTION_CHOICE,
      .argument = "WHEN",
      .choices = off_on,
      .offset = offsetof(attributes, nesterov),
      .help = "step along the gradient after the momentum" },
    { 0 },
};

static bool is_nesterov(const ot_update *u)
{
    return ((const attributes *)u->attributes)->nesterov == 1;
}

static const char *refuse(const void *of, const ot_optimiser_opts *opts)
{
    const attributes *const a = of;
    return a->nesterov == 0 || opts->momentum > 0
               ? NULL
               : "nesterov=on has no effect with momentum 0; leave it out, or choose a momentum";
}

static void step_f32(const ot_update *u, size_t n, float *w, const float *g, float *const s[])
{
    const float m = (float)u->momentum, wd = (float)u->weight_decay, lr = (float)u->lr;
    float *const v = s[0];
    if (is_nesterov(u))
        for (size_t i = 0; i < n; i++) {
            const float gi = g[i] + wd * w[i];
            v[i] = m * v[i] + gi;
            w[i] = w[i] - lr * (gi + m * v[i]);
        }
    else
        for (size_t i = 0; i < n; i++) {
            v[i] = m * v[i] + (g[i] + wd * w[i]);
            w[i] = w[i] - lr * v[i];
        }
}

static void step_f64(const ot_update *u, size_t n, double *w, const double *g, double *const s[])
{
    const double m = u->momentum, wd = u->weight_decay, lr = u->lr;
    double *const v = s[0];
    if (is_nesterov(u))
        for (size_t i = 0; i < n; i++) {
            const double gi = g[i] + wd * w[i];
            v[i] = m * v[i] + gi;
            w[i] = w[i] - lr * (gi + m * v[i]);
        }
    else
        for (size_t i = 0; i < n; i++) {
            v[i] = m * v[i] + (g[i] + wd * w[i]);
            w[i] = w[i] - lr * v[i];
        }
}

/* Files have the name of PyTorch's state. */
static const char *const states[] = { "momentum_buffer", NULL };

OT_OPTIMISER(sgd, .about.equation = "v <- momentum v + g;  w <- w - lr v",
             .about.reference = "Sutskever et al. 2013", .about.attributes = rows,
             .about.size = sizeof(attributes), .about.defaults = &defaults, .states = states,
             .momentum = true, .step_f32 = step_f32, .step_f64 = step_f64, .refuse = refuse);
