/* SPDX-License-Identifier: BSD-3-Clause
 * Adam with decoupled weight decay (Loshchilov and Hutter 2019), as torch.optim.AdamW:
 *     w <- (1 - lr wd) w;  m <- beta1 m + (1 - beta1) g;  v <- beta2 v + (1 - beta2) g^2;
 *     w <- w - lr/(1 - beta1^t) m / (sqrt(v)/sqrt(1 - beta2^t) + eps). */
#include <math.h>

#include "odetape.h"

typedef struct attributes {
    double beta1, beta2, eps;
} attributes;

static const attributes defaults = { .beta1 = 0.9, .beta2 = 0.999, .eps = 1e-8 };

static const ot_option rows[] = {
    { .name = "beta1",
      .kind = OT_OPTION_REAL,
      .argument = "X",
      .most = 1,
      .offset = offsetof(attributes, beta1),
      .help = "how much of the mean of gradients is kept" },
    { .name = "beta2",
      .kind = OT_OPTION_REAL,
      .argument = "X",
      .most = 1,
      .offset = offsetof(attributes, beta2),
      .help = "how much of the mean of their squares is kept" },
    { .name = "eps",
      .kind = OT_OPTION_REAL,
      .argument = "X",
      .least = 1e-30,
      .most = 1,
      .offset = offsetof(attributes, eps),
      .help = "added to the root of the mean of squares" },
    { 0 },
};

static const char *refuse(const void *of, const ot_optimiser_opts *opts)
{
    const attributes *const a = of;
    (void)opts;
    return a->beta1 < 1 && a->beta2 < 1 ? NULL : "beta1 and beta2 must be below 1";
}

/* The numbers of a step that all elements share. */
typedef struct numbers {
    double keep, beta1, beta2, rate, root, eps;
} numbers;

static numbers numbers_of(const ot_update *u)
{
    const attributes *const a = u->attributes;
    const double t = (double)u->step;
    return (numbers){ .keep = 1 - u->lr * u->weight_decay,
                      .beta1 = a->beta1,
                      .beta2 = a->beta2,
                      .rate = u->lr / (1 - pow(a->beta1, t)),
                      .root = sqrt(1 - pow(a->beta2, t)),
                      .eps = a->eps };
}

static void step_f32(const ot_update *u, size_t n, float *w, const float *g, float *const s[])
{
    const numbers x = numbers_of(u);
    const float keep = (float)x.keep, rate = (float)x.rate, root = (float)x.root;
    const float b1 = (float)x.beta1, b2 = (float)x.beta2, eps = (float)x.eps;
    const float c1 = (float)(1 - x.beta1), c2 = (float)(1 - x.beta2);
    float *const m = s[0], *const v = s[1];
    for (size_t i = 0; i < n; i++) {
        m[i] = b1 * m[i] + c1 * g[i];
        v[i] = b2 * v[i] + c2 * g[i] * g[i];
        w[i] = keep * w[i] - rate * m[i] / (sqrtf(v[i]) / root + eps);
    }
}

static void step_f64(const ot_update *u, size_t n, double *w, const double *g, double *const s[])
{
    const numbers x = numbers_of(u);
    double *const m = s[0], *const v = s[1];
    for (size_t i = 0; i < n; i++) {
        m[i] = x.beta1 * m[i] + (1 - x.beta1) * g[i];
        v[i] = x.beta2 * v[i] + (1 - x.beta2) * g[i] * g[i];
        w[i] = x.keep * w[i] - x.rate * m[i] / (sqrt(v[i]) / x.root + x.eps);
    }
}

static const char *const states[] = { "exp_avg", "exp_avg_sq", NULL };

OT_OPTIMISER(adamw, .about.equation = "w <- (1 - lr wd) w - lr m/(sqrt(v) + eps)",
             .about.reference = "Loshchilov and Hutter 2019", .about.attributes = rows,
             .about.size = sizeof(attributes), .about.defaults = &defaults, .states = states,
             .step_f32 = step_f32, .step_f64 = step_f64, .refuse = refuse);
