/* SPDX-License-Identifier: BSD-3-Clause
 * An optimiser and a schedule of your own.  The optimiser is Lion (Chen et al. 2023), which steps
 * by the sign of a mean of gradients; the schedule rises and falls linearly.  As a program, it
 * trains a small network:
 *
 *     cc new_optimiser.c $(pkg-config --cflags --libs odetape) -o new_optimiser && ./new_optimiser
 *
 * As a plugin, it gives both to every command of odetape:
 *
 *     cc -shared -fPIC new_optimiser.c $(pkg-config --cflags odetape) -o lion.so
 *     odetape train --plugin ./lion.so --net "euler x3" --optimiser "lion(beta=0.95)" \
 *         --schedule triangle --lr 0.001 --width 16 --epochs 2
 */
#include <odetape.h>

/* ---- the optimiser: its attribute, and the step of n elements in both precisions ---- */

typedef struct attributes {
    double beta; /* how much of the mean is kept */
} attributes;
static const attributes defaults = { .beta = 0.99 };
static const ot_option rows[] = {
    { .name = "beta", .kind = OT_OPTION_REAL, .most = 1, .offset = offsetof(attributes, beta) },
    { 0 },
};

#define STEP(name, real)                                                                           \
    static void name(const ot_update *u, size_t n, real *w, const real *g, real *const s[])        \
    {                                                                                              \
        const real lr = (real)u->lr, d = (real)u->weight_decay, keep = (real)0.9;                  \
        const real beta = (real)((const attributes *)u->attributes)->beta;                         \
        for (size_t i = 0; i < n; i++) {                                                           \
            const real c = keep * s[0][i] + (1 - keep) * g[i];                                     \
            s[0][i] = beta * s[0][i] + (1 - beta) * g[i];                                          \
            w[i] -= lr * ((real)((c > 0) - (c < 0)) + d * w[i]);                                   \
        }                                                                                          \
    }
STEP(step_f32, float)
STEP(step_f64, double)

static const char *const states[] = { "mean", NULL };
static const OT_OPTIMISER(lion, .about.equation = "w <- w - lr sign(0.9 m + 0.1 g)",
                          .about.attributes = rows, .about.size = sizeof(attributes),
                          .about.defaults = &defaults, .states = states, .step_f32 = step_f32,
                          .step_f64 = step_f64);

/* ---- the schedule ---- */

static double rate(const void *of, const ot_schedule_at *at)
{
    (void)of;
    const double all = (double)at->epochs * at->steps;
    const double done = ((double)at->epoch * at->steps + at->step + 0.5) / all;
    return at->lr * (done < 0.5 ? 2 * done : 2 - 2 * done);
}
static const OT_SCHEDULE(triangle, .about.equation = "up to lr and down again", .rate = rate);

OT_PLUGIN
{
    const ot_status status = ot_register_optimiser(&ot_optimiser_lion);
    return status == OT_OK ? ot_register_schedule(&ot_schedule_triangle) : status;
}

/* ---- the program ---- */

int main(void)
{
    ot_net *net = NULL;
    ot_params *params = NULL;
    ot_dataset *train = NULL, *test = NULL;
    ot_train_result result = { 0 };
    const ot_net_opts small = { .blocks = "euler x1", .width = 4, .stem_stride = 2 };
    if (ot_plugin_enter() == OT_OK && ot_net_new(&small, &net) == OT_OK &&
        ot_params_new(ot_net_tape(net), &params) == OT_OK &&
        ot_dataset_open("builtin", OT_SPLIT_TRAIN, &train) == OT_OK &&
        ot_dataset_open("builtin", OT_SPLIT_TEST, &test) == OT_OK &&
        ot_train(&(const ot_train_opts){ .net = net,
                                         .params = params,
                                         .train = train,
                                         .test = test,
                                         .epochs = 1,
                                         .optimiser = "lion(beta=0.95)",
                                         .schedule = "triangle",
                                         .lr = 0.01 },
                 &result) == OT_OK)
        printf("accuracy after one epoch: %.1f %%\n", 100 * result.last.test_accuracy);
    else
        fprintf(stderr, "%s\n", ot_message());
    ot_dataset_free(test);
    ot_dataset_free(train);
    ot_params_free(params);
    ot_net_free(net);
    return result.epochs == 1 ? 0 : 1;
}
