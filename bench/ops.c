/* SPDX-License-Identifier: BSD-3-Clause
 * Measures the time of single ops, forward and backward (gradients of inputs and parameters).  Each
 * is the only op of its tape.  "Of peak" is the rate of an op divided by the rate of a loop of
 * multiply-adds in registers on all threads, measured in the same run (ot_machine_peaks). */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/median.h"
#include "odetape.h"

enum { BATCH = 128, IMAGE = 32, WARM_UP = 2, STEPS = 9 };

static void or_exit(ot_status status)
{
    if (status == OT_OK) return;
    fprintf(stderr, "bench/ops: %s\n", ot_message());
    exit(EXIT_FAILURE);
}

typedef struct bench_op {
    const char *name;
    ot_var (*record)(ot_tape *t, int n); /* n: number of channels, or of terms with 64 channels */
    int n;
} bench_op;

static ot_var images(ot_tape *t, const char *name, int channels)
{
    return ot_input(t, name, OT_SHAPE(BATCH, IMAGE, IMAGE, channels));
}

static ot_var conv2d(ot_tape *t, int width)
{
    const ot_var w = ot_param(t, "w", OT_SHAPE(width, width, 3, 3), ot_init_he(9 * width));
    return ot_conv2d(t, images(t, "x", width), w, 1, 1);
}

static ot_var batch_norm(ot_tape *t, int width)
{
    const ot_shape c = OT_SHAPE(width);
    const ot_var gamma = ot_param(t, "gamma", c, OT_ONES), beta = ot_param(t, "beta", c, OT_ZEROS);
    const ot_var mean = ot_stat(t, "mean", c, OT_ZEROS), var = ot_stat(t, "var", c, OT_ONES);
    return ot_batch_norm(t, images(t, "x", width), gamma, beta, mean, var, 0.1, 1e-5);
}

enum { MOST_TERMS = 14 };

static ot_var lincomb(ot_tape *t, int terms)
{
    ot_coef coef[MOST_TERMS];
    ot_var x[MOST_TERMS];
    for (int j = 0; j < terms; j++) {
        char name[16];
        snprintf(name, sizeof name, "x%d", j);
        coef[j] = (ot_coef){ .value = 1.0 / (j + 2) };
        x[j] = images(t, name, 64);
    }
    return ot_lincomb(t, terms, coef, x);
}

static const bench_op ops[] = {
    { "conv2d 3x3", conv2d, 16 },      { "conv2d 3x3", conv2d, 32 },
    { "conv2d 3x3", conv2d, 64 },      { "batch_norm", batch_norm, 64 },
    { "lincomb, terms:", lincomb, 2 }, { "lincomb, terms:", lincomb, 4 },
    { "lincomb, terms:", lincomb, 8 }, { "lincomb, terms:", lincomb, 14 },
};

/* Uniform noise of variance 1. */
static void noise(float *x, size_t n, uint32_t state)
{
    for (size_t i = 0; i < n; i++) {
        state = state * 1664525u + 1013904223u;
        x[i] = ((float)(state >> 8) / (1 << 23) - 1.0f) * 1.7320508f;
    }
}

static size_t elements(ot_shape s)
{
    size_t n = 1;
    for (int i = 0; i < s.rank; i++)
        n *= (size_t)s.dim[i];
    return n;
}

/* Fills each input of the tape with noise. */
static void fill_inputs(const ot_tape *t, ot_program *p)
{
    for (int id = 1; id <= ot_tape_length(t); id++) {
        const ot_var v = { id };
        float *x = ot_program_input(p, v);
        if (x) noise(x, elements(ot_var_shape(t, v)), (uint32_t)id);
    }
}

static void print_row(const bench_op *op, const char *pass, double seconds[STEPS], double flops,
                      double peak)
{
    const double median = ot__median(STEPS, seconds), rate = 1e-9 * flops / median;
    printf("%-16s %3d %-8s  %9.3f %9.3f %9.3f  %8.1f", op->name, op->n, pass, 1e3 * seconds[0],
           1e3 * median, 1e3 * seconds[STEPS - 1], rate);
    if (peak > 0)
        printf(" %7.2f\n", rate / peak);
    else
        printf(" %7s\n", "-");
    fflush(stdout);
}

static void run(const bench_op *op, double peak)
{
    ot_tape *t = ot_tape_new();
    const ot_var y = op->record(t, op->n);
    ot_program *p;
    or_exit(ot_compile(t, y, &(ot_compile_opts){ .input_gradients = true }, &p));
    ot_params_init(ot_program_params(p), 1);
    fill_inputs(t, p);
    const size_t n = elements(ot_var_shape(t, y));
    float *gy = malloc(n * sizeof *gy);
    if (!gy) exit(EXIT_FAILURE);
    noise(gy, n, 7);
    double forward[STEPS], backward[STEPS];
    for (int i = -WARM_UP; i < STEPS; i++) {
        const double start = ot__now();
        or_exit(ot_forward(p, BATCH));
        const double middle = ot__now();
        or_exit(ot_backward(p, gy, false));
        if (i < 0) continue;
        forward[i] = middle - start;
        backward[i] = ot__now() - middle;
    }
    const ot_program_info info = ot_program_describe(p);
    print_row(op, "forward", forward, info.flops_forward * BATCH, peak);
    print_row(op, "backward", backward, info.flops_backward * BATCH, peak);
    free(gy);
    ot_program_free(p);
    ot_tape_free(t);
}

int main(void)
{
    const ot_machine_info m = ot_machine();
    ot_peaks peaks;
    or_exit(ot_machine_peaks(&peaks));
    const double peak = 1e-9 * peaks.flops;
    printf("%d threads, %s; single ops on %d images of %dx%d, %d runs; peak: %.1f GFLOP/s\n\n",
           m.threads, m.cpu_features, BATCH, IMAGE, IMAGE, STEPS, peak);
    printf("%-20s %-8s  %9s %9s %9s  %8s %7s\n", "op", "pass", "least ms", "median ms", "most ms",
           "GFLOP/s", "of peak");
    for (size_t i = 0; i < sizeof ops / sizeof ops[0]; i++)
        run(&ops[i], peak);
    return 0;
}
