/* SPDX-License-Identifier: BSD-3-Clause
 * Measures the cost of the checks for numbers that are not finite in train/epoch.c.  The checks and
 * the rest of each step are timed separately within the same step.  Fails if the checks take more
 * than 2 % of the time (median).  Timing whole trainings with and without checks would not show
 * this, because their times vary by more than 2 %. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/median.h"
#include "odetape.h"
#include "train/optimiser.h"
#include "train/backup.h"

enum { WARM_UP = 2, STEPS = 15 };
static const double most = 0.02;

static const ot_net_opts nets[] = {
    { .blocks = "rk4 x1", .width = 16, .stem_stride = 2, .batch = 128 },
    { .blocks = "verner89 x1", .width = 16, .stem_stride = 2, .batch = 128 },
    { .blocks = "euler x28", .width = 16, .stem_stride = 2, .batch = 128 },
    { .blocks = "euler x8", .width = 64, .stem_stride = 2, .batch = 128 },
    { .blocks = "rk4 x2", .width = 64, .stem_stride = 1, .batch = 32 },
};
enum { NETS = sizeof nets / sizeof nets[0] };

typedef struct setup {
    ot_net *net;
    ot_program *program;
    ot_optimiser *optimiser;
    ot__backup backup;
    int batch;
} setup;

/* Seconds of one step: of its checks, and of everything else. */
typedef struct cost {
    double looks, rest;
} cost;

static void or_exit(ot_status status)
{
    if (status == OT_OK) return;
    fprintf(stderr, "watch: %s\n", ot_message());
    exit(EXIT_FAILURE);
}

static void fill(const setup *s)
{
    float *x = ot_program_input(s->program, ot_net_images(s->net));
    int32_t *labels = ot_program_input(s->program, ot_net_labels(s->net));
    uint32_t state = 1;
    for (size_t i = 0; i < (size_t)s->batch * 32 * 32 * 3; i++) {
        state = state * 1664525u + 1013904223u;
        x[i] = (float)(state >> 8) / (1 << 23) - 1.0f;
    }
    for (int i = 0; i < s->batch; i++)
        labels[i] = i % 10;
}

static setup set_up(const ot_net_opts *o)
{
    setup s = { .batch = o->batch };
    or_exit(ot_net_new(o, &s.net));
    or_exit(
        ot_compile(ot_net_tape(s.net), ot_net_loss(s.net), &(ot_compile_opts){ 0 }, &s.program));
    ot_params *ps = ot_program_params(s.program);
    ot_params_init(ps, 1);
    or_exit(ot_optimiser_new(
        ps, OT_F32, &(ot_optimiser_opts){ .momentum = 0.9, .weight_decay = 1e-4 }, &s.optimiser));
    or_exit(ot__backup_new(ps, OT_F32, &s.backup));
    fill(&s);
    return s;
}

static void tear_down(setup *s)
{
    ot__backup_free(&s->backup);
    ot_optimiser_free(s->optimiser);
    ot_program_free(s->program);
    ot_net_free(s->net);
}

static void expect(bool finite)
{
    if (finite) return;
    fprintf(stderr, "watch: a number is not finite\n");
    exit(EXIT_FAILURE);
}

/* Does what step() of train/epoch.c does. */
static cost one_step(setup *s)
{
    const double lr = 0.01;
    double at[7];
    at[0] = ot__now();
    ot__backup_take(&s->backup);
    at[1] = ot__now();
    or_exit(ot_forward(s->program, s->batch));
    at[2] = ot__now();
    expect(ot__statistics_finite(&s->backup));
    at[3] = ot__now();
    or_exit(ot_backward(s->program, NULL, false));
    at[4] = ot__now();
    expect(ot__optimiser_stays_finite(s->optimiser, lr));
    at[5] = ot__now();
    ot_optimiser_step(s->optimiser, lr);
    at[6] = ot__now();
    const double looks = (at[1] - at[0]) + (at[3] - at[2]) + (at[5] - at[4]);
    return (cost){ looks, at[6] - at[0] - looks };
}

static double share(const ot_net_opts *o)
{
    double looks[STEPS], rest[STEPS];
    setup s = set_up(o);
    for (int i = -WARM_UP; i < STEPS; i++) {
        const cost c = one_step(&s);
        if (i < 0) continue;
        looks[i] = c.looks;
        rest[i] = c.rest;
    }
    tear_down(&s);
    const double l = ot__median(STEPS, looks), r = ot__median(STEPS, rest);
    printf(
        "%-12s width %2d, stride %d, batch %3d: %8.3f ms of looks, %8.2f ms of the rest: %.2f %%\n",
        o->blocks, o->width, o->stem_stride, o->batch, 1e3 * l, 1e3 * r, 100.0 * l / r);
    return l / r;
}

int main(void)
{
    double worst = 0.0;
    for (int i = 0; i < NETS; i++)
        worst = fmax(worst, share(&nets[i]));
    printf("at most %.2f %%; %.0f %% are allowed\n", 100.0 * worst, 100.0 * most);
    return worst <= most ? EXIT_SUCCESS : EXIT_FAILURE;
}
